import { writeFile } from 'node:fs/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { BatchGetProjectsCommand } from '@aws-sdk/client-codebuild';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createCloudFormation } from '../cloudformation/cloudformation-service.ts';
import { createCodeCommit } from '../codecommit/codecommit-service.ts';
import { GitClient } from '../codecommit/testing/git-client.ts';
import { ACCOUNT, BuildBench, REGION } from './test-bench.ts';

let bench: BuildBench;
let stacks: CloudFormationClient;
const git = new GitClient();

beforeAll(async () => {
  bench = await BuildBench.start({ more: [createCodeCommit, createCloudFormation] });
  stacks = new CloudFormationClient(bench.cloud.client);
});
afterAll(async () => {
  git.remove();
  stacks.destroy();
  await bench.stop();
});

const BUILDSPEC =
  '{\n  "version": "0.2",\n  "phases": {\n    "build": {\n      "commands": [\n        "cat file; git log --oneline | wc -l"\n      ]\n    }\n  }\n}';

/** A project for checks of branches, as `aws_codebuild.Project` with `Source.codeCommit` synthesizes it. */
function template(project: object, source: object, rights: readonly string[] = ['codecommit:GitPull']): string {
  const trust = [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'codebuild.amazonaws.com' } }];
  const logs = { 'Fn::Join': ['', [`arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/codebuild/`, { Ref: 'Project' }, ':*']] };
  return JSON.stringify({
    Resources: {
      Repo: { Type: 'AWS::CodeCommit::Repository', Properties: { RepositoryName: 'ingest-repo' } },
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: trust, Version: '2012-10-17' } } },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'Policy',
          Roles: [{ Ref: 'Role' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              ...rights.map((Action) => ({ Action, Effect: 'Allow', Resource: { 'Fn::GetAtt': ['Repo', 'Arn'] } })),
              {
                Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
                Effect: 'Allow',
                Resource: [{ 'Fn::Join': ['', [`arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/codebuild/`, { Ref: 'Project' }]] }, logs],
              },
            ],
          },
        },
      },
      Project: {
        Type: 'AWS::CodeBuild::Project',
        Properties: {
          Artifacts: { Type: 'NO_ARTIFACTS' },
          Cache: { Type: 'NO_CACHE' },
          EncryptionKey: 'alias/aws/s3',
          Environment: {
            ComputeType: 'BUILD_GENERAL1_SMALL',
            Image: 'aws/codebuild/standard:7.0',
            ImagePullCredentialsType: 'CODEBUILD',
            PrivilegedMode: false,
            Type: 'LINUX_CONTAINER',
          },
          ServiceRole: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Source: { BuildSpec: BUILDSPEC, Location: { 'Fn::GetAtt': ['Repo', 'CloneUrlHttp'] }, Type: 'CODECOMMIT', ...source },
          ...project,
        },
      },
    },
    Outputs: { Name: { Value: { Ref: 'Project' } }, Arn: { Value: { 'Fn::GetAtt': ['Project', 'Arn'] } } },
  });
}

async function settled(status: string): Promise<Record<string, string>> {
  return vi.waitFor(
    async () => {
      const { Stacks: [stack] = [] } = await stacks.send(new DescribeStacksCommand({ StackName: 'checks' }));
      expect(stack?.StackStatus).not.toMatch(/_IN_PROGRESS$/);
      const { StackEvents = [] } = await stacks.send(new DescribeStackEventsCommand({ StackName: 'checks' }));
      expect(stack?.StackStatus, JSON.stringify(StackEvents.map((event) => event.ResourceStatusReason))).toBe(status);
      return Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    },
    { timeout: 10_000 },
  );
}

const Capabilities = ['CAPABILITY_IAM' as const];
const update = (TemplateBody: string) => stacks.send(new UpdateStackCommand({ StackName: 'checks', TemplateBody, Capabilities }));

