import { spawnSync } from 'node:child_process';
import { loadCores } from '@enstratus/device-firmware/core';
import { Fleet } from '../src/fleet/fleet.ts';
import type { FleetDevice } from '../src/fleet/fleet-device.ts';
import { MemoryFlash } from '../src/fleet/memory-flash.ts';
import { row } from './statistics.ts';

/**
 * npm run bench fleet: what a simulated device costs. Each size runs in a process of its own, which makes the fleet, wakes it through ten minutes of daylight
 * as fast as it can, in the order in which devices are due, and tells what that took. No cloud: publishes are acknowledged at once.
 */

const MINUTES = 10;
const WARM_UP_MINUTES = 2;

interface Cost {
  readonly devices: number;
  readonly bytes_a_device: number;
  readonly core_bytes_a_device: number;
  readonly wakes: number;
  readonly ns_a_wake: number;
  readonly core_share: number;
}

const [size] = process.argv.slice(2);
if (size === undefined) {
  const sizes = [1000, 5000, 50_000];
  console.log(
    `\nA simulated device, ${MINUTES} minutes of real time's work, polls of the drive every 5 s, a sample a minute, flash in memory (64 packs):\n`,
  );
  console.log(row('devices', ['B/device', 'core B', 'wakes', 'ns/wake', 'core %']));
  for (const one of sizes) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', import.meta.filename, String(one)], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    const cost = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Cost;
    const share = (cost.core_share * 100).toFixed(1);
    console.log(
      row(String(one), [String(cost.bytes_a_device), String(cost.core_bytes_a_device), String(cost.wakes), String(cost.ns_a_wake), share]),
    );
  }
  console.log(
    '\nB/device: growth of the process (RSS, after a collection) from an empty fleet to the end, by device. core B: what the WebAssembly',
  );
  console.log(
    'instance has of it. ns/wake: processor time of the process, by wake. core %: of one core that the fleet takes in real time.',
  );
} else {
  console.log(JSON.stringify(await measure(Number(size))));
}

async function measure(count: number): Promise<Cost> {
  const cores = await loadCores();
  const offline = {
    connect: () => ({ publish: async () => true, disconnect: () => {} }),
  };
  const fleet = new Fleet({ seed: 1, cores, flash: new MemoryFlash(), cloud: offline, core: { max_packs: 64 } });
  collect();
  const before = process.memoryUsage.rss();
  const memoryBefore = cores.memory_bytes;
  const start_s = Date.UTC(2026, 10, 20, 18) / 1000;
  const devices = Array.from({ length: count }, (_, index) => fleet.device(describe(index)));
  fleet.rehearse(devices, start_s, start_s + WARM_UP_MINUTES * 60);
  const cpu = process.cpuUsage();
  const wakes = fleet.rehearse(devices, start_s + WARM_UP_MINUTES * 60, start_s + (WARM_UP_MINUTES + MINUTES) * 60);
  const { user, system } = process.cpuUsage(cpu);
  collect();
  const spent_us = user + system;
  return {
    devices: count,
    bytes_a_device: Math.round((process.memoryUsage.rss() - before) / count),
    core_bytes_a_device: Math.round((cores.memory_bytes - memoryBefore) / count),
    wakes,
    ns_a_wake: Math.round((spent_us * 1000) / wakes),
    core_share: spent_us / (MINUTES * 60 * 1e6),
  };
}

function collect(): void {
  globalThis.gc?.();
}

/** Sites of four devices over Arizona. */
function describe(index: number): FleetDevice {
  const place = Math.floor(index / 4);
  return {
    device_id: `bench-${String(index + 1).padStart(5, '0')}`,
    particle_id: index.toString(16).padStart(24, '0'),
    name: ['Lift pump', 'Stock tank', 'Cold room', 'Drip line'][index % 4] ?? '',
    site: `/enfusion/bench/site-${place}`,
    lat: 32 + (place % 100) / 40,
    lon: -114 + (Math.floor(place / 100) % 100) / 40,
    time_zone: 'America/Phoenix',
  };
}
