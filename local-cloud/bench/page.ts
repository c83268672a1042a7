import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { runningSystem, tableClient } from '../src/tools/running-system.ts';
import { startSystem } from '../test/deployed-system.ts';
import { type BenchTree, organizationPaths, writeBenchFleet } from './fleet.ts';
import { layerTimes, printLayers } from './layers.ts';
import { readNumbers } from './numbers.ts';
import { dashboardOperations } from './operations.ts';
import { inOwnProcess } from './own-process.ts';
import { type Crowd, signInCrowd } from './people.ts';
import { type LoadResult, type Plan, resultShape } from './plan.ts';
import { cpuOf, residentMib } from './processes.ts';
import { summarize, summaryHeading, summaryRow } from './statistics.ts';

/*
 * npm run bench page: how long the dashboard's pages wait for their GraphQL calls with 500 people at work, where that time goes, and beside it,
 * in the same run, the same reads straight against DynamoDB.
 */

const { users, seconds: measured_s, think: think_s, seed } = readNumbers({ users: 500, seconds: 60, think: 10, seed: 1 }, { whole: false });

const root = resolve(import.meta.dirname, '..', '..');
const tree: BenchTree = { partners: 5, dealers: 5, customers: 8, devices: 5 };
const shares = { admin: 0.02, partner: 0.08, dealer: 0.2 };
const fleet_share = 0.5;
const warm_up_s = Math.max(15, think_s * 1.5);
const tell = (line: string) => console.log(`  ${line}`);

const directory = mkdtempSync(join(tmpdir(), 'enstratus-bench-'));
console.log('Starting a system of its own …');
const system = await startSystem(directory);
try {
  const endpoints = runningSystem(directory);
  if (endpoints.graphql === null) throw new Error('the system has no GraphQL API');
  const documents = tableClient(endpoints);
  console.log('Writing the fleet …');
  const devices = await writeBenchFleet(documents, endpoints.tableName, tree, tell);
  console.log('Registering people and signing them in …');
  const [partners, dealers, customers] = organizationPaths(tree);
  const count = (share: number) => Math.max(1, Math.round(users * share));
  const few: Crowd[] = [
    { persona: 'admin', count: count(shares.admin), paths: ['/enfusion'] },
    { persona: 'partner', count: count(shares.partner), paths: partners },
    { persona: 'dealer', count: count(shares.dealer), paths: dealers },
  ];
  const crowds: Crowd[] = [
    ...few,
    { persona: 'customer', count: Math.max(1, users - few.reduce((sum, crowd) => sum + crowd.count, 0)), paths: customers },
  ];
  const people = await signInCrowd(endpoints, documents, crowds, devices, tell);
  const plan: Plan = {
    graphql: endpoints.graphql,
    dynamodb: { endpoint: endpoints.aws, region: endpoints.region, account: endpoints.account, table: endpoints.tableName },
    operations: dashboardOperations(root),
    users: people,
    think_s,
    warm_up_s,
    measured_s,
    fleet_share,
    seed,
  };
  console.log(`\n${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`);
  console.log(
    `${people.length} users (${crowds.map((crowd) => `${crowd.count} ${crowd.persona}`).join(', ')}), ${devices.length} devices, ${think_s} s between pages,`,
  );
  console.log(
    `half of the pages the fleet (rows of an admin ${devices.length}, a partner ${devices.length / partners.length}, a dealer ${devices.length / dealers.length}, a customer ${tree.devices}),`,
  );
  console.log(
    `half a device with 24 hours by the minute; ${warm_up_s} s to warm up, then ${measured_s} s measured. The load is a process of its own.`,
  );

  console.log('\nThe dashboard’s pages, by GraphQL over HTTP …');
  const before = await layerTimes(endpoints.aws);
  const cpuBefore = cpuOf(system.process.pid);
  const graphql = await load(plan, 'graphql');
  const cpu_s = cpuOf(system.process.pid) - cpuBefore;
  const after = await layerTimes(endpoints.aws);
  printLoad(graphql);
  printLayers(before, after);
  printProcesses(graphql, cpu_s, system.process.pid);

  console.log('\nThe floor: the same reads straight against the local DynamoDB, through the AWS SDK …');
  const floorCpuBefore = cpuOf(system.process.pid);
  const floor = await load(plan, 'table');
  printLoad(floor);
  printProcesses(floor, cpuOf(system.process.pid) - floorCpuBefore, system.process.pid);

  const mean = (result: LoadResult) => summarize(Object.values(result.pages).flat()).mean_ms;
  console.log(
    `\nMean of a page: ${mean(graphql).toFixed(1)} ms by GraphQL, ${mean(floor).toFixed(1)} ms straight from the table: ${(mean(graphql) / mean(floor)).toFixed(2)} times the floor.`,
  );
} finally {
  await system.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function load(plan: Plan, against: 'graphql' | 'table'): Promise<LoadResult> {
  return resultShape.parse(await inOwnProcess(join(import.meta.dirname, 'load.ts'), plan, [against]));
}

function printLoad({ pages, calls, errors, bytes }: LoadResult): void {
  console.log(summaryHeading);
  const all = Object.entries(pages).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, durations] of all) console.log(summaryRow(`page ${name}`, summarize(durations)));
  for (const page of ['fleet', 'device'])
    console.log(
      summaryRow(`page ${page}, everybody`, summarize(all.flatMap(([name, durations]) => (name.startsWith(page) ? durations : [])))),
    );
  console.log(summaryRow('every page', summarize(all.flatMap(([, durations]) => durations))));
  for (const [name, durations] of Object.entries(calls)) console.log(summaryRow(`call ${name}`, summarize(durations)));
  if (bytes > 0) console.log(`  ${(bytes / 2 ** 20).toFixed(1)} MiB of answers`);
  console.log(errors.length === 0 ? '  no errors' : `  ${errors.length} ERRORS, the first: ${errors[0]}`);
  if (errors.length > 0) process.exitCode = 1;
}

function printProcesses(result: LoadResult, system_cpu_s: number, pid: number | undefined): void {
  console.log(
    `  processor: system ${system_cpu_s.toFixed(1)} s, load ${result.cpu_s.toFixed(1)} s; memory: system ${residentMib(pid)} MiB, load ${result.rss_mib.toFixed(0)} MiB`,
  );
}
