import { expect, it } from 'vitest';
import { FleetWorld } from '../testing/fleet-world.ts';
import { SiteNames } from './site-names.ts';

const customer = '/enfusion/p1/d1/c1';

function names(): { world: FleetWorld; siteNames: SiteNames } {
  const world = new FleetWorld();
  world.site(`${customer}/north`, 'North field');
  world.site(`${customer}/south`, 'South field');
  return { world, siteNames: new SiteNames(world.table, world.clock) };
}

it('reads the sites that it does not know by one query, and calls those without an item by their path', async () => {
  const { world, siteNames } = names();
  const siteOf = await siteNames.of([`${customer}/south/pump-3`, `${customer}/north/pump-1`, `${customer}/nowhere/pump-2`]);
  expect(siteOf(`${customer}/north/pump-1`)).toEqual({ path: `${customer}/north`, name: 'North field' });
  expect(siteOf(`${customer}/south/pump-3`).name).toBe('South field');
  expect(siteOf(`${customer}/nowhere/pump-2`)).toEqual({ path: `${customer}/nowhere`, name: 'nowhere' });
  expect(world.memory.commands).toEqual(['Query gsi1']);
});

it('remembers them for five minutes, those without an item too', async () => {
  const { world, siteNames } = names();
  const devices = [`${customer}/north/pump-1`, `${customer}/nowhere/pump-2`];
  await siteNames.of(devices);
  world.site(`${customer}/north`, 'Renamed');
  world.now_s += 299;
  expect((await siteNames.of(devices))(devices[0] ?? '').name).toBe('North field');
  expect(world.memory.commands).toHaveLength(1);
  world.now_s += 1;
  expect((await siteNames.of(devices))(devices[0] ?? '').name).toBe('Renamed');
  expect(world.memory.commands).toHaveLength(2);
});

it('forgets rather than grows without end', async () => {
  const { world, siteNames } = names();
  for (let part = 0; part < 3; part += 1) {
    const devices = Array.from({ length: 9000 }, (_, index) => `${customer}/s-${part}-${index}/pump`);
    const siteOf = await siteNames.of(devices);
    expect(siteOf(devices[0] ?? '').name).toBe(`s-${part}-0`);
  }
  expect((await siteNames.of([`${customer}/north/pump-1`]))(`${customer}/north/pump-1`).name).toBe('North field');
  expect(world.memory.commands).toHaveLength(4);
});

it('reads nothing for no devices', async () => {
  const { world, siteNames } = names();
  await siteNames.of([]);
  expect(world.memory.commands).toEqual([]);
});
