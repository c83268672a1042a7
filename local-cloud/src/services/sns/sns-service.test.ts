import {
  AddPermissionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  type PublishCommandInput,
  RemovePermissionCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { servicePrincipal } from '../../kernel/principal.ts';
import { operation, type Service } from '../../kernel/service.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createSqs } from '../sqs/sqs-service.ts';
import { retryDelay_ms } from './outbox.ts';
import { createSns } from './sns-service.ts';

const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:listener`;

let now: number;
let test: TestCloud;
let sns: SNSClient;
let sqs: SQSClient;
let invoked: { event: unknown; principal: string; traceHeader: string | undefined }[];
let lambdaFailure: AwsError | undefined;
let failuresLeft: number;

/** Stands for the Lambda service: takes every event, or fails as it is told. */
function createListener(): Service {
  return {
    name: 'lambda',
    protocol: { kind: 'query', namespace: 'none' },
    operations: {
      Invoke: operation({
        input: z.strictObject({ FunctionName: z.literal(FUNCTION), InvocationType: z.literal('Event'), Payload: z.instanceof(Uint8Array) }),
        authorize: () => [],
        run: (input, { principal, traceHeader }) => {
          if (lambdaFailure !== undefined && failuresLeft-- > 0) throw lambdaFailure;
          invoked.push({ event: JSON.parse(Buffer.from(input.Payload).toString()), principal: principal.arn, traceHeader });
        },
      }),
    },
  };
}

async function open(cloud: TestCloud): Promise<void> {
  test = cloud;
  sns = new SNSClient(test.client);
  sqs = new SQSClient(test.client);
}

beforeEach(async () => {
  now = Date.UTC(2026, 5, 1);
  invoked = [];
  lambdaFailure = undefined;
  failuresLeft = Number.POSITIVE_INFINITY;
  await open(await startTestCloud([createSqs, createListener, createSns], { clock: () => now }));
});

afterEach(async () => {
  sns.destroy();
  sqs.destroy();
  await test.stop();
});

async function createTopic(Name = 'events'): Promise<string> {
  return (await sns.send(new CreateTopicCommand({ Name }))).TopicArn ?? '';
}

/** A queue that topics of this account may send to, unless told otherwise. */
async function createQueue(QueueName: string, open_ = true): Promise<{ url: string; arn: string }> {
  const Policy = JSON.stringify({
    Statement: [{ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' }],
  });
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName, ...(open_ ? { Attributes: { Policy } } : {}) }));
  return { url, arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${QueueName}` };
}

async function subscribe(TopicArn: string, Protocol: string, Endpoint: string, Attributes: Record<string, string> = {}): Promise<string> {
  return (await sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes }))).SubscriptionArn ?? '';
}

async function publish(TopicArn: string, input: Omit<PublishCommandInput, 'TopicArn'>): Promise<string> {
  return (await sns.send(new PublishCommand({ TopicArn, ...input }))).MessageId ?? '';
}

async function receive(QueueUrl: string, WaitTimeSeconds = 10) {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds, MessageAttributeNames: ['All'] }),
  );
  return Messages;
}

async function receiveBodies(QueueUrl: string, count: number): Promise<string[]> {
  const bodies: string[] = [];
  await vi.waitFor(
    async () => {
      bodies.push(...(await receive(QueueUrl, 1)).map((message) => message.Body ?? ''));
      expect(bodies.length).toBeGreaterThanOrEqual(count);
    },
    { timeout: 10_000 },
  );
  return bodies.sort();
}

