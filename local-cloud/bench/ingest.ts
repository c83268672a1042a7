import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { FleetDevice } from '../src/fleet/fleet-device.ts';
import { runningSystem, tableClient } from '../src/tools/running-system.ts';
import { signIn } from '../src/tools/sign-in.ts';
import { startSystem } from '../test/deployed-system.ts';
import { writeDevices } from './ingest-devices.ts';
import { type IngestPart, type IngestPlan, type IngestResult, ingestResult } from './ingest-plan.ts';
import { judge, type LedgerVerdict, readLedger } from './ledger.ts';
import { readNumbers } from './numbers.ts';
import { inOwnProcess } from './own-process.ts';
import { cpuOf, peakMib } from './processes.ts';

/*
 * npm run bench ingest: what devices publish through Particle's webhooks into the stores. First a backlog, which shows how much is taken in a second
 * over a while; then the burst in which all devices come back in the same second. What they sampled is held against what the GraphQL API returns.
 */

const {
  devices: burstDevices,
  backlog: backlogDevices,
  hours,
  seed,
} = readNumbers({ devices: 5000, backlog: 300, hours: 4, seed: 1 }, { whole: true });

const PLACES = [
  { lat: 38.7, lon: -107.6, time_zone: 'America/Denver' },
  { lat: 33.4, lon: -112.6, time_zone: 'America/Phoenix' },
  { lat: 36.8, lon: -119.8, time_zone: 'America/Los_Angeles' },
  { lat: 33.6, lon: -101.9, time_zone: 'America/Chicago' },
] as const;

function bench(kind: 'backlog' | 'burst', count: number): FleetDevice[] {
  return Array.from({ length: count }, (_, index) => {
    const place = PLACES[index % PLACES.length] ?? PLACES[0];
    const device_id = `${kind}-${String(index + 1).padStart(5, '0')}`;
    return {
      device_id,
      particle_id: createHash('sha256').update(`bench ${device_id}`).digest('hex').slice(0, 24),
      name: `Pump ${index + 1}`,
      site: `/enfusion/bench/${kind}/fields/field-${index % 500}`,
      ...place,
    };
  });
}

const directory = mkdtempSync(join(tmpdir(), 'enstratus-bench-'));
console.log('Starting a system of its own …');
const system = await startSystem(directory);
try {
  const endpoints = runningSystem(directory);
  const { graphql } = endpoints;
  const admin = endpoints.users.find(({ persona }) => persona === 'admin');
  if (graphql === null || admin === undefined) throw new Error('the system has no GraphQL API or no operator');
  const devices = { backlog: bench('backlog', backlogDevices), burst: bench('burst', burstDevices) };
  const all = [...devices.backlog, ...devices.burst];
  console.log(`Making ${all.length} devices known …`);
  await writeDevices(
    endpoints,
    { documents: tableClient(endpoints), table: endpoints.tableName },
    all.map(({ device_id, particle_id, name, site, time_zone }) => ({ device_id, particle_id, name, site_path: site, time_zone })),
    (line) => console.log(`  ${line}`),
  );
  const ledgers = { backlog: join(directory, 'backlog.ndjson'), burst: join(directory, 'burst.ndjson') };
  const plan: IngestPlan = {
    webhook: endpoints.webhook,
    backlog: { devices: devices.backlog, minutes: hours * 60 },
    burst: { devices: devices.burst, minutes: 15 },
    ledgers,
    seed,
  };
  console.log(`\n${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`);
  console.log(
    'The devices, each the firmware’s core with a simulated drive, and the Particle stand-in are one process; the cloud is another.\n',
  );
  const cpuBefore = cpuOf(system.process.pid);
  const result = await field(plan);
  const cpu_s = cpuOf(system.process.pid) - cpuBefore;
  console.log(
    `\nprocessor: cloud ${cpu_s.toFixed(1)} s, devices and Particle ${result.cpu_s.toFixed(1)} s; most memory: cloud ${peakMib(system.process.pid)} MiB, devices and Particle ${result.rss_mib.toFixed(0)} MiB`,
  );
  console.log('\nThe books: what each device sampled against what the GraphQL API returns, reading by reading …');
  const { AccessToken } = await signIn(endpoints, admin.email, admin.password);
  for (const kind of ['backlog', 'burst'] as const) {
    const sampled = await readLedger(ledgers[kind]);
    // What was sampled since stands in the open pack, which is sent when it is closed.
    const sent = new Map([...sampled].map(([device_id, lines]) => [device_id, lines.filter(({ time }) => time <= result[kind].until_s)]));
    const verdict = await judge(sent, { graphql, accessToken: AccessToken });
    const title = {
      backlog: `${backlogDevices} devices come back after ${hours} h, each sends its packs one after the other`,
      burst: `${burstDevices} devices come back in the same second, with 15 documents each`,
    };
    print(title[kind], result[kind], verdict);
    if (verdict.missing + verdict.different + verdict.invented > 0) process.exitCode = 1;
  }
} finally {
  await system.stop();
  rmSync(directory, { recursive: true, force: true });
}

function print(
  title: string,
  { packs, deliveries, failed, dropped, took_ms, latency_p50_ms, latency_p99_ms }: IngestPart,
  { documents, missing, different, invented, examples }: LedgerVerdict,
): void {
  const seconds = took_ms / 1000;
  const a_second = (count: number) => `${(count / seconds).toFixed(0)}/s`;
  console.log(`\n${title}:`);
  console.log(
    `  ${packs} packs with ${documents} documents; ${deliveries} deliveries with reports and changes, ${failed} failed, ${dropped} dropped`,
  );
  console.log(
    `  all stored and readable after ${seconds.toFixed(1)} s: ${a_second(packs)} packs, ${a_second(documents)} documents, ${a_second(deliveries)} deliveries`,
  );
  console.log(
    `  a delivery from the publish to its answer: p50 ${latency_p50_ms?.toFixed(0)} ms, p99 ${latency_p99_ms?.toFixed(0)} ms (the last 10,000)`,
  );
  console.log(`  ${missing} missing, ${different} different, ${invented} never sampled`);
  for (const example of examples) console.log(`    ${example}`);
}

async function field(plan: IngestPlan): Promise<IngestResult> {
  return ingestResult.parse(await inOwnProcess(join(import.meta.dirname, 'ingest-field.ts'), plan));
}
