import {
  GetPipelineCommand,
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
  ListPipelinesCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-codepipeline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PipelineBench } from './testing/pipeline-bench.ts';
import { approval, build, execute, pipelineTemplate, prepare, stage } from './testing/pipeline-template.ts';

let bench: PipelineBench;

beforeEach(async () => {
  bench = await PipelineBench.start();
});
afterEach(() => bench.stop());

const DEV_STAGE = stage('Dev', [
  prepare('Shop', 'assembly-Dev/Shop.template.json', 1),
  execute('Shop', 2, 'DevShop'),
  build('Smoke', 'smoke', 'repo_Source', {
    RunOrder: 3,
    Namespace: 'Smoke',
    variables: [
      { name: 'THING', value: '#{DevShop.ThingArn}' },
      { name: 'MESSAGE', value: '#{Source.CommitMessage} of #{Source.CommitId}', type: 'PLAINTEXT' },
      { name: 'EXECUTION', value: '#{codepipeline.PipelineExecutionId}' },
    ],
  }),
]);

it('runs source, build and a deployment to another account, hands variables on, and tells of each step', async () => {
  bench.fakes.commit('c1', { 'a.txt': 'x' }, 'say "hello"\nto all');
  bench.fakes.scripts.set('smoke', () => ({ exported: { CHECKED: 'yes' } }));
  await bench.deploy('Pipeline', pipelineTemplate([DEV_STAGE], { Tags: [{ Key: 'team', Value: 'ingest' }] }));
  const id = await bench.first();
  await bench.ends(id, 'Succeeded');

  expect(await bench.actions(id)).toEqual([
    'Source/repo Succeeded',
    'Build/Synth Succeeded',
    'Dev/Shop.Prepare Succeeded',
    'Dev/Shop.Deploy Succeeded',
    'Dev/Smoke Succeeded',
  ]);
  expect(bench.things.existing.get('shop-thing')).toEqual({ size: 1, link: '' });
  const smoke = bench.fakes.builds.find(({ project }) => project === 'smoke');
  expect(smoke).toMatchObject({
    environment: { THING: 'arn:aws:things:::shop-thing', MESSAGE: 'say "hello"\nto all of c1', EXECUTION: id },
    initiator: 'codepipeline/repo',
    primaryInput: 'repo_Source',
  });
  expect(bench.told(id)).toEqual([
    'STARTED',
    'Source STARTED',
    'Source/repo STARTED',
    'Source/repo SUCCEEDED',
    'Source SUCCEEDED',
    'Build STARTED',
    'Build/Synth STARTED',
    'Build/Synth SUCCEEDED',
    'Build SUCCEEDED',
    'Dev STARTED',
    ...['Shop.Prepare', 'Shop.Deploy', 'Smoke'].flatMap((action) => [`Dev/${action} STARTED`, `Dev/${action} SUCCEEDED`]),
    'Dev SUCCEEDED',
    'SUCCEEDED',
  ]);
  expect(bench.events.find(({ detail }) => detail['action'] === 'Smoke')).toMatchObject({
    detailType: 'CodePipeline Action Execution State Change',
    resources: ['arn:aws:codepipeline:us-east-2:111122223333:repo'],
    detail: { type: { owner: 'AWS', provider: 'CodeBuild', category: 'Build', version: '1' }, version: 1, 'execution-id': id },
  });

  const { pipelineExecution } = await bench.client.send(new GetPipelineExecutionCommand({ pipelineName: 'repo', pipelineExecutionId: id }));
  expect(pipelineExecution).toMatchObject({
    status: 'Succeeded',
    pipelineVersion: 1,
    executionType: 'STANDARD',
    trigger: { triggerType: 'CreatePipeline' },
    artifactRevisions: [{ name: 'repo_Source', revisionId: 'c1', revisionSummary: 'say "hello"\nto all' }],
  });
  const { actionExecutionDetails: details = [] } = await bench.client.send(new ListActionExecutionsCommand({ pipelineName: 'repo' }));
  const source = details.find(({ actionName }) => actionName === 'repo');
  expect(source?.output?.outputVariables).toEqual({
    RepositoryName: 'repo',
    BranchName: 'main',
    CommitId: 'c1',
    CommitMessage: 'say "hello"\nto all',
    AuthorDate: '2026-11-22T10:00:00Z',
    CommitterDate: '2026-11-22T10:00:00Z',
  });
  expect(source?.output?.outputArtifacts?.[0]?.s3location?.key).toMatch(/^repo\/repo_Sourc\/[A-Za-z0-9]{7}$/);
  expect(details.find(({ actionName }) => actionName === 'Shop.Deploy')?.output?.outputVariables).toMatchObject({ Size: '1' });
  expect(details.find(({ actionName }) => actionName === 'Smoke')?.output?.outputVariables).toEqual({ CHECKED: 'yes' });

  const dev = await bench.stage('Dev');
  expect(dev).toMatchObject({
    latestExecution: { pipelineExecutionId: id, status: 'Succeeded', type: 'STANDARD' },
    inboundTransitionState: { enabled: true },
  });
  const { pipeline, metadata } = await bench.client.send(new GetPipelineCommand({ name: 'repo' }));
  expect([pipeline?.version, pipeline?.executionMode, metadata?.pipelineArn]).toEqual([
    1,
    'SUPERSEDED',
    'arn:aws:codepipeline:us-east-2:111122223333:repo',
  ]);
  expect((await bench.client.send(new ListPipelinesCommand({}))).pipelines?.map(({ name }) => name)).toEqual(['repo']);
  const { tags } = await bench.client.send(new ListTagsForResourceCommand({ resourceArn: metadata?.pipelineArn ?? '' }));
  expect(tags).toEqual([{ key: 'team', value: 'ingest' }]);
});

