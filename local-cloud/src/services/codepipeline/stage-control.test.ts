import {
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  RetryStageExecutionCommand,
  RollbackStageCommand,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PipelineBench } from './testing/pipeline-bench.ts';
import { approval, build, execute, pipelineTemplate, prepare, stage } from './testing/pipeline-template.ts';

let bench: PipelineBench;

beforeEach(async () => {
  bench = await PipelineBench.start();
});
afterEach(() => bench.stop());

const pipelineName = 'repo';
const TEST = stage('Test', [build('Check', 'check', 'repo_Source'), build('Late', 'late', 'repo_Source', { RunOrder: 2 })]);
const GATE = stage('Gate', [approval('Approve')]);
const stop = (pipelineExecutionId: string, abandon: boolean) =>
  bench.client.send(new StopPipelineExecutionCommand({ pipelineName, pipelineExecutionId, abandon, reason: 'enough' }));
const retry = (pipelineExecutionId: string, stageName: string, retryMode: 'FAILED_ACTIONS' | 'ALL_ACTIONS') =>
  bench.client.send(new RetryStageExecutionCommand({ pipelineName, pipelineExecutionId, stageName, retryMode }));
const ran = (project: string) => bench.fakes.builds.filter((one) => one.project === project).length;

/** Lets the builds of a project wait until they are let go. */
function hold(project: string): { started: () => Promise<void>; release: () => void } {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  bench.fakes.scripts.set(project, async () => {
    await released;
    return {};
  });
  const before = ran(project);
  return { started: () => expect.poll(() => ran(project), { timeout: 10_000 }).toBeGreaterThan(before), release: () => release() };
}

it('stops at the first action that fails, says why, and takes it up again when it is told to', async () => {
  bench.fakes.scripts.set('check', () => ({ status: 'FAILED', message: 'exit status 1' }));
  await bench.deploy('Pipeline', pipelineTemplate([TEST]));
  const id = await bench.first();
  await bench.ends(id, 'Failed');
  expect((await bench.actions(id)).at(-1)).toBe(
    'Test/Check Failed JobFailed: Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: exit status 1',
  );
  expect(ran('late')).toBe(0);

  bench.fakes.scripts.set('check', () => ({}));
  bench.fakes.scripts.set('late', () => ({ status: 'FAILED' }));
  await retry(id, 'Test', 'FAILED_ACTIONS');
  await bench.ends(id, 'Failed');
  expect([ran('synth'), ran('check'), ran('late')]).toEqual([1, 2, 1]);
  bench.fakes.scripts.set('late', () => ({}));
  await retry(id, 'Test', 'FAILED_ACTIONS');
  await bench.ends(id, 'Succeeded');
  expect([ran('check'), ran('late')]).toEqual([2, 2]);
  expect(bench.told(id).filter((told) => told.endsWith('RESUMED'))).toEqual(['RESUMED', 'Test RESUMED', 'RESUMED', 'Test RESUMED']);
  expect((await bench.stage('Test')).retryStageMetadata?.manualStageRetryAttempt).toBe(2);
  await expect(retry(id, 'Test', 'FAILED_ACTIONS')).rejects.toMatchObject({ name: 'StageNotRetryableException' });
});

it('retries all actions of a stage when asked for all', async () => {
  bench.fakes.scripts.set('late', () => ({ status: 'FAILED' }));
  await bench.deploy('Pipeline', pipelineTemplate([TEST]));
  const id = await bench.first();
  await bench.ends(id, 'Failed');
  bench.fakes.scripts.delete('late');
  await retry(id, 'Test', 'ALL_ACTIONS');
  await bench.ends(id, 'Succeeded');
  expect([ran('check'), ran('late')]).toEqual([2, 2]);
});

it('does not retry what a newer execution has passed', async () => {
  bench.fakes.scripts.set('check', () => ({ status: 'FAILED' }));
  await bench.deploy('Pipeline', pipelineTemplate([TEST]));
  const older = await bench.first();
  await bench.ends(older, 'Failed');
  const newer = await bench.start();
  await bench.ends(newer, 'Failed');
  await expect(retry(older, 'Test', 'FAILED_ACTIONS')).rejects.toMatchObject({ name: 'NotLatestPipelineExecutionException' });
});