it('builds branches, commits and tags of a repository, as a template declares it', { timeout: 60_000 }, async () => {
  await stacks.send(new CreateStackCommand({ StackName: 'checks', TemplateBody: template({ TimeoutInMinutes: 30 }, {}), Capabilities }));
  const { Name = '', Arn } = await settled('CREATE_COMPLETE');
  expect(Arn).toBe(`arn:aws:codebuild:${REGION}:${ACCOUNT}:project/${Name}`);
  const folder = await git.init('work', `${bench.cloud.endpoint.replace('http://', `http://${ACCOUNT}:any@`)}/v1/repos/ingest-repo`);
  const commits: string[] = [];
  for (const text of ['main', 'side']) {
    await git.run(folder, 'checkout', '--quiet', '-B', text);
    await writeFile(`${folder}/file`, `${text}\n`);
    await git.run(folder, 'add', 'file');
    await git.run(folder, 'commit', '--quiet', '-m', text);
    commits.push((await git.run(folder, 'rev-parse', 'HEAD')).trim());
  }
  await git.run(folder, 'tag', 'v1', commits[0] ?? '');
  await git.run(folder, 'push', '--quiet', 'origin', 'main:main');
  await git.run(folder, 'push', '--quiet', 'origin', 'side', 'v1');
  const [main = '', side = ''] = commits;
  for (const [sourceVersion, text, count, resolved] of [
    [undefined, 'main', 1, main],
    ['side', 'side', 2, side],
    ['refs/heads/side', 'side', 2, side],
    [main, 'main', 1, main],
    ['v1', 'main', 1, main],
  ] as const) {
    const build = await bench.ended(await bench.startBuild(Name, { sourceVersion }));
    expect(build, JSON.stringify(build.phases)).toMatchObject({ buildStatus: 'SUCCEEDED', resolvedSourceVersion: resolved });
    expect((await bench.output(build)).map((line) => line.trim())).toEqual([text, String(count)]);
  }
  const unknown = await bench.ended(await bench.startBuild(Name, { sourceVersion: 'nowhere' }));
  expect(unknown.phases?.[3]).toMatchObject({ phaseType: 'DOWNLOAD_SOURCE', phaseStatus: 'FAILED' });
  expect(unknown.phases?.[3]?.contexts?.[0]?.message).toContain('source version nowhere');

  await update(template({ SourceVersion: 'side', Description: 'all of it' }, { GitCloneDepth: 1 }));
  expect(await settled('UPDATE_COMPLETE')).toMatchObject({ Name });
  const { projects } = await bench.client.send(new BatchGetProjectsCommand({ names: [Name] }));
  expect(projects).toMatchObject([
    { timeoutInMinutes: 60, sourceVersion: 'side', description: 'all of it', encryptionKey: 'alias/aws/s3' },
  ]);
  const shallow = await bench.ended(await bench.startBuild(Name));
  expect((await bench.output(shallow)).map((line) => line.trim())).toEqual(['side', '1']);

  await update(template({}, {}, []));
  await settled('UPDATE_COMPLETE');
  const denied = await bench.ended(await bench.startBuild(Name));
  expect(denied.phases?.[3]?.contexts?.[0]).toMatchObject({ statusCode: 'CLIENT_ERROR', message: expect.stringMatching(/403/) });

  await stacks.send(new DeleteStackCommand({ StackName: 'checks' }));
  await expect
    .poll(async () => (await bench.client.send(new BatchGetProjectsCommand({ names: [Name] }))).projectsNotFound, { timeout: 10_000 })
    .toEqual([Name]);
});

it.each([
  [
    'PrivilegedMode',
    { Environment: { ComputeType: 'BUILD_GENERAL1_SMALL', Image: 'x', PrivilegedMode: true, Type: 'LINUX_CONTAINER' } },
    'environment.privilegedMode',
  ],
  ['VpcConfig', { VpcConfig: { VpcId: 'vpc-1' } }, 'VpcConfig'],
  ['an unknown role', { ServiceRole: `arn:aws:iam::${ACCOUNT}:role/none` }, 'sts:AssumeRole'],
  ['a source of elsewhere', { Source: { Type: 'GITHUB', Location: 'https://github.com/x/y.git' } }, 'source.type'],
])('refuses %s by its name', async (what, project, reason) => {
  const StackName = `refuses-${what.replaceAll(' ', '-')}`;
  const { Resources } = JSON.parse(template(project, {})) as { Resources: { Project: { Properties: object } } };
  const ServiceRole = await bench.role(StackName);
  const Source = { Type: 'NO_SOURCE', BuildSpec: BUILDSPEC };
  const Project = { ...Resources.Project, Properties: { ...Resources.Project.Properties, ServiceRole, Source, ...project } };
  const reasons = async (): Promise<string[]> => {
    try {
      await stacks.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources: { Project } }) }));
    } catch (error) {
      return [String(error)];
    }
    return vi.waitFor(async () => {
      const { StackEvents = [] } = await stacks.send(new DescribeStackEventsCommand({ StackName }));
      const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
      expect(failed).not.toEqual([]);
      return failed.map(({ ResourceStatusReason = '' }) => ResourceStatusReason);
    });
  };
  expect((await reasons()).join()).toContain(reason);
});