describe('topics', () => {
  it('are made once and have the policy that AWS gives them', async () => {
    const TopicArn = await createTopic();
    expect(TopicArn).toBe(`arn:aws:sns:${REGION}:${ACCOUNT}:events`);
    expect(await createTopic()).toBe(TopicArn);
    await expect(sns.send(new CreateTopicCommand({ Name: 'events', Attributes: { DisplayName: 'other' } }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'DisplayName', AttributeValue: 'Events <&>' }));
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(Attributes).toMatchObject({ DisplayName: 'Events <&>', Owner: ACCOUNT, SubscriptionsConfirmed: '0', TopicArn });
    expect(JSON.parse(Attributes?.['Policy'] ?? '')).toMatchObject({
      Version: '2008-10-17',
      Id: '__default_policy_ID',
      Statement: [{ Sid: '__default_statement_ID', Condition: { StringEquals: { 'AWS:SourceOwner': ACCOUNT } } }],
    });
    expect((await sns.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn }]);
    await sns.send(new DeleteTopicCommand({ TopicArn }));
    await expect(sns.send(new GetTopicAttributesCommand({ TopicArn }))).rejects.toMatchObject({ name: 'NotFoundException' });
    await sns.send(new DeleteTopicCommand({ TopicArn }));
  });

  it('carry tags and permissions', async () => {
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'events', Tags: [{ Key: 'repo', Value: 'infra' }] }));
    await sns.send(new TagResourceCommand({ ResourceArn: TopicArn, Tags: [{ Key: 'stage', Value: 'dev' }] }));
    await sns.send(new UntagResourceCommand({ ResourceArn: TopicArn, TagKeys: ['repo'] }));
    const { Tags } = await sns.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }));
    expect(Tags).toEqual([{ Key: 'stage', Value: 'dev' }]);

    await sns.send(new AddPermissionCommand({ TopicArn, Label: 'friend', AWSAccountId: ['444455556666'], ActionName: ['Publish'] }));
    const statements = async () => {
      const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
      return (JSON.parse(Attributes?.['Policy'] ?? '') as { Statement: { Sid: string }[] }).Statement.map(({ Sid }) => Sid);
    };
    expect(await statements()).toEqual(['__default_statement_ID', 'friend']);
    await sns.send(new RemovePermissionCommand({ TopicArn, Label: 'friend' }));
    expect(await statements()).toEqual(['__default_statement_ID']);
  });

  it('page by the hundred', async () => {
    await Promise.all(Array.from({ length: 101 }, (_, index) => createTopic(`topic-${index}`)));
    const first = await sns.send(new ListTopicsCommand({}));
    const second = await sns.send(new ListTopicsCommand({ NextToken: first.NextToken }));
    expect([first.Topics?.length, second.Topics?.length, second.NextToken]).toEqual([100, 1, undefined]);
  });

  it('refuse what is not carried out, by name', async () => {
    const TopicArn = await createTopic();
    await expect(sns.send(new CreateTopicCommand({ Name: 'events.fifo' }))).rejects.toMatchObject({ name: 'NotCarriedOut' });
    await expect(subscribe(TopicArn, 'https', 'https://example.com/')).rejects.toMatchObject({ name: 'NotCarriedOut' });
    await expect(sns.send(new PublishCommand({ PhoneNumber: '+15550100', Message: 'x' }))).rejects.toMatchObject({ name: 'NotCarriedOut' });
  });
});

