import { buildCore } from './build.ts';
import { loadCores, type Platform } from './core.ts';

/**
 * What a simulated device costs: memory and time a tick. `node wasm/measure.ts [devices]`, 50,000 by default. A drive answers every frame; flash and network
 * take everything and keep nothing, so that the figures are the core's and its host's alone.
 */
const count = Number(process.argv[2] ?? 50_000);
if (!Number.isInteger(count) || count < 1) throw new Error('devices must be a whole number from 1 on');
await buildCore();
const cores = await loadCores();

/** The answers to INVT's three polled blocks and to the two that only a sample reads, by address and count. */
const answers = new Map<number, Uint8Array>();
function answerTo(request: Uint8Array): Uint8Array {
  const key = ((request[2] ?? 0) << 16) | ((request[3] ?? 0) << 8) | (request[5] ?? 0);
  const known = answers.get(key);
  if (known !== undefined) return known;
  const body = [request[0] ?? 1, 3, (request[5] ?? 0) * 2, ...new Array<number>((request[5] ?? 0) * 2).fill(1)];
  let crc = 0xffff;
  for (const byte of body) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  const answer = Uint8Array.from([...body, crc & 0xff, crc >> 8]);
  answers.set(key, answer);
  return answer;
}

const published: { readonly device: number; readonly token: number }[] = [];
let texts = 0;
const platformOf = (device: number): Platform => ({
  exchange: answerTo,
  flashWrite: () => true,
  flashRead: () => undefined,
  connected: () => true,
  publish: (_name, _text, token) => {
    published.push({ device, token });
    texts += 1;
    return true;
  },
  signalPct: () => 68,
  restart: () => {},
});

const before = process.memoryUsage();
const bootStarted = performance.now();
const devices = Array.from({ length: count }, (_, device) => cores.create(platformOf(device), { max_packs: 192 }));
const due = new Float64Array(count);
const start_s = 1_763_760_000;
devices.forEach((device) => {
  device.boot({ uptime_ms: 0, utc_s: start_s });
});
const boot_ms = performance.now() - bootStarted;

let ticks = 0;
const seconds = 120;
const started = performance.now();
for (let uptime_ms = 0; uptime_ms < seconds * 1000; uptime_ms += 1000) {
  const now = { uptime_ms, utc_s: start_s + uptime_ms / 1000 };
  for (const [index, device] of devices.entries()) {
    if ((due[index] ?? 0) > uptime_ms) continue;
    due[index] = device.tick(now);
    ticks += 1;
  }
  for (const { device, token } of published.splice(0)) devices[device]?.published(token, true, now);
}
const took_ms = performance.now() - started;
const after = process.memoryUsage();

const perDevice = (bytes: number) => `${Math.round(bytes / count).toLocaleString('en')} B a device`;
console.log(`${count.toLocaleString('en')} devices, booted in ${boot_ms.toFixed(0)} ms`);
console.log(`Memory of the core: ${perDevice(cores.memory_bytes)} (the device itself ${cores.device_bytes} B)`);
console.log(`Memory of the process: ${perDevice(after.rss - before.rss)}`);
console.log(
  `${ticks.toLocaleString('en')} ticks in ${took_ms.toFixed(0)} ms: ${((took_ms * 1e6) / ticks).toFixed(0)} ns a tick, each with its polls and samples`,
);
console.log(`A second of them takes ${(took_ms / seconds).toFixed(1)} ms; ${texts.toLocaleString('en')} texts were published`);
