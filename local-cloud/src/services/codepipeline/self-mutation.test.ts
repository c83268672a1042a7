import { GetPipelineCommand, UpdatePipelineCommand } from '@aws-sdk/client-codepipeline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PipelineBench } from './testing/pipeline-bench.ts';
import { approval, build, pipelineTemplate, stage, type Template } from './testing/pipeline-template.ts';

let bench: PipelineBench;

beforeEach(async () => {
  bench = await PipelineBench.start();
});
afterEach(() => bench.stop());

const MUTATE = stage('UpdatePipeline', [build('SelfMutate', 'mutate', 'Synth_Output')]);
const WORK = stage('Work', [build('Work', 'work', 'repo_Source')]);
const MORE = stage('More', [build('More', 'more', 'repo_Source')]);
const ran = (project: string) => bench.fakes.builds.filter((one) => one.project === project).length;

/** SelfMutate deploys this, as `cdk deploy` does in a pipeline of CDK Pipelines. */
function mutatesTo(template: () => Template): void {
  bench.fakes.scripts.set('mutate', async () => {
    try {
      await bench.deploy('Pipeline', template());
    } catch (error) {
      if (!String(error).includes('No updates are to be performed')) return { status: 'FAILED', message: String(error) };
    }
    return {};
  });
}

it('deploys itself: the execution of the old structure ends behind its running action, a new one runs by the new structure', async () => {
  mutatesTo(() => pipelineTemplate([MUTATE, WORK, MORE]));
  await bench.deploy('Pipeline', pipelineTemplate([MUTATE, WORK]));
  const old = await bench.first();
  await bench.ends(old, 'Cancelled');
  expect((await bench.actions(old)).at(-1)).toBe('UpdatePipeline/SelfMutate Succeeded');
  expect(bench.told(old).slice(-3)).toEqual(['UpdatePipeline/SelfMutate SUCCEEDED', 'UpdatePipeline CANCELED', 'CANCELED']);

  const [restarted] = await bench.executions();
  expect(restarted).toMatchObject({ trigger: { triggerType: 'StartPipelineExecution' }, executionType: 'STANDARD' });
  await bench.ends(restarted?.pipelineExecutionId ?? '', 'Succeeded');
  expect(await bench.executions()).toHaveLength(2);
  // The second SelfMutate finds nothing to change, and what comes behind it runs once, by the new structure.
  expect([ran('mutate'), ran('work'), ran('more')]).toEqual([2, 1, 1]);
  const { pipeline } = await bench.client.send(new GetPipelineCommand({ name: 'repo' }));
  expect(pipeline?.version).toBe(2);
  expect((await bench.client.send(new GetPipelineCommand({ name: 'repo', version: 1 }))).pipeline?.stages).toHaveLength(4);
});

it('cancels what waits for an approval under the old structure', async () => {
  const gate = stage('Gate', [approval('Approve')]);
  await bench.deploy('Pipeline', pipelineTemplate([gate]));
  const old = await bench.first();
  const token = await bench.waitsForApproval('Gate', 'Approve');
  const waiting = await bench.start();
  await expect.poll(async () => (await bench.stage('Gate')).inboundExecution?.pipelineExecutionId).toBe(waiting);
  await bench.deploy('Pipeline', pipelineTemplate([gate, WORK]));
  await bench.ends(old, 'Cancelled');
  await bench.ends(waiting, 'Cancelled');
  expect(bench.told(old).slice(-3)).toEqual(['Gate/Approve CANCELED', 'Gate CANCELED', 'CANCELED']);
  await expect(bench.answer('Gate', 'Approve', 'Approved', token)).rejects.toThrow();
  const next = await bench.waitsForApproval('Gate', 'Approve');
  await bench.answer('Gate', 'Approve', 'Approved', next);
  await bench.ends((await bench.executions())[0]?.pipelineExecutionId ?? '', 'Succeeded');
});

it('neither counts a version nor runs again when its structure stays, and runs again only when it says so', async () => {
  await bench.deploy('Pipeline', pipelineTemplate([WORK]));
  await bench.ends(await bench.first(), 'Succeeded');
  await bench.deploy('Pipeline', pipelineTemplate([WORK], { Tags: [{ Key: 'a', Value: 'b' }] }));
  const version = async () => (await bench.client.send(new GetPipelineCommand({ name: 'repo' }))).pipeline?.version;
  expect([await version(), (await bench.executions()).length]).toEqual([1, 1]);
  await bench.deploy('Pipeline', pipelineTemplate([WORK, MORE], { RestartExecutionOnUpdate: false }));
  expect([await version(), (await bench.executions()).length]).toEqual([2, 1]);
});

it('counts a version with every UpdatePipeline', async () => {
  await bench.deploy('Pipeline', pipelineTemplate([WORK]));
  const { pipeline } = await bench.client.send(new GetPipelineCommand({ name: 'repo' }));
  expect((await bench.client.send(new UpdatePipelineCommand({ pipeline }))).pipeline?.version).toBe(2);
});

it('is gone with its stack, whatever runs', async () => {
  await bench.deploy('Pipeline', pipelineTemplate([stage('Gate', [approval('Approve')])]));
  await bench.waitsForApproval('Gate', 'Approve');
  const template = pipelineTemplate([]);
  const { Pipeline: _, ...Resources } = template.Resources;
  await bench.deploy('Pipeline', { Resources });
  await expect(bench.client.send(new GetPipelineCommand({ name: 'repo' }))).rejects.toMatchObject({ name: 'PipelineNotFoundException' });
  await bench.deploy('Pipeline', pipelineTemplate([stage('Gate', [approval('Approve')])]));
  expect(await bench.executions()).toHaveLength(1);
});
