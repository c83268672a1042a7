import { parseArgs } from 'node:util';
import { encodePack, packDocuments, type StatusDocument } from '@enstratus/contract';
import { demoDevices } from '../src/demo/demo-devices.ts';
import type { Endpoints } from '../src/start/endpoints-file.ts';
import { madeUpDay } from '../src/tools/made-up-day.ts';
import { deliver } from '../src/tools/particle-delivery.ts';
import { findDevice, runningSystem, runTool, ToolError, tableClient } from '../src/tools/running-system.ts';
import { newestPack } from '../src/tools/stored-packs.ts';

type Device = Endpoints['devices'][number];

await runTool(async () => {
  const { values } = parseArgs({
    options: { device: { type: 'string' }, all: { type: 'boolean' }, hours: { type: 'string' }, directory: { type: 'string' } },
  });
  const hours = values.hours === undefined ? undefined : Number(values.hours);
  if (hours !== undefined && !(hours > 0 && hours <= 24 * 13)) throw new ToolError('--hours must be a number up to 312 (13 days).');
  const endpoints = runningSystem(values.directory);
  const devices = values.all === true ? endpoints.devices : [await findDevice(endpoints, values.device)];
  if (hours === undefined && values.all !== true) return postOne(endpoints, devices[0] as Device);
  for (const [index, device] of devices.entries()) {
    const packs = await postHours(endpoints, device, hours ?? 24);
    console.log(`${index + 1}/${devices.length} ${device.deviceId}: ${packs} packs of made-up documents`);
  }
});

/** Posts the minutes since the device's last document (a quarter of an hour at most), and shows what is posted and answered. */
async function postOne(endpoints: Endpoints, device: Device): Promise<void> {
  const minute = Math.floor(Date.now() / 60_000) * 60;
  const newest = await newestPack(tableClient(endpoints), endpoints.tableName, device.deviceId);
  const last = newest?.documents.at(-1);
  const missing = last === undefined ? 15 : Math.min(15, Math.floor((minute - last.time) / 60));
  let data: string;
  if (newest !== undefined && last !== undefined && missing < 1) {
    console.log('No minute has passed since its last document: the last pack once more, as Particle may deliver it.');
    data = newest.pack;
  } else {
    const start = { boot_id: last?.boot_id ?? 1, seq: (last?.seq ?? -1) + 1, time: minute - (missing - 1) * 60 };
    const time_zone = 'America/Denver';
    data = encodePack(madeUpDay(device.deviceId, { ...start, from: start.time, to: minute + 60, time_zone }));
  }
  console.log(`POST ${endpoints.webhook.url}\n\n${data}\n`);
  const response = await deliver(endpoints, { data, particleId: device.particleId });
  console.log(`${response.status} ${await response.text()}`);
  if (!response.ok) process.exitCode = 1;
}

/** Posts packs up to now that go on where the device's last document ended, `hours` back at most. Resolves to how many. */
async function postHours(endpoints: Endpoints, device: Device, hours: number): Promise<number> {
  const to = Math.floor(Date.now() / 60_000) * 60 + 60;
  const last = (await newestPack(tableClient(endpoints), endpoints.tableName, device.deviceId))?.documents.at(-1);
  const from = Math.max(to - Math.round(hours * 60) * 60, (last?.time ?? 0) + 60);
  const time_zone = demoDevices().find(({ deviceId }) => deviceId === device.deviceId)?.time_zone ?? 'UTC';
  const documents: StatusDocument[] = madeUpDay(device.deviceId, {
    from,
    to,
    time_zone,
    // Minutes that were never made are a restart's, not a gap's.
    boot_id: last === undefined ? 1 : last.time + 60 === from ? last.boot_id : last.boot_id + 1,
    seq: last?.time === undefined || last.time + 60 !== from ? 0 : last.seq + 1,
  });
  const packs = packDocuments(documents, { pack_minutes: 15 });
  for (const data of packs) {
    const response = await deliver(endpoints, { data, particleId: device.particleId });
    if (!response.ok) throw new ToolError(`The webhook answered ${response.status}: ${await response.text()}`);
  }
  return packs.length;
}
