import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCodeBuild } from '../codebuild/codebuild-service.ts';
import { createCodeCommit } from '../codecommit/codecommit-service.ts';
import { GitClient } from '../codecommit/testing/git-client.ts';
import { createEvents } from '../events/events-service.ts';
import { createLogs } from '../logs/logs-service.ts';
import { createSsm } from '../ssm/ssm-service.ts';
import { PipelineBench } from './testing/pipeline-bench.ts';
import { build, DELIVERY, execute, pipelineTemplate, prepare, type Resource, stage, type Template } from './testing/pipeline-template.ts';

let bench: PipelineBench;
const git = new GitClient();

beforeAll(async () => {
  bench = await PipelineBench.start([createLogs, createSsm, createCodeCommit, createCodeBuild, createEvents]);
});
afterAll(async () => {
  git.remove();
  await bench.stop();
});

const shop = (size: number) =>
  JSON.stringify({
    Resources: { Thing: { Type: 'Test::Things::Thing', Properties: { Name: 'shop-thing', Size: size } } },
    Outputs: { Size: { Value: String(size) } },
  });

const allow = (Action: string[], Resource: unknown = '*') => ({ Effect: 'Allow', Action, Resource });
const serviceRole = (Service: string, Statement: object[]): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }] },
    Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement } }],
  },
});
const project = (Name: string, spec: object): Resource => ({
  Type: 'AWS::CodeBuild::Project',
  Properties: {
    Name,
    Source: { Type: 'CODEPIPELINE', BuildSpec: JSON.stringify({ version: '0.2', ...spec }) },
    Artifacts: { Type: 'CODEPIPELINE' },
    Environment: { Type: 'LINUX_CONTAINER', Image: 'aws/codebuild/standard:7.0', ComputeType: 'BUILD_GENERAL1_SMALL' },
    ServiceRole: { 'Fn::GetAtt': ['ProjectRole', 'Arn'] },
    EncryptionKey: { 'Fn::GetAtt': ['Key', 'Arn'] },
  },
});

function template(): Template {
  const smoke = build('Smoke', 'smoke', 'repo_Source', { RunOrder: 3, variables: [{ name: 'SIZE', value: '#{Shop.Size}' }] });
  const made = pipelineTemplate([stage('Dev', [prepare('Shop', 'assembly-Dev/Shop.template.json', 1), execute('Shop', 2, 'Shop'), smoke])]);
  return {
    Resources: {
      ...made.Resources,
      ProjectRole: serviceRole('codebuild.amazonaws.com', [
        allow(['logs:*', 's3:GetObject*', 's3:PutObject*', 'kms:Decrypt', 'kms:GenerateDataKey*']),
      ]),
      Synth: project('synth', {
        phases: { build: { commands: ['mkdir -p out/assembly-Dev', 'cp shop.json out/assembly-Dev/Shop.template.json'] } },
        artifacts: { 'base-directory': 'out', files: '**/*' },
      }),
      Smoke: project('smoke', { phases: { build: { commands: ['echo "the size is $SIZE"', 'test "$SIZE" = "$(cat expected)"'] } } }),
      EventsRole: serviceRole('events.amazonaws.com', [
        allow(['codepipeline:StartPipelineExecution'], `arn:aws:codepipeline:us-east-2:${DELIVERY}:repo`),
      ]),
      OnPush: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: {
            source: ['aws.codecommit'],
            resources: [`arn:aws:codecommit:us-east-2:${DELIVERY}:repo`],
            'detail-type': ['CodeCommit Repository State Change'],
            detail: { event: ['referenceCreated', 'referenceUpdated'], referenceName: ['main'] },
          },
          State: 'ENABLED',
          Targets: [
            {
              Arn: { 'Fn::Join': ['', [`arn:aws:codepipeline:us-east-2:${DELIVERY}:`, { Ref: 'Pipeline' }]] },
              Id: 'Target0',
              RoleArn: { 'Fn::GetAtt': ['EventsRole', 'Arn'] },
            },
          ],
        },
      },
    },
  };
}

it('carries a push through build and deployment to a smoke test, with CodeCommit, EventBridge and CodeBuild as they are', async () => {
  await bench.deploy('Repository', {
    Resources: { Repo: { Type: 'AWS::CodeCommit::Repository', Properties: { RepositoryName: 'repo' } } },
  });
  await bench.deploy('Pipeline', template());
  // A new pipeline runs at once, and there is nothing in its repository yet.
  const empty = await bench.first();
  await bench.ends(empty, 'Failed');
  expect((await bench.actions(empty)).at(-1)).toContain('Source/repo Failed');

  const url = `${bench.cloud.endpoint.replace('http://', `http://${DELIVERY}:any@`)}/v1/repos/repo`;
  const clone = await git.clone(url, 'repo');
  const push = async (size: number, expected = size) => {
    const commit = await git.commit(clone, { 'shop.json': shop(size), expected: `${expected}\n` }, `Make it ${size}`);
    const before = (await bench.executions()).length;
    await git.run(clone, 'push', '--quiet', 'origin', 'main');
    await expect.poll(async () => (await bench.executions()).length, { timeout: 10_000 }).toBe(before + 1);
    return { commit, id: (await bench.executions())[0]?.pipelineExecutionId ?? '' };
  };
  const size = () => bench.things.existing.get('shop-thing')?.size;

  const first = await push(2);
  await bench.ends(first.id, 'Succeeded');
  expect(size()).toBe(2);
  const [latest] = await bench.executions();
  expect(latest).toMatchObject({ sourceRevisions: [{ revisionId: first.commit, revisionSummary: 'Make it 2\n' }] });
  expect(latest?.trigger).toMatchObject({ triggerType: 'CloudWatchEvent', triggerDetail: expect.stringContaining('EventsRole') });

  const bad = await push(3, 4);
  await bench.ends(bad.id, 'Failed');
  expect((await bench.actions(bad.id)).at(-1)).toContain('Dev/Smoke Failed JobFailed: Build terminated with state: FAILED. Phase: BUILD');

  // Back to an earlier revision by one command.
  const back = await bench.start({ sourceRevisions: [{ actionName: 'repo', revisionType: 'COMMIT_ID', revisionValue: first.commit }] });
  await bench.ends(back, 'Succeeded');
  expect(size()).toBe(2);
}, 90_000);