it('stops when running actions have ended, and not twice', async () => {
  const held = hold('check');
  await bench.deploy('Pipeline', pipelineTemplate([TEST]));
  const id = await bench.first();
  await held.started();
  await stop(id, false);
  expect(await bench.status(id)).toBe('Stopping');
  await expect(stop(id, false)).rejects.toMatchObject({ name: 'DuplicatedStopRequestException' });
  held.release();
  await bench.ends(id, 'Stopped');
  expect((await bench.actions(id)).at(-1)).toBe('Test/Check Succeeded');
  expect(ran('late')).toBe(0);
  await expect(stop(id, true)).rejects.toMatchObject({ name: 'PipelineExecutionNotStoppableException' });
  expect((await bench.executions())[0]).toMatchObject({ status: 'Stopped', stopTrigger: { reason: 'enough' } });
  await retry(id, 'Test', 'FAILED_ACTIONS');
  await bench.ends(id, 'Succeeded');
});

it('abandons running actions at once', async () => {
  const held = hold('check');
  await bench.deploy('Pipeline', pipelineTemplate([TEST]));
  const id = await bench.first();
  await held.started();
  await stop(id, true);
  expect(await bench.status(id)).toBe('Stopped');
  expect((await bench.actions(id)).at(-1)).toBe('Test/Check Abandoned');
  expect(bench.told(id).slice(-3)).toEqual(['Test/Check ABANDONED', 'Test STOPPED', 'STOPPED']);
  held.release();
});

it('lets the newest of those that wait in, and supersedes the others', async () => {
  await bench.deploy('Pipeline', pipelineTemplate([GATE]));
  const first = await bench.first();
  const token = await bench.waitsForApproval('Gate', 'Approve');
  const second = await bench.start();
  await expect.poll(async () => (await bench.stage('Gate')).inboundExecution?.pipelineExecutionId).toBe(second);
  const third = await bench.start();
  await bench.ends(second, 'Superseded');
  await expect.poll(async () => (await bench.stage('Gate')).inboundExecution?.pipelineExecutionId).toBe(third);
  // A stage with an approval is locked until it is answered, and the answer is for the execution in it.
  expect(await bench.status(first)).toBe('InProgress');
  await bench.answer('Gate', 'Approve', 'Approved', token);
  await bench.ends(first, 'Succeeded');
  const next = await bench.waitsForApproval('Gate', 'Approve');
  expect(next).not.toBe(token);
  await expect(bench.answer('Gate', 'Approve', 'Approved', token)).rejects.toMatchObject({ name: 'InvalidApprovalTokenException' });
  await bench.answer('Gate', 'Approve', 'Approved', next);
  await bench.ends(third, 'Succeeded');
  expect(bench.told(second).at(-1)).toBe('SUPERSEDED');
});

it('stops an execution that waits at an entrance', async () => {
  await bench.deploy('Pipeline', pipelineTemplate([GATE]));
  await bench.waitsForApproval('Gate', 'Approve');
  const second = await bench.start();
  await expect.poll(async () => (await bench.stage('Gate')).inboundExecution?.pipelineExecutionId).toBe(second);
  await stop(second, false);
  expect(await bench.status(second)).toBe('Stopped');
});

it('closes and opens the entrance of a stage', async () => {
  const closed = { DisableInboundStageTransitions: [{ StageName: 'Test', Reason: 'not yet' }] };
  await bench.deploy('Pipeline', pipelineTemplate([TEST], closed));
  const id = await bench.first();
  await expect.poll(async () => (await bench.stage('Test')).inboundExecution?.pipelineExecutionId).toBe(id);
  expect((await bench.stage('Test')).inboundTransitionState).toMatchObject({ enabled: false, disabledReason: 'not yet' });
  const transition = { pipelineName, stageName: 'Test', transitionType: 'Inbound' } as const;
  await bench.client.send(new EnableStageTransitionCommand(transition));
  await bench.ends(id, 'Succeeded');
  await bench.client.send(new DisableStageTransitionCommand({ ...transition, reason: 'again' }));
  const second = await bench.start();
  await expect.poll(async () => (await bench.stage('Test')).inboundExecution?.pipelineExecutionId).toBe(second);
  expect(ran('check')).toBe(1);
});

const DEPLOY = [prepare('Shop', 'assembly-Dev/Shop.template.json', 1), execute('Shop', 2, 'Shop')];
const smoke = build('Smoke', 'smoke', 'repo_Source', {
  RunOrder: 3,
  variables: [
    { name: 'SIZE', value: '#{Shop.Size}' },
    { name: 'COMMIT', value: '#{Source.CommitId}' },
  ],
});
const size = () => bench.things.existing.get('shop-thing')?.size;

