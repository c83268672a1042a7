import { parseArgs } from 'node:util';
import { encodePack } from '@enstratus/contract';
import { madeUpDocuments } from '../src/tools/made-up-documents.ts';
import { deliver } from '../src/tools/particle-delivery.ts';
import { findDevice, runningSystem, runTool, tableClient } from '../src/tools/running-system.ts';
import { storedPacks } from '../src/tools/stored-packs.ts';

await runTool(async () => {
  const { values } = parseArgs({ options: { device: { type: 'string' }, directory: { type: 'string' } } });
  const endpoints = runningSystem(values.directory);
  const device = await findDevice(endpoints, values.device);
  const minute = Math.floor(Date.now() / 60_000) * 60;
  const newest = (await storedPacks(tableClient(endpoints), endpoints.tableName, device.deviceId)).at(-1);
  const last = newest?.documents.at(-1);
  const missing = last === undefined ? 15 : Math.min(15, Math.floor((minute - last.time) / 60));
  let data: string;
  if (newest !== undefined && last !== undefined && missing < 1) {
    console.log('No minute has passed since its last document: the last pack once more, as Particle may deliver it.');
    data = newest.pack;
  } else {
    const start = { boot_id: last?.boot_id ?? 1, seq: (last?.seq ?? -1) + 1, time: minute - (missing - 1) * 60 };
    data = encodePack(madeUpDocuments(start, missing));
  }
  console.log(`POST ${endpoints.webhook.url}\n\n${data}\n`);
  const response = await deliver(endpoints, { data, particleId: device.particleId });
  console.log(`${response.status} ${await response.text()}`);
  if (!response.ok) process.exitCode = 1;
});
