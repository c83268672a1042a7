import { CodePipelineClient, PutApprovalResultCommand } from '@aws-sdk/client-codepipeline';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { PipelineBench } from './testing/pipeline-bench.ts';
import { approval, build, pipelineTemplate, stage } from './testing/pipeline-template.ts';

let bench: PipelineBench;

beforeEach(async () => {
  bench = await PipelineBench.start();
});
afterEach(() => bench.stop());

const GATE = stage('Gate', [approval('Approve'), build('After', 'after', 'repo_Source', { RunOrder: 2 })]);
const built = (project: string) => bench.fakes.builds.filter((one) => one.project === project).length;

it('waits at a gate until it is approved', async () => {
  await bench.deploy('Pipeline', pipelineTemplate([GATE]));
  const id = await bench.first();
  const token = await bench.waitsForApproval('Gate', 'Approve');
  expect(await bench.status(id)).toBe('InProgress');
  expect(built('after')).toBe(0);

  await expect(bench.answer('Gate', 'Approve', 'Approved', 'another-token')).rejects.toMatchObject({
    name: 'InvalidApprovalTokenException',
  });
  await bench.answer('Gate', 'Approve', 'Approved', token);
  await bench.ends(id, 'Succeeded');
  expect(built('after')).toBe(1);
  expect((await bench.stage('Gate')).actionStates?.[0]?.latestExecution).toMatchObject({
    status: 'Succeeded',
    summary: 'it is Approved',
    lastUpdatedBy: `arn:aws:iam::${ACCOUNT}:root`,
  });
  await expect(bench.answer('Gate', 'Approve', 'Approved', token)).rejects.toMatchObject({ name: 'ApprovalAlreadyCompletedException' });
});

it('ends at a gate that is rejected', async () => {
  await bench.deploy('Pipeline', pipelineTemplate([GATE]));
  const id = await bench.first();
  await bench.answer('Gate', 'Approve', 'Rejected');
  await bench.ends(id, 'Failed');
  expect(built('after')).toBe(0);
  expect(await bench.actions(id)).toContain(`Gate/Approve Failed JobFailed: Rejected by arn:aws:iam::${ACCOUNT}:root`);
  expect(bench.told(id).slice(-3)).toEqual(['Gate/Approve FAILED', 'Gate FAILED', 'FAILED']);
});

it('gives up when nobody answers in time, over a restart too', async () => {
  bench.now_ms = Date.parse('2026-11-22T10:00:00Z');
  await bench.deploy('Pipeline', pipelineTemplate([GATE]));
  const id = await bench.first();
  await bench.waitsForApproval('Gate', 'Approve');
  bench.now_ms += 7 * 24 * 3600 * 1000 - 60_000;
  await bench.restart();
  await bench.waitsForApproval('Gate', 'Approve');
  bench.now_ms += 60_000;
  await bench.ends(id, 'Failed');
  expect((await bench.actions(id)).at(-1)).toContain('not answered in time');
});

it("tells the topic in AWS's form, with its variables resolved", async () => {
  const sns = new SNSClient(bench.cloud.client);
  const sqs = new SQSClient(bench.cloud.client);
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'gates' }));
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }],
  });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'gates', Attributes: { Policy } }));
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:${REGION}:${ACCOUNT}:gates`,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  const Configuration = {
    NotificationArn: TopicArn,
    CustomData: 'What changes in #{Source.CommitId}: #{Source.CommitMessage}',
    ExternalEntityLink: 'https://example.com/#{codepipeline.PipelineExecutionId}',
  };
  await bench.deploy('Pipeline', pipelineTemplate([stage('Gate', [approval('Approve', { Configuration })])]));
  const id = await bench.first();
  const token = await bench.waitsForApproval('Gate', 'Approve');
  const body = await vi.waitFor(async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    expect(Messages).toHaveLength(1);
    return Messages?.[0]?.Body ?? '';
  });
  expect(JSON.parse(body)).toEqual({
    region: REGION,
    consoleLink: 'https://console.aws.amazon.com/codepipeline/home?region=us-east-2#/view/repo',
    approval: {
      pipelineName: 'repo',
      stageName: 'Gate',
      actionName: 'Approve',
      token,
      expires: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/),
      externalEntityLink: `https://example.com/${id}`,
      approvalReviewLink: `https://console.aws.amazon.com/codepipeline/home?region=us-east-2#/view/repo/Gate/Approve/approve/${token}`,
      customData: 'What changes in c1: commit c1',
    },
  });
});

it('lets those approve who may on that action alone', async () => {
  await bench.deploy('Pipeline', pipelineTemplate([GATE]));
  const token = await bench.waitsForApproval('Gate', 'Approve');
  const iam = new IAMClient(bench.cloud.client);
  const trust = { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' };
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await iam.send(new CreateRoleCommand({ RoleName: 'approver', AssumeRolePolicyDocument: document(trust) }));
  const { Credentials } = await new STSClient(bench.cloud.client).send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/approver`, RoleSessionName: 'ann' }),
  );
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const approver = new CodePipelineClient({ ...bench.cloud.client, credentials });
  const approve = () =>
    approver.send(
      new PutApprovalResultCommand({
        pipelineName: 'repo',
        stageName: 'Gate',
        actionName: 'Approve',
        token,
        result: { status: 'Approved', summary: '' },
      }),
    );
  const grant = (resource: string) => {
    const PolicyDocument = document({
      Effect: 'Allow',
      Action: 'codepipeline:PutApprovalResult',
      Resource: `arn:aws:codepipeline:${REGION}:${ACCOUNT}:${resource}`,
    });
    return iam.send(new PutRolePolicyCommand({ RoleName: 'approver', PolicyName: 'approve', PolicyDocument }));
  };
  await grant('repo/Other/Approve');
  await expect(approve()).rejects.toThrow(
    `codepipeline:PutApprovalResult on resource: arn:aws:codepipeline:${REGION}:${ACCOUNT}:repo/Gate/Approve`,
  );
  await grant('repo/Gate/Approve');
  expect((await approve()).approvedAt).toBeInstanceOf(Date);
});
