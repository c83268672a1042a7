import { parentPort, workerData } from 'node:worker_threads';
import { loadCores } from '@enstratus/device-firmware/core';
import { z } from 'zod';
import { fleetDevice } from '../fleet/fleet-device.ts';
import { pastDays } from './past-days.ts';

// A thread of PastDaysPool: it is given one device at a time and answers its rollups.
const order = z.strictObject({ device: fleetDevice, from_s: z.int().positive(), to_s: z.int().positive() });
const { seed } = z.object({ seed: z.int().min(0) }).parse(workerData);

if (parentPort === null) throw new Error('this runs as a worker of PastDaysPool');
const parent = parentPort;
const cores = await loadCores();
parent.on('message', (message) => {
  const { device, ...stretch } = order.parse(message);
  parent.postMessage(pastDays(cores, seed, device, stretch));
});
