import { expect, it } from 'vitest';
import { MemoryTable } from '../testing/memory-table.ts';
import { DeviceTable } from './device-table.ts';
import { knownDevices } from './known-devices.ts';

it('a link that exists is remembered for an hour, one that does not is asked for each time', async () => {
  const memory = new MemoryTable();
  let now = 0;
  const find = knownDevices(new DeviceTable(memory.client, 'table'), () => now);
  const particleId = 'a'.repeat(24);
  expect([await find(particleId), await find(particleId)]).toEqual([undefined, undefined]);
  expect(memory.commands).toHaveLength(2);
  memory.put({ pk: `PARTICLE#${particleId}`, sk: 'LINK', device_id: 'pump-1' });
  now = 1;
  expect([await find(particleId), await find(particleId)]).toEqual(['pump-1', 'pump-1']);
  expect(memory.commands).toHaveLength(3);
  memory.put({ pk: `PARTICLE#${particleId}`, sk: 'LINK', device_id: 'pump-2' });
  now = 3_600_000;
  expect(await find(particleId)).toBe('pump-1');
  now = 3_600_001;
  expect(await find(particleId)).toBe('pump-2');
});
