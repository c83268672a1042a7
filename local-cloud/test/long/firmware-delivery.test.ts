import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CodePipelineClient, RollbackStageCommand } from '@aws-sdk/client-codepipeline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { judge, type LedgerLine, readLedger } from '../../bench/ledger.ts';
import { readFieldFile } from '../../src/fleet/field-file.ts';
import { clientOptions, runningSystem } from '../../src/tools/running-system.ts';
import { signIn } from '../../src/tools/sign-in.ts';
import { PipelineInUse } from '../approvals.ts';
import { type RunningSystem, startSystem } from '../deployed-system.ts';

const run = promisify(execFile);
const repo = 'device-firmware';
/** A build on two cores that other tests use too. */
const patience = { timeout: 900_000, interval: 1000 };
const test = { timeout: 1_800_000 };

let directory: string;
let running: RunningSystem | undefined;
let codePipeline: CodePipelineClient;
let pipeline: PipelineInUse;
let clone: string;
let sampled: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'enstratus-firmware-delivery-'));
  sampled = join(directory, 'sampled.ndjson');
  running = await startSystem(directory, 0, { devices: 6, more: ['--pipeline', repo, '--no-history', '--sampled', sampled] });
  const endpoints = runningSystem(directory);
  const { pipelines } = endpoints;
  if (pipelines === null) throw new Error('the system has no pipelines');
  codePipeline = new CodePipelineClient(clientOptions({ ...endpoints, account: pipelines.account, region: pipelines.region }));
  pipeline = new PipelineInUse(codePipeline, repo, patience);
  // Each has told by now which firmware it was made with.
  await vi.waitFor(async () => expect(await versions()).toEqual({ dev: [1], test: [1], prod: [1] }), patience);
  clone = join(directory, 'clone');
  await run('git', ['clone', '--quiet', pipelines.repositories[repo] ?? '', clone]);
}, 1_200_000);

afterAll(async () => {
  await running?.stop();
  rmSync(directory, { recursive: true, force: true });
}, 120_000);

const page = z.object({
  devices: z.array(z.object({ id: z.string(), groups: z.array(z.string()), firmware_version: z.number().nullable(), online: z.boolean() })),
});

/** What Particle says that the devices of each group run, each version once. */
async function versions(): Promise<Record<string, number[]>> {
  const { url, product, accessToken } = runningSystem(directory).particle;
  const answer = await fetch(`${url}/v1/products/${product}/devices?perPage=100`, { headers: { authorization: `Bearer ${accessToken}` } });
  const { devices } = page.parse(await answer.json());
  const of = (group: string) => [
    ...new Set(devices.flatMap(({ groups, firmware_version }) => (groups.includes(group) ? [firmware_version ?? 0] : []))),
  ];
  return { dev: of('dev'), test: of('test'), prod: of('prod') };
}

const reported = z.object({ firmware: z.string(), boot_id: z.number(), packs_unsent: z.number() });

/** A device's own report, as soon as it has power. */
async function report(device: string) {
  const field = readFieldFile(join(directory, 'field'));
  if (field === undefined) throw new Error('no field runs');
  return vi.waitFor(async () => {
    const answer = await fetch(field.control_url, {
      method: 'POST',
      headers: { authorization: `Bearer ${field.token}` },
      body: JSON.stringify({ verb: 'status', device }),
    });
    const { report: text } = z.object({ report: z.string() }).parse(await answer.json());
    return reported.parse(JSON.parse(text));
  }, patience);
}

function edit(file: string, change: (text: string) => string): void {
  const path = join(clone, file);
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`${file} has nothing to change`);
  writeFileSync(path, after);
}

/** Counts the product's version to a number, and lets the core report another one of its own. */
function count(product_version: number, reported: string): void {
  edit('boron/src/main.cpp', (text) =>
    text
      .replace(/^PRODUCT_VERSION\(\d+\);/m, `PRODUCT_VERSION(${product_version});`)
      .replace(/kProductVersion = \d+;/, `kProductVersion = ${product_version};`),
  );
  const before = /kFirmwareVersion = "([^"]+)"/.exec(readFileSync(join(clone, 'core/device.h'), 'utf8'))?.[1] ?? '';
  edit('core/device.h', (text) => text.replace(`kFirmwareVersion = "${before}"`, `kFirmwareVersion = "${reported}"`));
  edit('test/life-publishing.test.ts', (text) => text.replace(`firmware: '${before}'`, `firmware: '${reported}'`));
}

/** Commits everything and pushes it; answers the commit. */
async function push(message: string): Promise<string> {
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=Team', '-c', 'user.email=team@enfusion.example', ...args], { cwd: clone });
  await git('commit', '--quiet', '--all', '--message', message);
  await git('push', '--quiet', 'origin', 'HEAD:main');
  return (await git('rev-parse', 'HEAD')).stdout.trim();
}