describe('subscriptions', () => {
  it('are made once, listed, changed and deleted', async () => {
    const TopicArn = await createTopic();
    const { arn } = await createQueue('q');
    const SubscriptionArn = await subscribe(TopicArn, 'sqs', arn);
    expect(await subscribe(TopicArn, 'sqs', arn)).toBe(SubscriptionArn);
    await expect(subscribe(TopicArn, 'sqs', arn, { RawMessageDelivery: 'true' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const listed = [{ SubscriptionArn, Owner: ACCOUNT, Protocol: 'sqs', Endpoint: arn, TopicArn }];
    expect((await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions).toEqual(listed);
    expect((await sns.send(new ListSubscriptionsCommand({}))).Subscriptions).toEqual(listed);
    const set = (AttributeName: string, AttributeValue: string) =>
      sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
    await set('FilterPolicy', '{"state":["fault"]}');
    await expect(set('FilterPolicy', '{"state":"fault"}')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const FilterPolicy = '{"power_w":[{"numeric":["constructor",5]}]}';
    await expect(set('FilterPolicy', FilterPolicy)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(subscribe(TopicArn, 'sqs', `${arn}-2`, { FilterPolicy })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    expect(Attributes).toMatchObject({
      FilterPolicy: '{"state":["fault"]}',
      FilterPolicyScope: 'MessageAttributes',
      PendingConfirmation: 'false',
      RawMessageDelivery: 'false',
    });
    await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    expect((await sns.send(new ListSubscriptionsCommand({}))).Subscriptions).toEqual([]);
  });

  it('by e-mail stay pending', async () => {
    const TopicArn = await createTopic();
    expect(await subscribe(TopicArn, 'email', 'on-call@example.com')).toBe('pending confirmation');
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions?.[0]?.SubscriptionArn).toBe('PendingConfirmation');
    await publish(TopicArn, { Message: 'x' });
  });
});

describe('the topic policy', () => {
  it('lets a service in only when it says so', async () => {
    const TopicArn = await createTopic();
    const asService = (sourceAccount: string) =>
      test.cloud.call(
        'sns',
        'Publish',
        { TopicArn, Message: 'x' },
        { ...test.caller(), principal: servicePrincipal('cloudwatch.amazonaws.com', sourceAccount) },
      );
    // The default policy lets in what acts for the owner.
    await asService(ACCOUNT);
    await expect(asService('444455556666')).rejects.toMatchObject({ code: 'AccessDeniedException' });
    const Policy = (Principal: unknown) =>
      JSON.stringify({ Statement: [{ Effect: 'Allow', Principal, Action: 'sns:Publish', Resource: TopicArn }] });
    const set = (AttributeValue: string) => sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }));
    await set(Policy({ Service: 'events.amazonaws.com' }));
    await expect(asService(ACCOUNT)).rejects.toMatchObject({ code: 'AccessDeniedException' });
    await set(Policy({ Service: 'cloudwatch.amazonaws.com' }));
    await asService(ACCOUNT);
  });

  it('is refused when it is no policy', async () => {
    const TopicArn = await createTopic();
    await expect(
      sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue: '{"Statement":[{"Effect":"Maybe"}]}' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('refuses another account, as AuthorizationError', async () => {
    const answer = await fetch(test.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `AWS4-HMAC-SHA256 Credential=444455556666/20260601/${REGION}/sns/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: new URLSearchParams({ Action: 'Publish', Version: '2010-03-31', TopicArn: await createTopic(), Message: 'x' }),
    });
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('<Code>AuthorizationError</Code>')]);
  });
});

describe('delivery', () => {
  it('reaches a queue in the envelope of SNS', async () => {
    const TopicArn = await createTopic();
    const queue = await createQueue('q');
    await subscribe(TopicArn, 'sqs', queue.arn);
    const MessageId = await publish(TopicArn, {
      Message: '{"device":"☀"}',
      Subject: 'state',
      MessageAttributes: {
        state: { DataType: 'String', StringValue: 'fault' },
        raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
      },
    });
    const [message] = await receive(queue.url);
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      Type: 'Notification',
      MessageId,
      TopicArn,
      Subject: 'state',
      Message: '{"device":"☀"}',
      Timestamp: '2026-06-01T00:00:00.000Z',
      MessageAttributes: { state: { Type: 'String', Value: 'fault' }, raw: { Type: 'Binary', Value: 'AQI=' } },
    });
  });

  it('reaches a queue raw, attributes kept', async () => {
    const TopicArn = await createTopic();
    const queue = await createQueue('q');
    await subscribe(TopicArn, 'sqs', queue.arn, { RawMessageDelivery: 'true' });
    await publish(TopicArn, { Message: 'plain', MessageAttributes: { raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) } } });
    const [message] = await receive(queue.url);
    expect(message).toMatchObject({
      Body: 'plain',
      MessageAttributes: { raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) } },
    });
  });

  it('reaches a function, with the trace of the publish', async () => {
    const TopicArn = await createTopic();
    const subscription = await subscribe(TopicArn, 'lambda', FUNCTION);
    const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793';
    await test.cloud.call('sns', 'Publish', { TopicArn, Message: 'hello' }, { ...test.caller(), traceHeader });
    await expect.poll(() => invoked).toHaveLength(1);
    expect(invoked[0]).toMatchObject({
      principal: 'sns.amazonaws.com',
      // The function's work is a child of the publish.
      traceHeader: expect.stringMatching(new RegExp(`^${traceHeader};Parent=[0-9a-f]{16}$`)),
      event: {
        Records: [
          {
            EventSource: 'aws:sns',
            EventVersion: '1.0',
            EventSubscriptionArn: subscription,
            Sns: { Type: 'Notification', TopicArn, Subject: null, Message: 'hello', MessageAttributes: {} },
          },
        ],
      },
    });
  });

  it('tells each protocol its own text', async () => {
    const TopicArn = await createTopic();
    const queue = await createQueue('q');
    await subscribe(TopicArn, 'sqs', queue.arn, { RawMessageDelivery: 'true' });
    await subscribe(TopicArn, 'lambda', FUNCTION);
    await publish(TopicArn, { MessageStructure: 'json', Message: JSON.stringify({ default: 'all', sqs: 'queue' }) });
    expect(await receiveBodies(queue.url, 1)).toEqual(['queue']);
    await expect.poll(() => invoked[0]?.event).toMatchObject({ Records: [{ Sns: { Message: 'all' } }] });
    await expect(publish(TopicArn, { MessageStructure: 'json', Message: '{"sqs":"x"}' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('takes batches, each entry with its own outcome', async () => {
    const TopicArn = await createTopic();
    const queue = await createQueue('q');
    await subscribe(TopicArn, 'sqs', queue.arn, { RawMessageDelivery: 'true' });
    const { Successful, Failed } = await sns.send(
      new PublishBatchCommand({
        TopicArn,
        PublishBatchRequestEntries: [
          { Id: 'one', Message: '1', MessageAttributes: { n: { DataType: 'Number', StringValue: '1' } } },
          { Id: 'bad', Message: 'x', Subject: 'two\nlines' },
          { Id: 'two', Message: '2' },
        ],
      }),
    );
    expect([Successful?.map(({ Id }) => Id), Failed?.map(({ Id, Code }) => [Id, Code])]).toEqual([
      ['one', 'two'],
      [['bad', 'InvalidParameter']],
    ]);
    expect(await receiveBodies(queue.url, 2)).toEqual(['1', '2']);
  });

  it('goes by the filter, on attributes and on the body', async () => {
    const TopicArn = await createTopic();
    const faults = await createQueue('faults');
    const strong = await createQueue('strong');
    const raw = { RawMessageDelivery: 'true' };
    await subscribe(TopicArn, 'sqs', faults.arn, { ...raw, FilterPolicy: '{"state":["fault"]}' });
    await subscribe(TopicArn, 'sqs', strong.arn, {
      ...raw,
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: '{"power":{"solar_w":[{"numeric":[">",100]}]}}',
    });
    const state = (StringValue: string) => ({ MessageAttributes: { state: { DataType: 'String', StringValue } } });
    await publish(TopicArn, { Message: '{"power":{"solar_w":50}}', ...state('fault') });
    await publish(TopicArn, { Message: '{"power":{"solar_w":150}}', ...state('run') });
    expect(await receiveBodies(faults.url, 1)).toEqual(['{"power":{"solar_w":50}}']);
    expect(await receiveBodies(strong.url, 1)).toEqual(['{"power":{"solar_w":150}}']);
    expect([...(await receive(faults.url, 0)), ...(await receive(strong.url, 0))]).toEqual([]);
  });

  it('is refused by a queue that does not let SNS in, and goes to the dead-letter queue at once', async () => {
    const TopicArn = await createTopic();
    const shut = await createQueue('shut', false);
    const dead = await createQueue('dead');
    await subscribe(TopicArn, 'sqs', shut.arn, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }),
      RawMessageDelivery: 'true',
    });
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    await publish(TopicArn, { Message: 'refused' });
    expect(await receiveBodies(dead.url, 1)).toEqual(['refused']);
    expect(await receive(shut.url, 0)).toEqual([]);
  });

  it('is tried again after server-side errors', async () => {
    const TopicArn = await createTopic();
    await subscribe(TopicArn, 'lambda', FUNCTION);
    lambdaFailure = new AwsError('ServiceException', 'down', 500);
    failuresLeft = 3;
    await publish(TopicArn, { Message: 'x' });
    await expect.poll(() => invoked).toHaveLength(1);
    expect(failuresLeft).toBe(-1);
  });

  it('goes on after a restart', async () => {
    const TopicArn = await createTopic();
    await subscribe(TopicArn, 'lambda', FUNCTION);
    lambdaFailure = new AwsError('ServiceException', 'down', 500);
    await publish(TopicArn, { Message: 'kept' });
    sns.destroy();
    sqs.destroy();
    await open(await test.restart());
    expect(invoked).toEqual([]);
    lambdaFailure = undefined;
    // Past every delay of the first phases; the timer that looks again runs by the real clock.
    now += 60_000;
    await expect.poll(() => invoked, { timeout: 10_000 }).toHaveLength(1);
  });

  it('waits as AWS does between the attempts', () => {
    expect([1, 3, 4, 5, 6, 7, 10, 11, 15, 16, 100_015, 100_016].map(retryDelay_ms)).toEqual([
      0,
      0,
      1000,
      1000,
      1000,
      2000,
      16_000,
      20_000,
      20_000,
      20_000,
      20_000,
      undefined,
    ]);
  });
});
