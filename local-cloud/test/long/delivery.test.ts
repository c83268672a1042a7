import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CodePipelineClient, GetPipelineCommand, ListActionExecutionsCommand } from '@aws-sdk/client-codepipeline';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { parameterNames } from '@enstratus/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clientOptions, runningSystem } from '../../src/tools/running-system.ts';
import { gatesOf, PipelineInUse } from '../approvals.ts';
import { type RunningSystem, startSystem } from '../deployed-system.ts';

const run = promisify(execFile);
const repo = 'ingest-repo';
const otherRepo = 'appsync-lambda-repo';
/** A build on two cores that other tests use too. */
const patience = { timeout: 600_000, interval: 500 };
const test = { timeout: 900_000 };

let directory: string;
let running: RunningSystem | undefined;
let codePipeline: CodePipelineClient;
let pipeline: PipelineInUse;
let otherPipeline: PipelineInUse;
let webhooks: Readonly<Record<'dev' | 'test' | 'prod', string>>;
let clone: string;
let otherClone: string;
let bornWith: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'enstratus-delivery-'));
  running = await startSystem(directory, 0, { more: ['--pipeline', repo, '--pipeline', otherRepo, '--no-history'] });
  const endpoints = runningSystem(directory);
  const { pipelines } = endpoints;
  if (pipelines === null) throw new Error('the system has no pipelines');
  const as = (account: string) => clientOptions({ ...endpoints, account, region: pipelines.region });
  codePipeline = new CodePipelineClient(as(pipelines.account));
  pipeline = new PipelineInUse(codePipeline, repo, patience);
  otherPipeline = new PipelineInUse(codePipeline, otherRepo, patience);
  const webhookOf = async (stage: string) => {
    const { Parameter } = await new SSMClient(as(pipelines.stages[stage] ?? '')).send(
      new GetParameterCommand({ Name: parameterNames.webhookUrl }),
    );
    return Parameter?.Value ?? '';
  };
  webhooks = { dev: await webhookOf('dev'), test: await webhookOf('test'), prod: await webhookOf('prod') };
  clone = join(directory, 'clone');
  await run('git', ['clone', '--quiet', pipelines.repositories[repo] ?? '', clone]);
  otherClone = join(directory, 'other-clone');
  await run('git', ['clone', '--quiet', pipelines.repositories[otherRepo] ?? '', otherClone]);
  bornWith = await said('prod');
  // Each pipeline runs once when it is made: the other one's shall not take the processor from what is measured here.
  await vi.waitFor(async () => expect(gatesOf(await otherPipeline.stages())).toMatchObject([{ stageName: 'ApproveTest' }]), patience);
}, 1_500_000);

afterAll(async () => {
  await running?.stop();
  rmSync(directory, { recursive: true, force: true });
}, 120_000);

/** What the webhook of a stage tells who reads it: the line that these tests change. */
async function said(stage: keyof typeof webhooks): Promise<string> {
  const answer = (await (await fetch(webhooks[stage])).json()) as { detail: string };
  return answer.detail;
}

const handler = 'src/telemetry/receive-status.ts';

function edit(file: string, change: (text: string) => string): void {
  const path = join(clone, file);
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`${file} has nothing to change`);
  writeFileSync(path, after);
}

