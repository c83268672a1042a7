import type { Context } from '@aws-appsync/utils';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { callerAt, FleetWorld } from '../testing/fleet-world.ts';
import { checkWatch } from './check-watch.ts';

/** What of AppSync's runtime the resolvers use, as the Developer Guide describes it. */
const appsync = vi.hoisted(() => ({
  util: {
    error: (message: string, type?: string) => {
      throw Object.assign(new Error(message), { type });
    },
    unauthorized: () => {
      throw Object.assign(new Error('Not Authorized to access onDeviceStatus on type Subscription'), { type: 'Unauthorized' });
    },
    transform: { toSubscriptionFilter: (filter: object) => ({ transformed: filter }) },
  },
  extensions: { setSubscriptionFilter: vi.fn() },
}));
vi.mock('@aws-appsync/utils', () => appsync);

const { request, response } = await import('./on-device-status.resolver.ts');
const publish = await import('./publish-device-status.resolver.ts');

const path = '/enfusion/p1/d1/c1/north/pump-1';
const contextOf = (part: object): Context => part as unknown as Context;

/** What AppSync does for a subscription: the request handler, the function, the response handler. */
async function subscribe(device_id: string, organization_path: string): Promise<unknown> {
  const world = new FleetWorld();
  world.device(path);
  const caller = callerAt(organization_path);
  const asked = request(contextOf({ args: { device_id }, identity: { claims: caller } }));
  expect(asked).toEqual({
    operation: 'Invoke',
    payload: {
      info: { parentTypeName: 'Subscription', fieldName: 'onDeviceStatus' },
      arguments: { device_id },
      identity: { claims: caller },
    },
  });
  return response(contextOf({ args: { device_id }, result: await checkWatch({ device_id }, caller, world) }));
}

describe('who subscribes to a device', () => {
  beforeEach(() => appsync.extensions.setSubscriptionFilter.mockClear());

  it.each(['/enfusion', '/enfusion/p1', '/enfusion/p1/d1', '/enfusion/p1/d1/c1'])('below %s hears of it', async (organization_path) => {
    expect(await subscribe('pump-1', organization_path)).toBeNull();
    expect(appsync.extensions.setSubscriptionFilter.mock.calls).toEqual([
      [{ transformed: { device_id: { eq: 'pump-1' }, path: { beginsWith: `${organization_path}/` } } }],
    ]);
  });

  it.each([
    ['/enfusion/p2', 'pump-1'],
    ['/enfusion/p1/d2', 'pump-1'],
    ['/enfusion/p1/d1/c2', 'pump-1'],
    ['/enfusion', 'pump-2'],
    ['/enfusion', 'PUMP 1'],
  ])('below %s, where there is no %s, is not let in', async (organization_path, device_id) => {
    await expect(subscribe(device_id, organization_path)).rejects.toMatchObject({ type: 'Unauthorized' });
    expect(appsync.extensions.setSubscriptionFilter).not.toHaveBeenCalled();
  });

  it('is not let in when the check failed', () => {
    const error = { message: 'This failed here and was noted. Reference: request-1', type: 'Lambda:Unhandled' };
    expect(() => response(contextOf({ error, result: null }))).toThrow(expect.objectContaining(error));
    expect(appsync.extensions.setSubscriptionFilter).not.toHaveBeenCalled();
  });
});

it('what is published goes to those who hear it, as it came', () => {
  const status = { device_id: 'pump-1', path, documents: [] };
  const asked = publish.request(contextOf({ args: { status } }));
  expect(asked).toEqual({ payload: status });
  expect(publish.response(contextOf({ result: asked.payload }))).toEqual(status);
});
