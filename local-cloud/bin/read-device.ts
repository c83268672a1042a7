import { parseArgs } from 'node:util';
import { findDevice, runningSystem, runTool, ToolError, tableClient } from '../src/tools/running-system.ts';
import { storedPacks } from '../src/tools/stored-packs.ts';

await runTool(async () => {
  const { values } = parseArgs({
    options: { device: { type: 'string' }, hours: { type: 'string', default: '1' }, directory: { type: 'string' } },
  });
  const hours = Number(values.hours);
  if (!(hours > 0)) throw new ToolError(`--hours must be a number above 0, not "${values.hours}".`);
  const endpoints = runningSystem(values.directory);
  const device = await findDevice(endpoints, values.device);
  const now = Math.floor(Date.now() / 1000);
  const packs = await storedPacks(tableClient(endpoints), endpoints.tableName, device.deviceId, {
    from: now - hours * 3600 - 15 * 60,
    to: now + 7200,
  });
  if (packs.length === 0) {
    console.log(
      `${device.deviceId} has sent nothing in the last ${hours} h. What it does: npm run fleet -- status --device ${device.deviceId}`,
    );
    return;
  }
  console.table(
    packs.flatMap(({ documents }) =>
      documents.map(({ time, ...document }) => ({ time: new Date(time * 1000).toISOString().replace('.000', ''), ...document })),
    ),
  );
  console.log(`${packs.length} packs, ${packs.reduce((sum, { documents }) => sum + documents.length, 0)} documents of ${device.deviceId}`);
});
