import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type Target,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createSns } from '../sns/sns-service.ts';
import { createSqs } from '../sqs/sqs-service.ts';
import { createEvents } from './events-service.ts';
import { Listeners } from './testing/listeners.ts';

const listeners = new Listeners();
const PIPELINE = `arn:aws:codepipeline:${REGION}:${ACCOUNT}:ingest-repo`;
const PROJECT = `arn:aws:codebuild:${REGION}:${ACCOUNT}:project/checks`;
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:notes`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/events`;

let test: TestCloud;
let client: EventBridgeClient;
let rules = 0;

beforeAll(async () => {
  test = await startTestCloud([createSqs, createSns, listeners.createCodePipeline, listeners.createCodeBuild, createEvents]);
  client = new EventBridgeClient(test.client);
  const trust = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const grant = { Effect: 'Allow', Action: ['codepipeline:StartPipelineExecution', 'codebuild:StartBuild'], Resource: [PIPELINE, PROJECT] };
  await call('iam', 'CreateRole', { RoleName: 'events', AssumeRolePolicyDocument: policy(trust) });
  await call('iam', 'PutRolePolicy', { RoleName: 'events', PolicyName: 'start', PolicyDocument: policy(grant) });
  const open = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: ['sqs:SendMessage', 'sns:Publish'],
    Resource: '*',
  };
  await call('sqs', 'CreateQueue', { QueueName: 'notes', Attributes: { Policy: policy(open) } });
});
afterAll(async () => {
  client.destroy();
  await test.stop();
});
beforeEach(() => {
  listeners.started.length = 0;
  listeners.outOfOrder = 0;
});

function call<Out>(service: string, operation: string, input: object): Promise<Out> {
  return test.cloud.call<Out>(service, operation, input, test.caller());
}
function policy(...Statement: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** A rule of its own for one kind of event, with these targets. */
async function rule(...Targets: Target[]): Promise<{ Name: string; source: string }> {
  rules += 1;
  const Name = `rule-${rules}`;
  const source = `test.${rules}`;
  await client.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify({ source: [source] }) }));
  await client.send(new PutTargetsCommand({ Rule: Name, Targets }));
  return { Name, source };
}
async function put(source: string, detail: object = { commit: 'abc' }): Promise<void> {
  const { Entries } = await client.send(
    new PutEventsCommand({ Entries: [{ Source: source, DetailType: 'Test', Detail: JSON.stringify(detail), Resources: ['arn:x'] }] }),
  );
  expect(Entries?.[0]?.EventId).toMatch(/^[0-9a-f-]{36}$/);
}
const messages = async () => {
  const QueueUrl = `${test.endpoint}/${ACCOUNT}/notes`;
  const { Messages = [] } = await call<{ Messages?: { Body: string; ReceiptHandle: string }[] }>('sqs', 'ReceiveMessage', {
    QueueUrl,
    MaxNumberOfMessages: 10,
  });
  for (const { ReceiptHandle } of Messages) await call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
  return Messages.map(({ Body }) => Body);
};