it('goes back by itself to the last execution that succeeded in a stage', async () => {
  bench.fakes.scripts.set('smoke', ({ environment }) => (environment['SIZE'] === '2' ? { status: 'FAILED', message: 'it smokes' } : {}));
  await bench.deploy('Pipeline', pipelineTemplate([stage('Dev', [...DEPLOY, smoke], { OnFailure: { Result: 'ROLLBACK' } }), GATE]));
  const good = await bench.first();
  await bench.waitsForApproval('Gate', 'Approve');
  bench.fakes.commit('c2', {});
  bench.synthesizes({ size: 2 });
  const bad = await bench.start();
  await bench.ends(bad, 'Failed');
  await expect.poll(async () => (await bench.executions())[0]?.executionType).toBe('ROLLBACK');
  const [rollback] = await bench.executions();
  await bench.ends(rollback?.pipelineExecutionId ?? '', 'Succeeded');
  expect(size()).toBe(1);
  expect(rollback).toMatchObject({
    executionType: 'ROLLBACK',
    rollbackMetadata: { rollbackTargetPipelineExecutionId: good },
    trigger: { triggerType: 'AutomatedRollback', triggerDetail: JSON.stringify({ FailedPipelineExecutionId: bad }) },
  });
  // The variables and artifacts of the execution that it goes back to, and of this stage alone.
  expect(bench.fakes.builds.at(-1)?.environment).toEqual({ SIZE: '1', COMMIT: 'c1' });
  expect((await bench.actions(rollback?.pipelineExecutionId ?? '')).map((one) => one.split('/')[0])).toEqual(['Dev', 'Dev', 'Dev']);
  expect((await bench.stage('Dev')).latestExecution).toMatchObject({ type: 'ROLLBACK', status: 'Succeeded' });
});

it('goes back to where it already is, when CloudFormation has taken the deployment back itself', async () => {
  await bench.deploy('Pipeline', pipelineTemplate([stage('Dev', DEPLOY, { OnFailure: { Result: 'ROLLBACK' } }), GATE]));
  await bench.first();
  await bench.waitsForApproval('Gate', 'Approve');
  bench.fakes.commit('c2', {});
  bench.synthesizes({
    files: {
      'assembly-Dev/Shop.template.json': JSON.stringify({
        Resources: {
          Thing: { Type: 'Test::Things::Thing', Properties: { Name: 'shop-thing', Size: 2 } },
          Other: { Type: 'Test::Things::Thing', DependsOn: 'Thing', Properties: { Name: 'refused', Size: 1 } },
        },
      }),
    },
  });
  bench.things.failing.add('create refused');
  const bad = await bench.start();
  await bench.ends(bad, 'Failed');
  await expect.poll(async () => (await bench.executions())[0]?.executionType).toBe('ROLLBACK');
  const [rollback] = await bench.executions();
  await bench.ends(rollback?.pipelineExecutionId ?? '', 'Succeeded');
  expect(size()).toBe(1);
});

it('has nothing to go back to on a first failure', async () => {
  bench.fakes.scripts.set('smoke', () => ({ status: 'FAILED' }));
  await bench.deploy('Pipeline', pipelineTemplate([stage('Dev', [...DEPLOY, smoke], { OnFailure: { Result: 'ROLLBACK' } })]));
  await bench.ends(await bench.first(), 'Failed');
  expect(await bench.executions()).toHaveLength(1);
});

it('goes back to an execution that is named, if it may', async () => {
  const stages = [stage('Dev', DEPLOY)];
  await bench.deploy('Pipeline', pipelineTemplate(stages));
  const first = await bench.first();
  await bench.ends(first, 'Succeeded');
  bench.synthesizes({ size: 2 });
  await bench.ends(await bench.start(), 'Succeeded');
  expect(size()).toBe(2);
  const rollBack = (targetPipelineExecutionId: string, stageName = 'Dev') =>
    bench.client.send(new RollbackStageCommand({ pipelineName, stageName, targetPipelineExecutionId }));
  const { pipelineExecutionId = '' } = await rollBack(first);
  await bench.ends(pipelineExecutionId, 'Succeeded');
  expect(size()).toBe(1);
  await expect(rollBack(pipelineExecutionId)).rejects.toMatchObject({ name: 'UnableToRollbackStageException' });
  await expect(rollBack(first, 'Source')).rejects.toMatchObject({ name: 'UnableToRollbackStageException' });
  await bench.deploy('Pipeline', pipelineTemplate([...stages, GATE]));
  await expect(rollBack(first)).rejects.toMatchObject({ name: 'PipelineExecutionOutdatedException' });
});
