import { expect, it } from 'vitest';
import { RequestRefused } from '../resolver/request-refused.ts';
import { callerAt, FleetWorld } from '../testing/fleet-world.ts';
import { getMe } from './get-me.ts';

const caller = callerAt('/enfusion/p1');

it('tells who is signed in, and for which organization', async () => {
  const world = new FleetWorld();
  world.organization('/enfusion/p1', 'Sunny Pumps');
  world.user(caller, 'Ada', 'ada@example.com');
  expect(await getMe(caller, world.table)).toEqual({
    user_id: 'u-partner',
    name: 'Ada',
    email: 'ada@example.com',
    persona: 'partner',
    organization: { path: '/enfusion/p1', name: 'Sunny Pumps' },
  });
});

it('goes by the token where the user has been moved since', async () => {
  const world = new FleetWorld();
  world.user({ ...caller, persona: 'admin', path: '/enfusion' }, 'Ada', 'ada@example.com');
  expect(await getMe(caller, world.table)).toMatchObject({ persona: 'partner', organization: { path: '/enfusion/p1', name: 'p1' } });
});

it('refuses somebody who is not a user any more', async () => {
  await expect(getMe(caller, new FleetWorld().table)).rejects.toThrow(new RequestRefused('You are not a user any more.'));
});