it('takes an empty change set as success, with the outputs of the stack as it is', async () => {
  await bench.deploy('Pipeline', pipelineTemplate([DEV_STAGE]));
  await bench.ends(await bench.first(), 'Succeeded');
  const again = await bench.start();
  await bench.ends(again, 'Succeeded');
  expect(bench.fakes.builds.at(-1)?.environment['THING']).toBe('arn:aws:things:::shop-thing');
  expect(bench.things.calls.filter((call) => call.startsWith('update'))).toEqual([]);
});

it('deploys a template of more than 51,200 bytes', async () => {
  const Resources = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [`Thing${index}`, { Type: 'Test::Things::Thing', Metadata: { padding: 'x'.repeat(150) } }]),
  );
  bench.synthesizes({ files: { 'large.json': JSON.stringify({ Resources }) } });
  await bench.deploy('Pipeline', pipelineTemplate([stage('Dev', [prepare('Large', 'large.json', 1), execute('Large', 2, 'Large')])]));
  await bench.ends(await bench.first(), 'Succeeded');
  expect(bench.things.existing.size).toBe(400);
});

it('runs actions of one order at the same time, and the commit that is named instead of the head', async () => {
  bench.fakes.commit('old', {}, 'the older one');
  bench.fakes.commit('new', {});
  let together = 0;
  let most = 0;
  const meet = async () => {
    together += 1;
    most = Math.max(most, together);
    await expect.poll(() => most).toBe(2);
    together -= 1;
    return {};
  };
  for (const project of ['left', 'right']) bench.fakes.scripts.set(project, meet);
  const both = stage('Test', [build('Left', 'left', 'repo_Source'), build('Right', 'right', 'repo_Source')]);
  await bench.deploy('Pipeline', pipelineTemplate([both]));
  await bench.ends(await bench.first(), 'Succeeded');
  const named = await bench.start({ sourceRevisions: [{ actionName: 'repo', revisionType: 'COMMIT_ID', revisionValue: 'old' }] });
  await bench.ends(named, 'Succeeded');
  const [latest] = await bench.executions();
  expect(latest?.sourceRevisions).toMatchObject([{ actionName: 'repo', revisionId: 'old', revisionSummary: 'the older one' }]);
});

it('answers the same execution for the same token', async () => {
  await bench.deploy('Pipeline', pipelineTemplate([stage('Gate', [approval('Approve')])]));
  const id = await bench.start({ clientRequestToken: 'once' });
  expect(await bench.start({ clientRequestToken: 'once' })).toBe(id);
});

it.each([
  ['a provider', { ActionTypeId: { Category: 'Deploy', Owner: 'AWS', Provider: 'ECS', Version: '1' } }, 'Deploy/AWS/ECS/1'],
  ['a configuration', { Configuration: { ProjectName: 'x', ComputeTypeOverride: 'L' } }, '"ComputeTypeOverride" of CodeBuild'],
  ['a variable of nowhere', { Configuration: { ProjectName: '#{Nowhere.X}' } }, 'VariableReferenceText=\\[#\\{Nowhere.X\\}\\]'],
  ['an artifact of nowhere', { InputArtifacts: [{ Name: 'Nothing' }] }, 'input artifact Nothing'],
])('refuses %s by its name', async (_what, change, message) => {
  const action = { ...build('Odd', 'odd', 'repo_Source'), ...change };
  await bench.beginDeploy('Pipeline', pipelineTemplate([stage('Odd', [action])]));
  await expect.poll(() => bench.stackStatus('Pipeline'), { timeout: 10_000 }).toBe('ROLLBACK_COMPLETE');
  const { DescribeStackEventsCommand } = await import('@aws-sdk/client-cloudformation');
  const { StackEvents = [] } = await bench.cloudformation('111122223333').send(new DescribeStackEventsCommand({ StackName: 'Pipeline' }));
  expect(StackEvents.map(({ ResourceStatusReason }) => ResourceStatusReason ?? '').join('\n')).toMatch(new RegExp(message));
});

it.each([
  [{ PipelineType: 'V1' }, 'pipelines of type V1'],
  [{ ExecutionMode: 'QUEUED' }, 'execution mode QUEUED'],
])('refuses %j by name', async (properties, message) => {
  await bench.beginDeploy('Pipeline', pipelineTemplate([stage('Gate', [approval('Approve')])], properties));
  await expect.poll(() => bench.stackStatus('Pipeline'), { timeout: 10_000 }).toBe('ROLLBACK_COMPLETE');
  const { DescribeStackEventsCommand } = await import('@aws-sdk/client-cloudformation');
  const { StackEvents = [] } = await bench.cloudformation('111122223333').send(new DescribeStackEventsCommand({ StackName: 'Pipeline' }));
  expect(StackEvents.map(({ ResourceStatusReason }) => ResourceStatusReason ?? '').join('\n')).toContain(message);
});
