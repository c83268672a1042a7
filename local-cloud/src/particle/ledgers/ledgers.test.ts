import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ParticleWorld, startWorld } from '../testing/particle-world.ts';
import { soon } from '../testing/soon.ts';

describe('ledgers, by particle-api-js', () => {
  let world: ParticleWorld;

  beforeEach(async () => {
    world = await startWorld();
    await world.api.createLedger({ ledger: { name: 'settings', description: 'of a device', scope: 'Device', direction: 'Downstream' } });
  });
  afterEach(() => world.stop());

  const set = (scopeValue: string, data: Record<string, string | number>, setMode?: 'Replace' | 'Merge') =>
    world.api.setLedgerInstance({ ledgerName: 'settings', scopeValue, instance: { data }, ...(setMode === undefined ? {} : { setMode }) });
  const get = async (scopeValue: string) =>
    (
      (await world.api.getLedgerInstance({ ledgerName: 'settings', scopeValue })).body as unknown as {
        instance: { data: unknown; size_bytes: number };
      }
    ).instance;

  it('reach a device that is connected at once', async () => {
    const device = await world.device();
    world.cloud.link.connect(device);
    await set(device.particle_id, { pack_minutes: 5 });
    expect(device.ledgers).toEqual([{ name: 'settings', data: { pack_minutes: 5 } }]);
    expect(await get(device.particle_id)).toMatchObject({
      name: 'settings',
      scope: { type: 'Device', value: device.particle_id },
      data: { pack_minutes: 5 },
      size_bytes: 18,
    });
  });

  it('reach a device that is away when it connects', async () => {
    const device = await world.device();
    await set(device.particle_id, { pack_minutes: 7 });
    world.cloud.link.connect(device).disconnect({ clean: true });
    world.cloud.link.connect(device);
    await soon(() => expect(device.ledgers).toEqual([{ name: 'settings', data: { pack_minutes: 7 } }]));
  });

  it('are replaced, merged and deleted', async () => {
    const { particle_id } = await world.device();
    await set(particle_id, { a: 1, b: 2 });
    await set(particle_id, { b: 3 }, 'Merge');
    expect((await get(particle_id)).data).toEqual({ a: 1, b: 3 });
    await set(particle_id, { c: 4 });
    expect((await get(particle_id)).data).toEqual({ c: 4 });
    await world.owner.deleteLedgerInstance({ ledgerName: 'settings', scopeValue: particle_id });
    await expect(get(particle_id)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('of the product reach each of its devices', async () => {
    const [one, two] = [await world.device(), await world.device()];
    await world.owner.createLedger({ ledger: { name: 'defaults', scope: 'Product', direction: 'Downstream' } });
    world.cloud.link.connect(one);
    await world.api.setLedgerInstance({
      ledgerName: 'defaults',
      scopeValue: String(world.product.id),
      instance: { data: { every_s: 60 } },
    });
    world.cloud.link.connect(two);
    for (const device of [one, two]) await soon(() => expect(device.ledgers).toContainEqual({ name: 'defaults', data: { every_s: 60 } }));
  });

  it('are defined once, listed and archived', async () => {
    await expect(world.api.createLedger({ ledger: { name: 'settings', scope: 'Device', direction: 'Downstream' } })).rejects.toMatchObject({
      statusCode: 409,
    });
    await expect(world.api.createLedger({ ledger: { name: 'No Good', scope: 'Device', direction: 'Downstream' } })).rejects.toMatchObject({
      statusCode: 400,
    });
    await expect(world.api.createLedger({ ledger: { name: 'up', scope: 'Device', direction: 'Upstream' } })).rejects.toMatchObject({
      statusCode: 501,
    });
    await world.owner.createLedger({ ledger: { name: 'old', scope: 'Device', direction: 'Downstream' } });
    await world.owner.archiveLedger({ ledgerName: 'old' });
    const names = ((await world.api.listLedgers({})).body as { ledger_definitions: { name: string }[] }).ledger_definitions.map(
      ({ name }) => name,
    );
    expect(names).toContain('settings');
    expect(names).not.toContain('old');
    expect((await world.api.getLedger({ ledgerName: 'settings' })).body).toMatchObject({
      ledger: { name: 'settings', scope: 'Device', direction: 'Downstream', archived_at: null },
    });
  });

  it('hold 16 KB and belong to devices that one reaches', async () => {
    const { particle_id } = await world.device();
    await expect(set(particle_id, { text: 'x'.repeat(16 * 1024) })).rejects.toMatchObject({
      statusCode: 400,
      errorDescription: expect.stringContaining('16384'),
    });
    const stranger = await world.device({ inProduct: false });
    await expect(set(stranger.particle_id, { a: 1 })).rejects.toMatchObject({ statusCode: 403 });
  });
});
