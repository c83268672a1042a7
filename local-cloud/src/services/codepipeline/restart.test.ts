import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  CodePipelineClient,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { afterEach, describe, expect, it } from 'vitest';
import { PipelineBench } from './testing/pipeline-bench.ts';
import {
  approval,
  bootstrapTemplate,
  build,
  DELIVERY,
  DEV,
  execute,
  pipelineTemplate,
  prepare,
  stage,
  type Template,
} from './testing/pipeline-template.ts';

const DEPLOY = stage('Dev', [prepare('Shop', 'assembly-Dev/Shop.template.json', 1), execute('Shop', 2, 'Shop')]);

describe('a restart', () => {
  let bench: PipelineBench;
  const begin = async () => {
    bench = await PipelineBench.start();
  };
  afterEach(() => bench.stop());

  it('leaves an approval open, with its token', async () => {
    await begin();
    await bench.deploy('Pipeline', pipelineTemplate([stage('Gate', [approval('Approve')])]));
    const id = await bench.first();
    const token = await bench.waitsForApproval('Gate', 'Approve');
    await bench.restart();
    expect(await bench.waitsForApproval('Gate', 'Approve')).toBe(token);
    await bench.answer('Gate', 'Approve', 'Approved', token);
    await bench.ends(id, 'Succeeded');
  });

  it('goes on with a build that still runs, and starts no second one', async () => {
    await begin();
    let release = () => {};
    bench.fakes.scripts.set('long', async () => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return {};
    });
    await bench.deploy('Pipeline', pipelineTemplate([stage('Test', [build('Long', 'long', 'repo_Source')])]));
    const id = await bench.first();
    const long = () => bench.fakes.builds.filter(({ project }) => project === 'long');
    await expect.poll(() => long().length).toBe(1);
    await expect.poll(async () => (await bench.stage('Test')).actionStates?.[0]?.latestExecution?.externalExecutionId).toBe(long()[0]?.id);
    await bench.restart();
    release();
    await bench.ends(id, 'Succeeded');
    expect(long()).toHaveLength(1);
  });

  it('fails for a build that was lost, and says so', async () => {
    await begin();
    bench.fakes.scripts.set('long', () => new Promise(() => {}));
    await bench.deploy('Pipeline', pipelineTemplate([stage('Test', [build('Long', 'long', 'repo_Source')])]));
    const id = await bench.first();
    await expect.poll(async () => (await bench.stage('Test')).actionStates?.[0]?.latestExecution?.externalExecutionId).toBeDefined();
    const lost = bench.fakes.builds.at(-1)?.id ?? '';
    bench.fakes.lose(lost);
    await bench.restart();
    await bench.ends(id, 'Failed');
    expect((await bench.actions(id)).at(-1)).toBe(`Test/Long Failed JobFailed: CodeBuild knows nothing of the build ${lost}`);
  });

  it('knows how a deployment ended that was under way', async () => {
    await begin();
    await bench.deploy('Pipeline', pipelineTemplate([DEPLOY]));
    await bench.ends(await bench.first(), 'Succeeded');
    bench.synthesizes({ size: 2 });
    let release = () => {};
    bench.things.waiting.set(
      'update shop-thing',
      new Promise<void>((resolve) => {
        release = resolve;
      }),
    );
    const id = await bench.start();
    await expect.poll(() => bench.stackStatus('Shop', DEV), { timeout: 10_000 }).toBe('UPDATE_IN_PROGRESS');
    const restarted = bench.restart();
    release();
    await restarted;
    bench.things.waiting.clear();
    // CloudFormation takes back what was interrupted; the pipeline says so instead of waiting for ever or deploying again.
    await expect.poll(() => bench.status(id), { timeout: 10_000 }).toMatch(/Succeeded|Failed/);
    const stack = await bench.stackStatus('Shop', DEV);
    const last = (await bench.actions(id)).at(-1);
    if (stack === 'UPDATE_COMPLETE') expect(last).toBe('Dev/Shop.Deploy Succeeded');
    else expect(last).toContain(`Dev/Shop.Deploy Failed JobFailed: Stack Shop is in ${stack} state`);
    await bench.ends(await bench.start(), 'Succeeded');
    expect(bench.things.existing.get('shop-thing')?.size).toBe(2);
  });
});

describe('kill -9', () => {
  const directory = mkdtempSync(join(tmpdir(), 'local-cloud-pipeline-kill-'));
  let child: ChildProcess | undefined;
  let pipelines: CodePipelineClient;
  let client = { endpoint: '', region: 'us-east-2', maxAttempts: 1, credentials: { accessKeyId: DELIVERY, secretAccessKey: 'any' } };
  const of = (account: string) => new CloudFormationClient({ ...client, credentials: { accessKeyId: account, secretAccessKey: 'any' } });

  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  async function startProcess(): Promise<void> {
    const path = new URL('testing/pipeline-process.ts', import.meta.url).pathname;
    const started = spawn(process.execPath, ['--no-warnings', path, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    child = started;
    const [endpoint] = (await once(createInterface(started.stdout), 'line')) as [string];
    client = { ...client, endpoint };
    pipelines = new CodePipelineClient(client);
  }

  async function deploy(account: string, StackName: string, template: Template): Promise<void> {
    const TemplateBody = JSON.stringify(template);
    await of(account).send(new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }));
    await expect.poll(() => status(account, StackName), { timeout: 10_000 }).toBe('CREATE_COMPLETE');
  }
  const status = async (account: string, StackName: string) =>
    (await of(account).send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.StackStatus;
  const executions = async () =>
    (await pipelines.send(new ListPipelineExecutionsCommand({ pipelineName: 'repo' }))).pipelineExecutionSummaries ?? [];
  const open = async () => (await executions()).filter(({ status: now }) => now === 'InProgress').length;

  it('leaves no execution without an end and no deployment without its pipeline knowing', async () => {
    await startProcess();
    await deploy(DEV, 'CDKToolkit', bootstrapTemplate());
    await deploy(DELIVERY, 'Pipeline', pipelineTemplate([DEPLOY]));
    await expect.poll(open, { timeout: 10_000 }).toBe(0);
    for (const wait_ms of [40, 90, 150, 220, 300, 400]) {
      await pipelines.send(new StartPipelineExecutionCommand({ name: 'repo' }));
      await new Promise((resolve) => setTimeout(resolve, wait_ms));
      child?.kill('SIGKILL');
      await once(child as ChildProcess, 'exit');
      await startProcess();
    }
    await expect.poll(open, { timeout: 20_000 }).toBe(0);
    const ended = await executions();
    expect(ended).toHaveLength(7);
    for (const { status: end } of ended) expect(end).toMatch(/^(Succeeded|Failed|Superseded)$/);
    expect(await status(DEV, 'Shop')).toMatch(/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/);
    const { actionExecutionDetails: actions = [] } = await pipelines.send(new ListActionExecutionsCommand({ pipelineName: 'repo' }));
    for (const { status: end, output } of actions) {
      expect(end).not.toBe('InProgress');
      if (end === 'Failed')
        expect(output?.executionResult?.errorDetails?.message).toMatch(/knows nothing of the build|UPDATE_ROLLBACK_COMPLETE/);
    }
    await pipelines.send(new StartPipelineExecutionCommand({ name: 'repo' }));
    await expect.poll(async () => (await executions())[0]?.status, { timeout: 20_000 }).toBe('Succeeded');
    expect(await status(DEV, 'Shop')).toBe('UPDATE_COMPLETE');
  });
});
