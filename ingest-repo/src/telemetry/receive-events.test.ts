import { type DeviceReport, encodePack, quarantineRecordSchema, type StatusDocument } from '@enstratus/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { documents } from '../testing/documents.ts';
import { IngestWorld, particleId, secret } from '../testing/ingest-world.ts';
import { AwsError } from '../testing/memory-table.ts';

let world: IngestWorld;
let start: { boot_id: number; seq: number; time: number };

beforeEach(() => {
  world = new IngestWorld();
  start = { boot_id: 7, seq: 100, time: world.now_s - 900 };
});

const sample = (seconds: number): StatusDocument => documents({ ...start, seq: 116, time: start.time + seconds }, 1)[0] as StatusDocument;
const plain = (document: StatusDocument) => JSON.stringify({ v: 1, ...document });
const post = (event: string, text: string) => world.post(text, event);
const pack = () => world.post(encodePack(documents(start, 10)));
const records = () => [...world.quarantine.objects.values()].map((text) => quarantineRecordSchema.parse(JSON.parse(text)));

describe('status/live', () => {
  it('is shown and not stored, for one write', async () => {
    await pack();
    world.watch(world.now_s + 300);
    world.table.commands.length = 0;
    expect(await post('status/live', plain(sample(600)))).toEqual({ status: 200, body: { accepted: 1 } });
    expect(world.table.commands).toEqual(['UpdateCommand']);
    expect(world.latest).toMatchObject({ document: sample(600), last_contact_at: world.now_s });
    expect(world.watchers.told.map((status) => status.documents)).toEqual([[sample(600)]]);
    expect([world.documents, world.logged]).toEqual([documents(start, 10), documents(start, 10)]);
    expect(world.state).toMatchObject({ state_time: documents(start, 10)[9]?.time });
  });

  it('reads the device once in an environment that does not know it', async () => {
    await post('status/live', plain(sample(600)));
    world.table.commands.length = 0;
    await post('status/live', plain(sample(660)));
    expect(world.table.commands).toEqual(['UpdateCommand']);
  });

  it('that comes late takes nothing back', async () => {
    await post('status/live', plain(sample(660)));
    await post('status/live', plain(sample(600)));
    expect(world.latest?.document).toEqual(sample(660));
  });

  it('is told to nobody when nobody watches, and answered as an error when it can not be written', async () => {
    await post('status/live', plain(sample(600)));
    expect(world.watchers.told).toEqual([]);
    world.table.before = () => Promise.reject(new AwsError('TimeoutError'));
    expect((await post('status/live', plain(sample(660)))).status).toBe(503);
  });
});

describe('status/report', () => {
  const report: DeviceReport = {
    v: 1,
    boot_id: 7,
    time: null,
    firmware: '1.0.0',
    drive: 'invt',
    drive_answers: true,
    wanted: 'sun',
    wanted_by: 'schedule',
    mode: 'auto',
    limit_hz: null,
    command_id: null,
    command_result: null,
    schedule_id: 17,
    schedule_until: 1_763_900_000,
    pack_minutes: 15,
    every_s: 60,
    packs_unsent: 0,
    dropped_documents: 0,
    uptime_s: 100,
  };
  const send = (changed: Partial<DeviceReport> = {}) => post('status/report', JSON.stringify({ ...report, ...changed }));

  it('is kept, the newest by boot and time since power came', async () => {
    expect((await send()).body).toEqual({ accepted: 1 });
    await send({ uptime_s: 50, wanted: 'run' });
    expect(world.report).toMatchObject({ report, received_at: world.now_s });
    await send({ uptime_s: 160, wanted: 'stop' });
    expect(world.report?.report).toEqual({ ...report, uptime_s: 160, wanted: 'stop' });
    await send({ boot_id: 8, uptime_s: 3 });
    await send({ boot_id: 7, uptime_s: 900 });
    expect(world.report).toMatchObject({ boot_id: 8, uptime_s: 3 });
  });

  it('of a device whose flash was erased is kept once the one before is two days old', async () => {
    await send();
    world.now_s += 2 * 86_400;
    await send({ boot_id: 1, uptime_s: 3 });
    expect(world.report).toMatchObject({ boot_id: report.boot_id });
    world.now_s += 1;
    await send({ boot_id: 1, uptime_s: 4 });
    expect(world.report).toMatchObject({ boot_id: 1, uptime_s: 4, received_at: world.now_s });
  });

  it('is a contact with the device, and no status of one that has none', async () => {
    await send();
    expect(world.latest).toBeUndefined();
    await pack();
    world.now_s += 60;
    await send();
    expect(world.latest).toMatchObject({ last_contact_at: world.now_s, document: documents(start, 10)[9] });
  });

  it('may come as JSON with its fields at the top', async () => {
    const headers = { 'content-type': 'application/json', 'x-webhook-secret': secret };
    const body = JSON.stringify({ ...report, event: 'status/report', coreid: particleId, fw_version: 1 });
    expect((await world.send({ headers, body })).body).toEqual({ accepted: 1 });
    expect(world.report?.report).toEqual(report);
  });
});

describe('what can not be read', () => {
  it.each([
    ['status/live', plain(documents({ boot_id: 7, seq: 1, time: 1_763_700_000 }, 1)[0] as StatusDocument).replace('"v":1,', ''), 'v'],
    ['status/live', encodePack(documents({ boot_id: 7, seq: 1, time: 1_763_700_000 }, 3)), 'count'],
    ['status/changed', '{"v":1}', 'boot_id'],
    ['status/report', '{"v":1,"colour":"red"}', 'colour'],
    ['status/elsewhere', '{"v":1}', 'time'],
  ])('of %s is kept in quarantine, and the fleet goes on', async (event, text, field) => {
    const items = world.table.items;
    const { status, body } = await world.send({
      body: String(new URLSearchParams({ event, data: text, coreid: particleId })),
    });
    expect([status, Object.keys(body as object)]).toEqual([200, ['quarantined']]);
    expect(records()).toMatchObject([{ field }]);
    expect(world.table.items).toBe(items);
  });

  it('no name is: what is called otherwise is a pack or a plain document', async () => {
    expect((await post('status_v2', encodePack(documents(start, 3)))).body).toEqual({ accepted: 3 });
    expect((await post('status/', encodePack(documents({ ...start, seq: 103, time: start.time + 180 }, 3)))).body).toEqual({ accepted: 3 });
  });
});
