import type { EventEmitter } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FakeDevice } from '../testing/fake-device.ts';
import { type ParticleWorld, startWorld } from '../testing/particle-world.ts';
import { soon } from '../testing/soon.ts';

interface Heard {
  readonly name: string;
  readonly data: string;
  readonly coreid: string;
}

/** particle-api-js's stream has no types of its emitter. */
type Stream = EventEmitter & { abort(): void };

describe('event streams, by particle-api-js', () => {
  let world: ParticleWorld;
  const open: Stream[] = [];

  beforeAll(async () => {
    world = await startWorld();
  });
  afterEach(() => {
    for (const stream of open.splice(0)) stream.abort();
  });
  afterAll(() => world.stop());

  const listen = async (asked: { deviceId?: string; name?: string; product?: string | number }, as = world.api): Promise<Heard[]> => {
    const stream = (await as.getEventStream(asked)) as unknown as Stream;
    const heard: Heard[] = [];
    stream.on('event', (event: Heard) => heard.push(event));
    open.push(stream);
    return heard;
  };
  const online = async () => {
    const device = await world.device();
    return { device, session: world.cloud.link.connect(device) };
  };
  const names = (heard: readonly Heard[], { particle_id }: FakeDevice) =>
    heard.filter(({ coreid }) => coreid === particle_id).map(({ name }) => name);

  it('bring the events of a product, with all that they say', async () => {
    const heard = await listen({ product: world.product.slug, name: 'status' });
    const { device, session } = await online();
    await session.publish('status/live', '{"a":"é"}');
    await session.publish('other', '');
    await session.publish('status', 'last');
    await soon(() => expect(names(heard, device)).toEqual(['status/live', 'status']));
    expect(heard[0]).toEqual({
      name: 'status/live',
      data: '{"a":"é"}',
      ttl: '60',
      published_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      coreid: device.particle_id,
      userid: null,
      version: null,
      productID: world.product.id,
    });
  });

  it('bring what comes and goes', async () => {
    const heard = await listen({ product: world.product.id, name: 'spark/status' });
    const { device, session } = await online();
    session.disconnect({ clean: true });
    await soon(() =>
      expect(heard.filter(({ coreid }) => coreid === device.particle_id).map(({ data }) => data)).toEqual(['online', 'offline']),
    );
  });

  it('bring the events of one device, or of one’s own', async () => {
    const { device, session } = await online();
    const other = await online();
    await world.owner.claimDevice({ deviceId: device.particle_id });
    const one = await listen({ deviceId: device.particle_id });
    const inProduct = await listen({ deviceId: device.particle_id, product: world.product.id, name: 'a' });
    const mine = await listen({ deviceId: 'mine', name: 'a' }, world.owner);
    const all = await listen({ name: 'a' }, world.owner);
    await other.session.publish('a/other', '');
    await session.publish('a/one', '');
    for (const heard of [one, inProduct, mine, all]) await soon(() => expect(heard.map(({ name }) => name)).toEqual(['a/one']));
  });

  it('bring what the API publishes', async () => {
    const heard = await listen({ product: world.product.id, name: 'from-api' });
    const body = { name: 'from-api', data: 'hello', isPrivate: true };
    expect((await world.owner.publishEvent({ ...body, product: world.product.id })).body).toEqual({ ok: true });
    await soon(() => expect(heard).toMatchObject([{ name: 'from-api', data: 'hello', coreid: 'api' }]));
    const mine = await listen({ deviceId: 'mine', name: 'from-api' }, world.owner);
    await world.owner.publishEvent(body);
    await soon(() => expect(mine).toHaveLength(1));
    await expect(world.owner.publishEvent({ name: 'n'.repeat(65) })).rejects.toMatchObject({ statusCode: 400 });
    await expect(world.owner.publishEvent({ name: 'n', data: 'x'.repeat(1025) })).rejects.toMatchObject({ statusCode: 400 });
  });

  it('are refused without the scope, without a prefix where one is needed, and for somebody else’s device', async () => {
    await expect(
      listen({ product: world.product.id, name: 'a' }, {
        getEventStream: (asked: object) => world.api.getEventStream({ ...asked, auth: 'nonsense' }),
      } as typeof world.api),
    ).rejects.toMatchObject({ statusCode: 401 });
    await expect(listen({}, world.owner)).rejects.toMatchObject({ statusCode: 400 });
    const stranger = await world.device({ inProduct: false });
    await expect(listen({ deviceId: stranger.particle_id })).rejects.toMatchObject({ statusCode: 403 });
  });
});
