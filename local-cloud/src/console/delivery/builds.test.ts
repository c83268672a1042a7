import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createCodeBuild } from '../../services/codebuild/codebuild-service.ts';
import { createCodeCommit } from '../../services/codecommit/codecommit-service.ts';
import { GitClient } from '../../services/codecommit/testing/git-client.ts';
import {
  approval,
  build,
  DELIVERY,
  pipelineTemplate,
  type Resource,
  stage,
  type Template,
} from '../../services/codepipeline/testing/pipeline-template.ts';
import { createLogs } from '../../services/logs/logs-service.ts';
import { createSsm } from '../../services/ssm/ssm-service.ts';
import { buildDetail, buildLogPage } from '../shapes/builds.ts';
import { gateDetail, pipelineDetail } from '../shapes/pipelines.ts';
import { ConsoleBench, ONE } from './console-bench.ts';

const console_ = ConsoleBench.forThisFile([createLogs, createSsm, createCodeCommit, createCodeBuild]);
const git = new GitClient();
afterAll(() => git.remove());

const role: Resource = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'codebuild.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [
      {
        PolicyName: 'own',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: ['logs:*', 's3:GetObject*', 's3:PutObject*', 'kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*' },
          ],
        },
      },
    ],
  },
};
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

/** Whoever pushes would like to be believed. */
const MESSAGE = 'Mend it | No rights change\n\n## Rights and openings\n\nNone.\n\n<img src=x onerror=alert(1)>';

/** A gate whose step tells the changes as the platform's does, and waits for a file so that its log can be followed. */
function template(go: string): Template {
  const changes = build('TestChanges', 'changes', 'repo_Source', {
    Namespace: 'Gate@TestChanges',
    variables: [{ name: 'MESSAGE', value: '#{Source.CommitMessage}' }],
  });
  const asks = approval('Approve', { RunOrder: 2, Configuration: { CustomData: '#{Gate@TestChanges.SUMMARY}' } });
  const made = pipelineTemplate([stage('Gate', [changes, asks])]);
  const tell = [
    'echo "# repo to TEST"',
    'printf "\\nCommit 0123456789ab\\n\\n%s\\n\\n" "$MESSAGE"',
    `while [ ! -e ${go} ]; do sleep 0.1; done`,
    'printf "## Rights and openings\\n\\nShop\\n[+] s3:*\\n\\n## All differences\\n\\nNone.\\n"',
    'export SUMMARY="repo to TEST: 0123456789ab $(echo "$MESSAGE" | head -1) | RIGHTS CHANGE in Shop"',
  ];
  return {
    Resources: {
      ...made.Resources,
      ProjectRole: role,
      Synth: project('synth', { phases: { build: { commands: ['echo synthesized'] } }, artifacts: { files: '**/*' } }),
      Changes: project('changes', { env: { 'exported-variables': ['SUMMARY'] }, phases: { build: { commands: tell } } }),
    },
  };
}

describe('a gate that a build prepares', () => {
  it('has the build’s log while it runs, and then the report without the pusher’s inventions', async () => {
    const { bench } = console_;
    await bench.deploy('Repository', {
      Resources: { Repo: { Type: 'AWS::CodeCommit::Repository', Properties: { RepositoryName: 'repo' } } },
    });
    const clone = await git.clone(`${bench.cloud.endpoint.replace('http://', `http://${DELIVERY}:any@`)}/v1/repos/repo`, 'repo');
    await git.commit(clone, { 'shop.json': '{}' }, MESSAGE);
    await git.run(clone, 'push', '--quiet', 'origin', 'main');
    await bench.deploy('Pipeline', template(`${git.home}/go`));

    const of = { timeout: 20_000, interval: 50 };
    const path = await vi.waitFor(async () => {
      const { stages } = pipelineDetail.parse(await console_.read(ONE));
      const action = stages[2]?.actions[0];
      expect(action).toMatchObject({ name: 'TestChanges', state: 'in_progress' });
      expect(action?.build_id).toMatch(/^changes:/);
      return `/builds/${DELIVERY}/us-east-2/${encodeURIComponent(action?.build_id ?? '')}`;
    }, of);
    const first = await vi.waitFor(async () => {
      const page = buildLogPage.parse(await console_.read(`${path}/log`));
      expect(page.lines.map(({ text }) => text)).toEqual(expect.arrayContaining(['# repo to TEST', '<img src=x onerror=alert(1)>']));
      return page;
    }, of);
    expect(buildDetail.parse(await console_.read(path))).toMatchObject({
      project: 'changes',
      status: 'IN_PROGRESS',
      initiator: 'codepipeline/repo',
    });
    const waiting = gateDetail.parse(await console_.read(`${ONE}/gates/Gate/Approve`));
    expect(waiting).toMatchObject({ state: 'waiting', changes: { action: 'TestChanges', state: 'in_progress' } });
    expect(waiting.token).toBeUndefined();

    writeFileSync(join(git.home, 'go'), '');
    const gate = await vi.waitFor(async () => {
      const now = gateDetail.parse(await console_.read(`${ONE}/gates/Gate/Approve`));
      expect(now.state).toBe('needs_approval');
      return now;
    }, of);
    expect(gate.summary).toEqual(['repo to TEST: 0123456789ab Mend it | No rights change', 'RIGHTS CHANGE in Shop']);
    expect(gate.report.map(({ title }) => title)).toEqual(['repo to TEST', 'Rights and openings', 'All differences']);
    expect(gate.report[1]?.lines).toEqual(['Shop', '[+] s3:*']);

    const built = buildDetail.parse(await console_.read(path));
    expect(built).toMatchObject({ status: 'SUCCEEDED', exported: [{ name: 'SUMMARY' }] });
    expect(built.phases.find(({ type }) => type === 'BUILD')).toMatchObject({ status: 'SUCCEEDED', ended_at: expect.any(String) });
    // What came since the first look goes on where that ended.
    const rest = buildLogPage.parse(await console_.read(`${path}/log?after=${encodeURIComponent(first.next ?? '')}`));
    expect(rest.lines.map(({ text }) => text)).toContain('[+] s3:*');
    expect(rest.lines.map(({ text }) => text)).not.toContain('# repo to TEST');
    expect((await console_.ask(`/builds/${DELIVERY}/us-east-2/changes%3Anone`)).status).toBe(404);
    expect((await console_.ask(`${path}/log?after=`)).status).toBe(400);
  }, 60_000);
});