describe('a rule', () => {
  it('is put, described, listed, disabled, enabled and deleted', async () => {
    const { Name, source } = await rule({ Id: 'one', Arn: QUEUE });
    const described = await client.send(new DescribeRuleCommand({ Name }));
    expect(described).toMatchObject({
      Name,
      State: 'ENABLED',
      EventBusName: 'default',
      Arn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/${Name}`,
    });
    expect((await client.send(new ListRulesCommand({ NamePrefix: Name }))).Rules).toHaveLength(1);
    expect((await client.send(new ListTargetsByRuleCommand({ Rule: Name }))).Targets).toEqual([{ Id: 'one', Arn: QUEUE }]);

    await client.send(new DisableRuleCommand({ Name }));
    await put(source);
    await client.send(new EnableRuleCommand({ Name }));
    await put(source, { second: true });
    await expect.poll(messages).toEqual([expect.stringContaining('"second":true')]);

    await expect(client.send(new DeleteRuleCommand({ Name }))).rejects.toMatchObject({ name: 'ValidationException' });
    const removed = await client.send(new RemoveTargetsCommand({ Rule: Name, Ids: ['one', 'two'] }));
    expect(removed).toMatchObject({ FailedEntryCount: 1, FailedEntries: [{ TargetId: 'two' }] });
    await client.send(new DeleteRuleCommand({ Name }));
    await expect(client.send(new DescribeRuleCommand({ Name }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it.each<[string, object, string]>([
    ['a schedule', { ScheduleExpression: 'rate(1 hour)' }, 'ScheduleExpression'],
    ['another bus', { EventPattern: '{"source":["x"]}', EventBusName: 'other' }, 'other'],
  ])('with %s is refused by name', async (_, input, name) => {
    await expect(client.send(new PutRuleCommand({ Name: 'refused', ...input }))).rejects.toMatchObject({
      name: 'NotCarriedOut',
      message: expect.stringContaining(name),
    });
  });

  it.each<[string, Target, string]>([
    ['of an unknown kind', { Id: 'x', Arn: `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/x` }, 'NotCarriedOut'],
    ['without the role that a pipeline needs', { Id: 'x', Arn: PIPELINE }, 'ValidationException'],
    ['with two inputs', { Id: 'x', Arn: QUEUE, Input: '{}', InputPath: '$' }, 'ValidationException'],
    ['with an unknown variable', { Id: 'x', Arn: QUEUE, InputTransformer: { InputTemplate: '{"a":<b>}' } }, 'ValidationException'],
    ['with a wildcard in a path', { Id: 'x', Arn: QUEUE, InputPath: '$.resources[*]' }, 'NotCarriedOut'],
  ])('takes no target %s', async (_, target, name) => {
    const { Name } = await rule({ Id: 'one', Arn: QUEUE });
    await expect(client.send(new PutTargetsCommand({ Rule: Name, Targets: [target] }))).rejects.toMatchObject({ name });
  });
});

describe('a pipeline as a target', () => {
  it('is started by the role, once an event, within the trace of what caused it', async () => {
    const { source } = await rule({ Id: 'pipeline', Arn: PIPELINE, RoleArn: ROLE });
    const traceHeader = 'Root=1-6920c000-0123456789abcdef01234567;Sampled=1';
    const own = { account: ACCOUNT, region: REGION, source, detailType: 'Own', resources: [], detail: {}, traceHeader };
    test.cloud.emitEvent(own);
    test.cloud.emitEvent({ ...own, account: '444455556666' });
    test.cloud.emitEvent({ ...own, region: 'us-east-1' });
    await expect.poll(() => listeners.started).toHaveLength(1);
    expect(listeners.started[0]).toEqual({
      input: { name: 'ingest-repo' },
      principal: `arn:aws:sts::${ACCOUNT}:assumed-role/events/AWSEvents`,
      traceHeader: expect.stringContaining('Root=1-6920c000-0123456789abcdef01234567;Parent='),
    });
  });

  it('is started again after it was out of order', async () => {
    const { source } = await rule({ Id: 'pipeline', Arn: PIPELINE, RoleArn: ROLE });
    listeners.outOfOrder = 2;
    await put(source);
    await expect.poll(() => listeners.started, { timeout: 5000 }).toHaveLength(1);
  });

  it('is started after a restart, when it was out of order before', async () => {
    const { source } = await rule({ Id: 'pipeline', Arn: PIPELINE, RoleArn: ROLE });
    listeners.outOfOrder = 1;
    await put(source);
    await expect.poll(() => listeners.outOfOrder).toBe(0);
    expect(listeners.started).toHaveLength(0);
    test = await test.restart();
    client = new EventBridgeClient(test.client);
    await expect.poll(() => listeners.started, { timeout: 5000 }).toHaveLength(1);
  });

  it('that the role may not start is given up, and the event lies in the dead-letter queue', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { source } = await rule({ Id: 'pipeline', Arn: `${PIPELINE}-other`, RoleArn: ROLE, DeadLetterConfig: { Arn: QUEUE } });
    await put(source, { lost: 'not' });
    await expect.poll(messages).toEqual([expect.stringContaining('"lost":"not"')]);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('codepipeline:StartPipelineExecution'), expect.anything());
    expect(listeners.started).toHaveLength(0);
    warn.mockRestore();
  });
});

describe('what a target is sent', () => {
  it.each<[string, Partial<Target>, string | object]>([
    [
      'the event',
      {},
      { source: expect.any(String), 'detail-type': 'Test', detail: { commit: 'abc', name: 'a "b"' }, resources: ['arn:x'] },
    ],
    ['a text of its own', { Input: '{"own":1}' }, { own: 1 }],
    ['a part of the event', { InputPath: '$.detail.commit' }, '"abc"'],
    ['an element of a list', { InputPath: '$.resources[0]' }, '"arn:x"'],
    [
      'an object of an input transformer',
      {
        InputTransformer: {
          InputPathsMap: { 'detail-commit': '$.detail.commit', 'detail-name': '$.detail.name', none: '$.detail.none' },
          InputTemplate: '{"sourceVersion":<detail-commit>,"text":"of <detail-name> by <aws.events.rule-name>","none":<none>}',
        },
      },
      { sourceVersion: 'abc', text: expect.stringMatching(/^of a "b" by rule-\d+$/), none: '' },
    ],
    [
      'a text of an input transformer',
      { InputTransformer: { InputPathsMap: { c: '$.detail' }, InputTemplate: 'is <c>' } },
      'is {"commit":"abc","name":"a \\"b\\""}',
    ],
  ])('%s', async (_, input, expected) => {
    const { source } = await rule({ Id: 'queue', Arn: QUEUE, ...input });
    await put(source, { commit: 'abc', name: 'a "b"' });
    const got: string[] = [];
    await expect.poll(async () => got.push(...(await messages()))).toBe(1);
    if (typeof expected === 'string') expect(got[0]).toBe(expected);
    else expect(JSON.parse(got[0] ?? '')).toMatchObject(expected);
  });

  it('is for a build the parameters that an input transformer makes', async () => {
    const InputTransformer = { InputPathsMap: { commit: '$.detail.commit' }, InputTemplate: '{"sourceVersion":<commit>}' };
    const { source } = await rule({ Id: 'build', Arn: PROJECT, RoleArn: ROLE, InputTransformer });
    await put(source);
    await expect.poll(() => listeners.started).toMatchObject([{ input: { projectName: 'checks', sourceVersion: 'abc' } }]);
  });

  it('reaches a topic whose policy lets EventBridge in', async () => {
    const { TopicArn } = await call<{ TopicArn: string }>('sns', 'CreateTopic', { Name: 'pull-requests' });
    const allow = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sns:Publish', Resource: TopicArn };
    await call('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue: policy(allow) });
    const queuePolicy = policy({ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' });
    await call('sqs', 'SetQueueAttributes', { QueueUrl: `${test.endpoint}/${ACCOUNT}/notes`, Attributes: { Policy: queuePolicy } });
    await call('sns', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint: QUEUE, Attributes: { RawMessageDelivery: 'true' } });
    const { source } = await rule({
      Id: 'topic',
      Arn: TopicArn,
      InputTransformer: { InputPathsMap: { c: '$.detail.commit' }, InputTemplate: '"<c> is new"' },
    });
    await put(source);
    await expect.poll(messages).toEqual(['"abc is new"']);
  });
});

describe('PutEvents', () => {
  it.each<[string, object, string]>([
    ['a source of AWS', { Source: 'aws.codecommit', DetailType: 'x', Detail: '{}' }, 'NotAuthorizedForSourceException'],
    ['a detail that is no object', { Source: 'x', DetailType: 'x', Detail: '[]' }, 'MalformedDetail'],
    ['nothing to say of what kind it is', { Source: 'x', Detail: '{}' }, 'InvalidArgument'],
  ])('refuses %s', async (_, entry, ErrorCode) => {
    const answer = await client.send(new PutEventsCommand({ Entries: [entry] }));
    expect(answer).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode }] });
  });
});

it('TestEventPattern tells whether an event matches', async () => {
  const event = { id: '1', account: ACCOUNT, source: 'a', time: '2026-01-01T00:00:00Z', region: REGION, resources: [], 'detail-type': 't' };
  const result = async (EventPattern: string, Event: object = event) =>
    (await client.send(new TestEventPatternCommand({ EventPattern, Event: JSON.stringify(Event) }))).Result;
  expect(await result('{"source":["a"]}')).toBe(true);
  expect(await result('{"source":["b"]}')).toBe(false);
  await expect(result('{"source":"a"}')).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
  await expect(result('{"source":["a"]}', {})).rejects.toMatchObject({ name: 'ValidationException' });
});
