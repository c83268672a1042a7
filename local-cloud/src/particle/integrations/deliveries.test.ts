import type { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RATING_COOLDOWN_MS, RATING_MIN_ERRORS } from '../chosen.ts';
import type { DeviceSession } from '../device-link.ts';
import { FakeDevice, particleId } from '../testing/fake-device.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { type ParticleWorld, startWorld } from '../testing/particle-world.ts';
import { type Receiver, startReceiver } from '../testing/receiver.ts';
import { soon } from '../testing/soon.ts';

describe('deliveries', () => {
  let world: ParticleWorld;
  let receiver: Receiver;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    receiver = await startReceiver();
    world = await startWorld({ clock });
  });
  afterEach(async () => {
    await world.stop();
    await receiver.stop();
  });

  const hook = (settings: Record<string, string | boolean | object> = {}) =>
    world.api.createIntegration({ event: 'status', settings: { url: receiver.url, ...settings }, product: world.product.id });
  const counts = (wanted: Partial<ReturnType<typeof world.cloud.counts>>) => soon(() => expect(world.cloud.counts()).toMatchObject(wanted));
  const heard = async (prefix: string) => {
    const stream = (await world.api.getEventStream({ product: world.product.id, name: prefix })) as unknown as EventEmitter;
    const events: { name: string; data: string; coreid: string }[] = [];
    stream.on('event', (event: (typeof events)[number]) => events.push(event));
    return events;
  };
  const connect = async () => {
    const device = await world.device();
    return { device, session: world.cloud.link.connect(device) };
  };
  /** Publishes so many, by one device every second. */
  const publish = async (session: DeviceSession, count: number) => {
    for (let i = 0; i < count; i++) {
      clock.advance(1);
      await session.publish('status', String(i));
      clock.advance(999);
    }
  };

  it('tell what was sent and answered, in pieces of 512 bytes', async () => {
    await hook();
    receiver.answer = () => ({ status: 200, body: 'x'.repeat(700) });
    const { device, session } = await connect();
    const sent = await heard('hook-sent');
    const answered = await heard(`${device.particle_id}/hook-response`);
    await session.publish('status/live', '');
    await soon(() => expect(answered).toHaveLength(2));
    expect(sent).toMatchObject([{ name: 'hook-sent/status/live', coreid: 'particle-internal' }]);
    expect(answered.map(({ name, data }) => [name, data.length])).toEqual([
      [`${device.particle_id}/hook-response/status/live/0`, 512],
      [`${device.particle_id}/hook-response/status/live/1`, 188],
    ]);
  });

  it('tell the answer by a template and under a topic', async () => {
    await hook({ responseTemplate: { place: '{{{results.0.lat}}}' }, responseTopic: '{{{PARTICLE_DEVICE_ID}}}/place' });
    receiver.answer = () => ({ status: 200, body: '{"results":[{"lat":39.7}]}' });
    const { device, session } = await connect();
    const answered = await heard(`${device.particle_id}/place`);
    await session.publish('status', '');
    await soon(() => expect(answered).toMatchObject([{ name: `${device.particle_id}/place/0`, data: '{"place":"39.7"}' }]));
  });

  it('tell a failure, and do not try it again', async () => {
    await hook();
    const { session } = await connect();
    const errors = await heard('hook-error');
    receiver.answer = () => ({ status: 404 });
    await session.publish('status', 'a');
    await soon(() => expect(errors).toMatchObject([{ name: 'hook-error/status/0', data: 'error status 404 from 127.0.0.1' }]));
    expect(world.cloud.counts()).toMatchObject({ sent: 1, succeeded: 0, failed: 1, waiting: 0 });
    expect(clock.waiting).toBe(0);
  });

  it('wait for an answer as long as they may', async () => {
    await world.stop();
    world = await startWorld({ clock, deliveries: { timeout_ms: 100 } });
    await hook();
    const { session } = await connect();
    const errors = await heard('hook-error');
    receiver.answer = () => undefined;
    await session.publish('status', 'b');
    await soon(() => expect(errors[0]?.data).toBe('error: no answer within 0.1 seconds'));
    expect(world.cloud.counts()).toMatchObject({ sent: 1, failed: 1, waiting: 0 });
  });

  it('are not held against a host when the template makes no request', async () => {
    await hook({ url: `${receiver.url}/{{{nothing}}}`, headers: { 'x-value': '{{{PARTICLE_EVENT_VALUE}}}' } });
    const { session } = await connect();
    for (let i = 0; i < RATING_MIN_ERRORS + 2; i++) {
      await session.publish('status', 'line\nbreak');
      clock.advance(1000);
    }
    await counts({ failed: RATING_MIN_ERRORS + 2 });
    await session.publish('status', 'good');
    await counts({ succeeded: 1, skipped: 0 });
    expect(receiver.received).toHaveLength(1);
  });

  it('go nowhere else, whatever a template makes of the host', async () => {
    await hook({ url: 'http://{{{host}}}/', json: { a: 1 } });
    const { session } = await connect();
    const errors = await heard('hook-error');
    await session.publish('status', '{"host":"example.com"}');
    await counts({ failed: 1, sent: 0 });
    await soon(() => expect(errors).toMatchObject([{ data: 'the request could not be made: example.com is not this machine' }]));
    await session.publish('status', JSON.stringify({ host: new URL(receiver.url).host }));
    await counts({ failed: 1, succeeded: 1 });
  });

  it('spare a host whose errors outnumber its successes, try again after 30 s and 1 minute, and come through', async () => {
    const { session } = await connect();
    await hook();
    receiver.answer = () => ({ status: 500 });
    const others = Array.from({ length: 4 }, (_, i) => particleId(500 + i));
    world.cloud.manufacture(others);
    for (const id of others) await world.api.addDeviceToProduct({ deviceId: id, product: world.product.id });
    const all = [session, ...others.map((id) => world.cloud.link.connect(new FakeDevice(id)))];
    for (const one of all) for (let i = 0; i < 2; i++) await one.publish('status', 'fails');
    await counts({ failed: RATING_MIN_ERRORS, skipped: 0 });
    const errors = await heard('hook-error');
    await session.publish('status', 'later');
    await counts({ skipped: 1, sent: RATING_MIN_ERRORS, waiting: 1 });
    await soon(() => expect(errors).toMatchObject([{ data: 'Sleeping, too many errors, please wait and try again' }]));
    receiver.answer = () => ({ status: 200 });
    clock.advance(30_000);
    await counts({ retried: 1, succeeded: 1, waiting: 0, dropped: 0 });
    expect(new URLSearchParams(receiver.received.at(-1)?.body).get('data')).toBe('later');
  });

  it('drop what was skipped three times', async () => {
    await hook();
    receiver.answer = () => ({ status: 503 });
    const ids = Array.from({ length: 12 }, (_, i) => particleId(700 + i));
    world.cloud.manufacture(ids);
    for (const id of ids) await world.api.addDeviceToProduct({ deviceId: id, product: world.product.id });
    const all = ids.map((id) => world.cloud.link.connect(new FakeDevice(id)));
    const failTen = async () => {
      const before = world.cloud.counts().failed;
      for (const one of all.slice(0, RATING_MIN_ERRORS)) await one.publish('status', 'fails');
      await counts({ failed: before + RATING_MIN_ERRORS });
    };
    const victim = all.at(-1);
    await failTen();
    await victim?.publish('status', 'victim');
    await counts({ skipped: 1 });
    for (const wait_ms of [30_000, 60_000]) {
      const { skipped } = world.cloud.counts();
      clock.advance(wait_ms - 1);
      await failTen();
      clock.advance(1);
      await counts({ skipped: skipped + 1 });
    }
    expect(world.cloud.counts()).toMatchObject({ dropped: 1, retried: 2, waiting: 0 });
    clock.advance(RATING_COOLDOWN_MS);
    receiver.answer = () => ({ status: 200 });
    await victim?.publish('status', 'again');
    await counts({ succeeded: 1 });
    expect(receiver.received.some(({ body }) => body.includes('victim'))).toBe(false);
  });

  it('can be made twice and out of order, the same way for the same seed', async () => {
    const run = async () => {
      const other = await startWorld({ clock, deliveries: { duplicate_share: 0.3, reorder_window: 5, seed: 7, connections_per_host: 1 } });
      await other.api.createIntegration({ event: 'status', settings: { url: receiver.url }, product: other.product.id });
      const { session } = { session: other.cloud.link.connect(await other.device()) };
      receiver.received.length = 0;
      await publish(session, 40);
      await soon(() => expect(other.cloud.counts()).toMatchObject({ queued: 0, in_flight: 0 }));
      const { duplicated, succeeded } = other.cloud.counts();
      await other.stop();
      return { duplicated, succeeded, got: receiver.received.map(({ body }) => Number(new URLSearchParams(body).get('data'))) };
    };
    const { duplicated, succeeded, got } = await run();
    expect(duplicated).toBeGreaterThan(0);
    expect(succeeded).toBe(40 + duplicated);
    expect([...new Set(got)].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(got).not.toEqual([...got].sort((a, b) => a - b));
    expect((await run()).duplicated).toBe(duplicated);
  });

  it('of two thousand devices in one second all arrive, few at a time', async () => {
    const ids = Array.from({ length: 2000 }, (_, i) => particleId(10_000 + i));
    world.cloud.manufacture(ids);
    await world.api.request({ method: 'post', uri: `/v1/products/${world.product.id}/devices`, data: { ids } });
    await hook();
    const sessions = ids.map((id) => world.cloud.link.connect(new FakeDevice(id)));
    const taken = await Promise.all(sessions.map((session, i) => session.publish('status', String(i))));
    expect(taken.every(Boolean)).toBe(true);
    expect(world.cloud.counts()).toMatchObject({ triggered: 2000, in_flight: 8, queued: 1992 });
    await soon(() => expect(world.cloud.counts().succeeded).toBe(2000));
    expect(new Set(receiver.received.map(({ body }) => new URLSearchParams(body).get('data'))).size).toBe(2000);
  });
});
