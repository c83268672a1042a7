import { setTimeout as pause } from 'node:timers/promises';
import { loadCores } from '@enstratus/device-firmware/core';
import { fastForward } from '../src/fleet/fast-forward.ts';
import { Fleet } from '../src/fleet/fleet.ts';
import type { FleetDevice } from '../src/fleet/fleet-device.ts';
import { MemoryFlash } from '../src/fleet/memory-flash.ts';
import { SampledFile } from '../src/fleet/sampled-file.ts';
import type { SimulatedDevice } from '../src/fleet/simulated-device.ts';
import type { DeviceCloud } from '../src/particle/device-link.ts';
import { type ParticleCloud, startParticleCloud } from '../src/particle/start-particle-cloud.ts';
import { type IngestPart, type IngestPlan, ingestPlan } from './ingest-plan.ts';

/*
 * The field process of the ingest benchmark: devices that sampled without a network come back, and the Particle stand-in posts what they publish. It
 * tells on its standard output how that went, and on its standard error what it does.
 */

/** Ends when nothing was delivered for so long and nothing waits. */
const QUIET_MS = 3000;
/** Particle's last try of a skipped delivery comes a minute after the one before. */
const STALLED_MS = 90_000;

const tell = (line: string) => process.stderr.write(`  ${line}\n`);

/** Lets the devices of one part come back, and waits until everything that they had was answered. */
async function comeBack(
  plan: IngestPlan,
  { devices, minutes }: { readonly devices: readonly FleetDevice[]; readonly minutes: number },
  ledger: string,
): Promise<IngestPart> {
  const cloud = await startParticleCloud({ port: 0, file: ':memory:' });
  const flash = new MemoryFlash();
  const sampled = new SampledFile(ledger);
  const published = new Map<string, number>();
  const fleet = new Fleet({
    seed: plan.seed,
    cores: await loadCores(),
    flash,
    cloud: counting(cloud.link, published),
    sampled,
    calm: true,
    core: { max_packs: 64 },
  });
  try {
    cloud.manufacture(devices.map(({ particle_id }) => particle_id));
    await intoProduct(cloud, plan, devices);
    const until_s = Math.floor(Date.now() / 60_000) * 60;
    const simulated = devices.map((device) => fleet.device(device));
    for (const device of simulated) awayFor(device, until_s - minutes * 60);
    const back_ms = Date.now();
    for (const device of simulated) device.network.mend();
    fleet.live(devices);
    for (const device of simulated) {
      device.connectAt(back_ms);
      fleet.wakeSoon(device);
    }
    const end_ms = await answered(cloud, devices.length);
    const { triggered, failed, dropped, latency_p50_ms, latency_p99_ms } = cloud.counts();
    const packs = published.get('status') ?? 0;
    return { packs, deliveries: triggered, failed, dropped, took_ms: end_ms - back_ms, latency_p50_ms, latency_p99_ms, until_s };
  } finally {
    fleet.stop();
    await cloud.stop();
    flash.close();
    sampled.close();
  }
}

/** Within the first minute the device boots and learns the time; from then on to the present it has no network. */
function awayFor(device: SimulatedDevice, from_s: number): void {
  const cut_s = from_s + 59;
  device.powerAt((from_s + 1) * 1000);
  fastForward(device, (from_s + 1) * 1000, cut_s * 1000, () => {});
  device.network.cut('network', cut_s, cut_s + 30 * 86_400);
  fastForward(device, cut_s * 1000, Date.now(), () => {});
}

function counting(link: DeviceCloud, published: Map<string, number>): DeviceCloud {
  return {
    connect: (device) => {
      const session = link.connect(device);
      return {
        publish: (name, data) => {
          published.set(name, (published.get(name) ?? 0) + 1);
          return session.publish(name, data);
        },
        disconnect: (how) => session.disconnect(how),
      };
    },
  };
}

/** Everything is answered when nothing waits any more and nothing new has come for a while. Resolves to when the last answer came. */
async function answered(cloud: ParticleCloud, least: number): Promise<number> {
  let last = { succeeded: -1, at: Date.now() };
  for (;;) {
    const counts = cloud.counts();
    const done = counts.succeeded + counts.failed + counts.dropped;
    if (done !== last.succeeded) {
      if (Math.floor(done / 1000) !== Math.floor(last.succeeded / 1000)) tell(`${done} of ${counts.triggered} deliveries answered`);
      last = { succeeded: done, at: Date.now() };
    }
    if (Date.now() - last.at > STALLED_MS)
      throw new Error(`nothing was answered for a minute and a half; ${done} deliveries were, of ${least} devices`);
    const waits = counts.queued + counts.in_flight + counts.waiting;
    if (done >= least && waits === 0 && Date.now() - last.at > QUIET_MS) return last.at;
    await pause(20);
  }
}

/** As the cloud's registration does: the devices into the product, and one webhook for what begins with `status`. */
async function intoProduct(cloud: ParticleCloud, { webhook }: IngestPlan, devices: readonly FleetDevice[]): Promise<void> {
  const { product, access_token } = cloud.seed();
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${cloud.url}/v1/products/${product.slug}/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`Particle answered ${path} with ${response.status}: ${await response.text()}`);
  };
  for (const { particle_id } of devices) await post('devices', { id: particle_id });
  await post('integrations', {
    integration_type: 'Webhook',
    event: 'status',
    url: webhook.url,
    requestType: 'POST',
    headers: { [webhook.secretHeader]: webhook.secret },
  });
}

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const plan = ingestPlan.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
tell(`${plan.backlog.devices.length} devices come back after ${plan.backlog.minutes} minutes without a network …`);
const backlog = await comeBack(plan, plan.backlog, plan.ledgers.backlog);
tell(`${plan.burst.devices.length} devices come back in the same second, each with ${plan.burst.minutes} documents …`);
const burst = await comeBack(plan, plan.burst, plan.ledgers.burst);
const { user, system } = process.cpuUsage();
const result = { backlog, burst, cpu_s: (user + system) / 1e6, rss_mib: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(JSON.stringify(result), () => process.exit(0));