/** Lets the handler say something else. */
const say = (detail: string) => edit(handler, (text) => text.replace(/(status: 405, detail: ')[^']*(')/, `$1${detail}$2`));

/** Commits everything and pushes it; answers the commit. */
async function push(message: string, folder = clone): Promise<string> {
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=Team', '-c', 'user.email=team@enfusion.example', ...args], { cwd: folder });
  await git('commit', '--quiet', '--all', '--message', message);
  await git('push', '--quiet', 'origin', 'HEAD:main');
  return (await git('rev-parse', 'HEAD')).stdout.trim();
}

/** The actions of a commit's execution, each with its status and its times in ms. */
async function actionsOf(commit: string, of = pipeline) {
  const [newest] = await of.executionsOf(commit);
  const pipelineExecutionId = newest?.pipelineExecutionId;
  if (pipelineExecutionId === undefined) return [];
  const { actionExecutionDetails = [] } = await codePipeline.send(
    new ListActionExecutionsCommand({ pipelineName: of.name, filter: { pipelineExecutionId } }),
  );
  return actionExecutionDetails.map(({ actionName, status, startTime, lastUpdateTime }) => ({
    actionName,
    status,
    from: startTime?.getTime() ?? Number.NaN,
    to: lastUpdateTime?.getTime() ?? Number.NaN,
  }));
}

/** How the executions by which a stage went back have ended. */
async function rollbacks() {
  return (await pipeline.executions()).filter(({ executionType }) => executionType === 'ROLLBACK').map(({ status }) => status);
}

describe('a push to one repo', () => {
  it('goes to DEV by itself, and on to TEST and PROD when somebody approves', test, async () => {
    const started = performance.now();
    say('First change.');
    const commit = await push('Say the first change');
    await expect.poll(() => said('dev'), patience).toBe('First change.');
    expect(await said('test')).toBe(bornWith);
    await pipeline.decide(commit, 'ApproveTest', 'Approved');
    await expect.poll(() => said('test'), patience).toBe('First change.');
    expect(await said('prod')).toBe(bornWith);
    await pipeline.decide(commit, 'ApproveProd', 'Approved');
    await expect.poll(() => said('prod'), patience).toBe('First change.');
    await expect.poll(() => pipeline.statusOf(commit), patience).toBe('Succeeded');
    console.log(`from the push to production: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  });

  it('builds and deploys that repo alone', async () => {
    for (const { trigger } of await otherPipeline.executions()) expect(trigger?.triggerType).toBe('CreatePipeline');
  });

  it('whose new version fails with a tenth of the calls is taken back before it has the others', test, async () => {
    const branch = "  if (request.requestContext.http.method === 'PATCH') return problem({ status: 500, detail: 'Broken.' });\n";
    const before = "  if (request.requestContext.http.method !== 'POST') {";
    edit(handler, (text) => text.replace(before, `${branch}${before}`));
    say('Fails.');
    const commit = await push('Break what nobody tests');
    edit(handler, (text) => text.replace(branch, ''));
    const answers = { old: 0, broken: 0 };
    const isOver = async () =>
      (await actionsOf(commit)).some(({ actionName, status }) => actionName === 'EnstratusIngest.Deploy' && status === 'Failed');
    while (!(await isOver())) {
      const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(webhooks.dev, { method: 'PATCH' })).status));
      for (const status of statuses) answers[status === 405 ? 'old' : 'broken'] += 1;
      if ((await pipeline.statusOf(commit)) === 'Succeeded') throw new Error('the broken version went through');
    }
    expect(answers.broken).toBeGreaterThan(0);
    expect(answers.old).toBeGreaterThan(4 * answers.broken);
    await expect.poll(() => pipeline.statusOf(commit), patience).toBe('Failed');
    await expect.poll(rollbacks, patience).toEqual(['Succeeded']);
    expect(await said('dev')).toBe('First change.');
  });

  it('that fails a test of its own gets no further', test, async () => {
    edit('src/lambda-entries.test.ts', (text) => `${text}\nit('never holds', () => expect(1).toBe(2));\n`);
    say('Not tested.');
    const commit = await push('Break a test');
    edit('src/lambda-entries.test.ts', (text) => text.replace("\nit('never holds', () => expect(1).toBe(2));\n", ''));
    await expect.poll(() => pipeline.statusOf(commit), patience).toBe('Failed');
    expect(await said('dev')).toBe('First change.');
  });

  it('whose smoke test fails goes back to what was there', test, async () => {
    edit('smoke/webhook.ts', (text) => text.replace('status: 405', 'status: 204'));
    say('Smokes.');
    const commit = await push('Fail the smoke test');
    edit('smoke/webhook.ts', (text) => text.replace('status: 204', 'status: 405'));
    await expect.poll(() => pipeline.statusOf(commit), patience).toBe('Failed');
    await expect.poll(rollbacks, patience).toEqual(['Succeeded', 'Succeeded']);
    expect(await said('dev')).toBe('First change.');
  });

  it('changes its own pipeline, and what it adds there acts on the same push', test, async () => {
    writeFileSync(join(clone, 'smoke', 'second.ts'), "console.log('a step that this push has added');\n");
    await run('git', ['add', 'smoke/second.ts'], { cwd: clone });
    edit('bin/pipeline.ts', (text) =>
      text.replace('smokeTest:', "afterwards: { SecondLook: new URL('../smoke/second.ts', import.meta.url) },\n  smokeTest:"),
    );
    // The repo's own test of its pipeline says which steps there are.
    edit('bin/pipeline.test.ts', (text) =>
      text
        .replace('DevSmokeTest,', 'DevSmokeTest, DevSecondLook,')
        .replace('TestSmokeTest,', 'TestSmokeTest, TestSecondLook,')
        .replace('ProdSmokeTest', 'ProdSmokeTest, ProdSecondLook'),
    );
    say('With a second look.');
    const commit = await push('Look a second time');
    await pipeline.decide(commit, 'ApproveTest', 'Rejected');
    const described = await codePipeline.send(new GetPipelineCommand({ name: repo }));
    const dev = described.pipeline?.stages?.find(({ name }) => name === 'Dev')?.actions?.map(({ name }) => name);
    expect(dev).toContain('DevSecondLook');
    expect(await said('dev')).toBe('With a second look.');
  });

  it('that is rejected at a gate leaves the stages behind it as they were', test, async () => {
    say('Rejected.');
    const commit = await push('Be rejected');
    await pipeline.decide(commit, 'ApproveTest', 'Approved');
    await pipeline.decide(commit, 'ApproveProd', 'Rejected');
    await expect.poll(() => pipeline.statusOf(commit), patience).toBe('Failed');
    expect(await said('test')).toBe('Rejected.');
    expect(await said('prod')).toBe('First change.');
  });

  it('overtakes an older one that waits at a gate', test, async () => {
    say('Older.');
    const older = await push('Be overtaken');
    await expect.poll(async () => (await pipeline.gateOf(older))?.stageName, patience).toBe('ApproveTest');
    say('Newer.');
    const newer = await push('Overtake');
    await expect.poll(async () => (await pipeline.gateOf(newer))?.stageName, patience).toBe('ApproveTest');
    expect(await pipeline.statusOf(older)).toBe('Stopped');
  });

  it('at the same time as one to another repo does not wait for it', test, async () => {
    say('Side by side.');
    writeFileSync(join(otherClone, 'README.md'), `${readFileSync(join(otherClone, 'README.md'), 'utf8')}\nOne more line.\n`);
    const [one, other] = [await push('Go side by side'), await push('Go side by side', otherClone)];
    const builtBy = async (commit: string, of: PipelineInUse) =>
      (await actionsOf(commit, of)).find(({ actionName }) => actionName === 'Synth');
    const done = async () => [(await builtBy(one, pipeline))?.status, (await builtBy(other, otherPipeline))?.status];
    await expect.poll(done, patience).toEqual(['Succeeded', 'Succeeded']);
    const builds = [await builtBy(one, pipeline), await builtBy(other, otherPipeline)];
    const [first, second] = builds.map((build) => ({ from: build?.from ?? 0, to: build?.to ?? 0 }));
    expect(first?.from).toBeLessThan(second?.to ?? 0);
    expect(second?.from).toBeLessThan(first?.to ?? 0);
    const atGate = async (commit: string, of: PipelineInUse) =>
      (await actionsOf(commit, of)).some(({ actionName }) => actionName === 'ApproveTest');
    await expect.poll(async () => [await atGate(one, pipeline), await atGate(other, otherPipeline)], patience).toEqual([true, true]);
  });
});
