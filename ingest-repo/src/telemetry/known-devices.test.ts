import { deviceKey, particleLinkKey } from '@enstratus/contract';
import { expect, it } from 'vitest';
import { MemoryTable } from '../testing/memory-table.ts';
import { DeviceTable } from './device-table.ts';
import { knownDevices } from './known-devices.ts';

const particleId = 'a'.repeat(24);
const pump = (device_id: string) => ({ device_id, path: `/enfusion/p1/d3/c9/north/${device_id}`, pack_minutes: 15 });

it('a link that exists is remembered for six hours, one that does not is asked for each time', async () => {
  const memory = new MemoryTable();
  let now = 0;
  const find = knownDevices(new DeviceTable(memory.client, 'table'), () => now);
  expect([await find(particleId), await find(particleId)]).toEqual([undefined, undefined]);
  expect(memory.commands).toHaveLength(2);
  memory.put({ ...particleLinkKey(particleId), ...pump('pump-1') });
  now = 1;
  expect([await find(particleId), await find(particleId)]).toEqual([pump('pump-1'), pump('pump-1')]);
  expect(memory.commands).toHaveLength(3);
  memory.put({ ...particleLinkKey(particleId), ...pump('pump-2') });
  now = 6 * 3_600_000;
  expect(await find(particleId)).toEqual(pump('pump-1'));
  now += 1;
  expect(await find(particleId)).toEqual(pump('pump-2'));
});

it('a link that was written before it held the path is completed from the device', async () => {
  const memory = new MemoryTable();
  memory.put({ ...particleLinkKey(particleId), device_id: 'pump-1' });
  memory.put({ ...deviceKey('pump-1'), ...pump('pump-1'), name: 'Pump' });
  const find = knownDevices(new DeviceTable(memory.client, 'table'), () => 0);
  expect(await find(particleId)).toEqual(pump('pump-1'));
});