/** Lets every device close its pack with each sample, and waits until all is sent: what was sampled by then, by device. */
async function allSent(): Promise<Map<string, LedgerLine[]>> {
  const { particle, devices } = runningSystem(directory);
  const until_s = Math.floor(Date.now() / 1000);
  for (const { deviceId, particleId } of devices) {
    const settings = async () => {
      const answer = await fetch(`${particle.url}/v1/products/${particle.product}/devices/${particleId}/settings`, {
        method: 'POST',
        headers: { authorization: `Bearer ${particle.accessToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ arg: 'pack_minutes=1' }),
      });
      return answer.status;
    };
    await expect.poll(settings, patience).toBe(200);
    await expect.poll(async () => (await report(deviceId)).packs_unsent, patience).toBe(0);
  }
  const ledger = await readLedger(sampled);
  return new Map(
    [...ledger].map(([device, lines]) => {
      // One that was told before the pack of its minute is out may be on its way.
      const sent = lines.filter(({ time }) => time <= until_s);
      return [device, sent];
    }),
  );
}

describe('a push to device-firmware', () => {
  it('is born with the firmware that the devices left the factory with', test, async () => {
    const { stdout } = await run('git', ['rev-parse', 'HEAD'], { cwd: clone });
    await pipeline.decide(stdout.trim(), 'ApproveTest', 'Approved');
    await pipeline.decide(stdout.trim(), 'ApproveProd', 'Approved');
    await expect.poll(() => pipeline.statusOf(stdout.trim()), patience).toBe('Succeeded');
    expect(await versions()).toEqual({ dev: [1], test: [1], prod: [1] });
  });

  it('comes over the air to DEV by itself, and on to TEST and PROD when somebody approves', test, async () => {
    const started = performance.now();
    const [first, last] = [runningSystem(directory).devices[0]?.deviceId ?? '', runningSystem(directory).devices.at(-1)?.deviceId ?? ''];
    const before = await report(first);
    count(2, '1.1.0');
    const commit = await push('Report another version');
    await expect.poll(versions, patience).toEqual({ dev: [2], test: [1], prod: [1] });
    const after = await report(first);
    expect(after.firmware).toBe('1.1.0');
    expect(after.boot_id).toBeGreaterThan(before.boot_id);
    expect((await report(last)).firmware).toBe('1.0.0');
    await pipeline.decide(commit, 'ApproveTest', 'Approved');
    await expect.poll(versions, patience).toEqual({ dev: [2], test: [2], prod: [1] });
    await pipeline.decide(commit, 'ApproveProd', 'Approved');
    await expect.poll(versions, patience).toEqual({ dev: [2], test: [2], prod: [2] });
    await expect.poll(() => pipeline.statusOf(commit), patience).toBe('Succeeded');
    expect((await report(last)).firmware).toBe('1.1.0');
    // Every device has restarted with it, and sampled since.
    const boots = async () => [...(await readLedger(sampled)).values()].map((lines) => new Set(lines.map(({ boot_id }) => boot_id)).size);
    await expect.poll(async () => Math.min(...(await boots())), patience).toBeGreaterThan(1);
    const ledger = await allSent();
    const { graphql, users, ...place } = runningSystem(directory);
    const admin = users.find(({ persona }) => persona === 'admin');
    const { AccessToken } = await signIn(place, admin?.email ?? '', admin?.password ?? '');
    let verdict = await judge(ledger, { graphql: graphql ?? '', accessToken: AccessToken });
    await expect
      .poll(async () => {
        verdict = await judge(ledger, { graphql: graphql ?? '', accessToken: AccessToken });
        return verdict.missing;
      }, patience)
      .toBe(0);
    expect(verdict).toMatchObject({ different: 0, invented: 0, examples: [] });
    console.log(`${verdict.documents} documents sampled before, during and after the update, all of them read`);
    console.log(`from the push to the devices of PROD: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  });

  it('that fails a test of the core goes to no device', test, async () => {
    count(3, '1.2.0');
    edit('core/modbus_rtu.cpp', (text) => text.replace('0xa001', '0xa002'));
    const commit = await push('Break the checksum');
    edit('core/modbus_rtu.cpp', (text) => text.replace('0xa002', '0xa001'));
    await expect.poll(() => pipeline.statusOf(commit), patience).toBe('Failed');
    expect(await versions()).toEqual({ dev: [2], test: [2], prod: [2] });
  });

  it('goes back in one stage by one command', test, async () => {
    const [born] = (await pipeline.executions()).filter(({ status: done }) => done === 'Succeeded').slice(-1);
    await codePipeline.send(
      new RollbackStageCommand({ pipelineName: repo, stageName: 'Prod', targetPipelineExecutionId: born?.pipelineExecutionId }),
    );
    await expect.poll(versions, patience).toEqual({ dev: [2], test: [2], prod: [1] });
  });
});
