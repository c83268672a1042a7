import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { servicePrincipal } from '../../kernel/principal.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createSqs } from './sqs-service.ts';

let now: number;
let test: TestCloud;
let sqs: SQSClient;

beforeEach(async () => {
  now = Date.UTC(2026, 5, 1);
  test = await startTestCloud([createSqs], { clock: () => now });
  sqs = new SQSClient(test.client);
});

afterEach(async () => {
  sqs.destroy();
  await test.stop();
});

async function createQueue(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl;
}

async function send(QueueUrl: string, MessageBody: string): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
}

async function receive(QueueUrl: string, options: Partial<ReceiveMessageCommand['input']> = {}): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'], ...options }),
  );
  return Messages;
}

async function attributes(QueueUrl: string): Promise<Record<string, string>> {
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  return Attributes;
}

describe('queues', () => {
  it('are made once, and refused under the same name with another value', async () => {
    const url = await createQueue('work', { VisibilityTimeout: '60' });
    expect(url).toBe(`${test.endpoint}/${ACCOUNT}/work`);
    expect(await createQueue('work', { VisibilityTimeout: '60' })).toBe(url);
    await expect(createQueue('work', { VisibilityTimeout: '61' })).rejects.toMatchObject({ name: 'QueueNameExists' });
    expect(await attributes(url)).toEqual({
      QueueArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:work`,
      CreatedTimestamp: String(now / 1000),
      LastModifiedTimestamp: String(now / 1000),
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      DelaySeconds: '0',
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
      VisibilityTimeout: '60',
    });
  });

  it('are found by name and listed by prefix, page by page', async () => {
    await createQueue('a-1');
    await createQueue('a-2');
    await createQueue('b-1');
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'a-2' }));
    expect(QueueUrl).toBe(`${test.endpoint}/${ACCOUNT}/a-2`);
    const first = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'a', MaxResults: 1 }));
    const second = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'a', MaxResults: 1, NextToken: first.NextToken }));
    expect([first.QueueUrls, second.QueueUrls, second.NextToken]).toEqual([
      [`${test.endpoint}/${ACCOUNT}/a-1`],
      [`${test.endpoint}/${ACCOUNT}/a-2`],
      undefined,
    ]);
  });

  it('that are missing are told in the names of both protocols', async () => {
    const error = await sqs.send(new GetQueueUrlCommand({ QueueName: 'nowhere' })).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'QueueDoesNotExist', message: 'The specified queue does not exist.' });
    const raw = await fetch(test.endpoint, {
      method: 'POST',
      headers: {
        'x-amz-target': 'AmazonSQS.GetQueueUrl',
        authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260601/${REGION}/sqs/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify({ QueueName: 'nowhere' }),
    });
    expect([raw.status, raw.headers.get('x-amzn-query-error')]).toEqual([400, 'AWS.SimpleQueueService.NonExistentQueue;Sender']);
  });

  it('are deleted with their messages, and their name rests for 60 seconds', async () => {
    const url = await createQueue('gone');
    await send(url, 'x');
    await sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
    await expect(receive(url)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    await expect(createQueue('gone')).rejects.toMatchObject({ name: 'QueueDeletedRecently' });
    now += 60_000;
    expect(await receive(await createQueue('gone'))).toEqual([]);
  });

  it('are purged once a minute', async () => {
    const url = await createQueue('full');
    await send(url, 'x');
    await sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    expect(await receive(url)).toEqual([]);
    await expect(sqs.send(new PurgeQueueCommand({ QueueUrl: url }))).rejects.toMatchObject({ name: 'PurgeQueueInProgress' });
  });

  it('carry tags', async () => {
    const QueueUrl = await createQueue('tagged');
    await sqs.send(new TagQueueCommand({ QueueUrl, Tags: { repo: 'ingest', stage: 'dev' } }));
    await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['stage'] }));
    expect((await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ repo: 'ingest' });
  });

  it.each([
    [{ VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
    [{ MaximumMessageSize: '1048577' }, 'InvalidAttributeValue'],
    [{ Policy: '{"Statement": [{"Effect": "Maybe"}]}' }, 'InvalidAttributeValue'],
    [{ Colour: 'blue' }, 'InvalidAttributeName'],
    [{ FifoQueue: 'true' }, 'NotCarriedOut'],
    [
      { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:none`, maxReceiveCount: 1 }) },
      'InvalidParameterValue',
    ],
  ])('refuse %j', async (wanted, name) => {
    await expect(createQueue('bad', wanted)).rejects.toMatchObject({ name });
    await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'bad' }))).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });

  it('are the same under another port, as after a restart', async () => {
    await createQueue('stays');
    const elsewhere = `http://127.0.0.1:1/${ACCOUNT}/stays`;
    await send(elsewhere, 'hello');
    expect((await receive(elsewhere)).map((message) => message.Body)).toEqual(['hello']);
  });

  it('are apart by account and region', async () => {
    await createQueue('mine');
    const other = new SQSClient({ ...test.client, region: 'eu-west-1' });
    const { QueueUrls } = await other.send(new ListQueuesCommand({}));
    expect(QueueUrls).toBeUndefined();
    other.destroy();
  });
});

describe('a client of the Query protocol', () => {
  const call = async (parameters: Record<string, string>) => {
    const answer = await fetch(test.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260601/${REGION}/sqs/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: new URLSearchParams({ Version: '2012-11-05', ...parameters }),
    });
    return { status: answer.status, body: await answer.text() };
  };

  it('makes a queue, sends, receives and deletes', async () => {
    const made = await call({
      Action: 'CreateQueue',
      QueueName: 'old',
      'Attribute.1.Name': 'VisibilityTimeout',
      'Attribute.1.Value': '77',
      'Tag.1.Key': 'repo',
      'Tag.1.Value': 'a<b',
    });
    const QueueUrl = `${test.endpoint}/${ACCOUNT}/old`;
    expect(made.body).toContain(`<CreateQueueResult><QueueUrl>${QueueUrl}</QueueUrl></CreateQueueResult>`);
    expect((await call({ Action: 'ListQueues' })).body).toContain(`<ListQueuesResult><QueueUrl>${QueueUrl}</QueueUrl></ListQueuesResult>`);
    expect((await call({ Action: 'ListQueueTags', QueueUrl })).body).toContain('<Tag><Key>repo</Key><Value>a&lt;b</Value></Tag>');
    const read = await call({ Action: 'GetQueueAttributes', QueueUrl, 'AttributeName.1': 'VisibilityTimeout' });
    expect(read.body).toContain('<Attribute><Name>VisibilityTimeout</Name><Value>77</Value></Attribute>');
    const sent = await call({
      Action: 'SendMessageBatch',
      QueueUrl,
      'SendMessageBatchRequestEntry.1.Id': 'one',
      'SendMessageBatchRequestEntry.1.MessageBody': 'a & b',
      'SendMessageBatchRequestEntry.1.MessageAttribute.1.Name': 'raw',
      'SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType': 'Binary',
      'SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.BinaryValue': 'AQI=',
      'SendMessageBatchRequestEntry.2.Id': 'two',
      'SendMessageBatchRequestEntry.2.MessageBody': 'x',
      'SendMessageBatchRequestEntry.2.DelaySeconds': '1000',
    });
    expect(sent.body).toMatch(/<SendMessageBatchResultEntry><Id>one<\/Id>.*<BatchResultErrorEntry><Id>two<\/Id>/);
    const { body } = await call({
      Action: 'ReceiveMessage',
      QueueUrl,
      'AttributeName.1': 'All',
      'MessageAttributeName.1': 'All',
      MaxNumberOfMessages: '10',
    });
    expect(body).toContain('<Body>a &amp; b</Body>');
    expect(body).toContain('<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>');
    expect(body).toContain(
      '<MessageAttribute><Name>raw</Name><Value><DataType>Binary</DataType><BinaryValue>AQI=</BinaryValue></Value></MessageAttribute>',
    );
    const ReceiptHandle = /<ReceiptHandle>([^<]+)/.exec(body)?.[1] ?? '';
    expect(await call({ Action: 'DeleteMessage', QueueUrl, ReceiptHandle })).toMatchObject({ status: 200 });
    expect(await attributes(QueueUrl)).toMatchObject({ ApproximateNumberOfMessagesNotVisible: '0' });
  });

  it('is told errors in its own codes', async () => {
    const { status, body } = await call({ Action: 'GetQueueUrl', QueueName: 'nowhere' });
    expect([status, body]).toEqual([400, expect.stringContaining('<Code>AWS.SimpleQueueService.NonExistentQueue</Code>')]);
  });
});

describe('messages', () => {
  it('come as they were sent, with digests that the SDK verifies', async () => {
    const url = await createQueue('q');
    const sent = await sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: 'Grüße ☀',
        MessageAttributes: {
          kind: { DataType: 'String', StringValue: 'status' },
          count: { DataType: 'Number.int', StringValue: '15' },
          raw: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 1, 255]) },
        },
        MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793' } },
      }),
    );
    const [message] = await receive(url, { MessageAttributeNames: ['All'] });
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'Grüße ☀',
      MD5OfBody: sent.MD5OfMessageBody,
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'status' },
        count: { DataType: 'Number.int', StringValue: '15' },
        raw: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 1, 255]) },
      },
      Attributes: {
        SenderId: ACCOUNT,
        SentTimestamp: String(now),
        ApproximateReceiveCount: '1',
        ApproximateFirstReceiveTimestamp: String(now),
        AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
      },
    });
  });

  it('have the attribute digest that SQS computes', async () => {
    // Computed by an independent implementation: Python's hashlib over the layout that the Developer Guide describes.
    const url = await createQueue('q');
    const { MD5OfMessageAttributes } = await sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: 'x',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'status' } },
      }),
    );
    expect(MD5OfMessageAttributes).toBe('498173faa5118532fb4672da2868eb47');
  });

  it('are hidden while in flight and come back when the time is over', async () => {
    const url = await createQueue('q');
    await send(url, 'x');
    const [first] = await receive(url);
    expect(await receive(url)).toEqual([]);
    expect(await attributes(url)).toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '1' });
    now += 30_000;
    const [second] = await receive(url);
    expect(second?.Attributes).toMatchObject({ ApproximateReceiveCount: '2', ApproximateFirstReceiveTimestamp: String(now - 30_000) });
    // The older receipt deletes nothing.
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }));
    now += 30_000;
    const [third] = await receive(url);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: third?.ReceiptHandle }));
    now += 30_000;
    expect(await receive(url)).toEqual([]);
  });

  it('can be hidden longer, or given back', async () => {
    const url = await createQueue('q');
    await send(url, 'x');
    const [message] = await receive(url);
    const change = (VisibilityTimeout: number) =>
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout }));
    await change(100);
    now += 99_000;
    expect(await receive(url)).toEqual([]);
    await expect(change(43_200)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await change(0);
    expect(await receive(url)).toHaveLength(1);
  });

  it('are refused a change when they are not in flight, or the receipt is none', async () => {
    const url = await createQueue('q', { VisibilityTimeout: '1' });
    await send(url, 'x');
    const [message] = await receive(url);
    now += 1000;
    await expect(
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 9 })),
    ).rejects.toMatchObject({ name: 'MessageNotInflight' });
    await expect(sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: 'nonsense' }))).rejects.toMatchObject({
      name: 'ReceiptHandleIsInvalid',
    });
  });

  it('wait for their delay and go after the retention', async () => {
    const url = await createQueue('q', { DelaySeconds: '5', MessageRetentionPeriod: '60' });
    await send(url, 'x');
    expect(await receive(url)).toEqual([]);
    expect(await attributes(url)).toMatchObject({ ApproximateNumberOfMessagesDelayed: '1' });
    now += 5000;
    expect(await receive(url, { VisibilityTimeout: 0 })).toHaveLength(1);
    now += 55_000;
    expect(await receive(url)).toEqual([]);
    expect(await attributes(url)).toMatchObject({ ApproximateNumberOfMessages: '0' });
  });

  it('go in batches, each with its own outcome', async () => {
    const url = await createQueue('q');
    const { Successful, Failed } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: 'good', MessageBody: 'x' },
          { Id: 'late', MessageBody: 'x', DelaySeconds: 901 },
          { Id: 'odd', MessageBody: 'nul \u0000' },
        ],
      }),
    );
    expect(Successful?.map((entry) => entry.Id)).toEqual(['good']);
    expect(Failed?.map((entry) => [entry.Id, entry.Code, entry.SenderFault])).toEqual([
      ['late', 'InvalidParameterValue', true],
      ['odd', 'InvalidMessageContents', true],
    ]);
    const [message] = await receive(url);
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: 'a', ReceiptHandle: message?.ReceiptHandle },
          { Id: 'b', ReceiptHandle: 'nonsense' },
        ],
      }),
    );
    expect(deleted.Successful?.map((entry) => entry.Id)).toEqual(['a']);
    expect(deleted.Failed?.map((entry) => [entry.Id, entry.Code])).toEqual([['b', 'ReceiptHandleIsInvalid']]);
  });

  it.each([
    ['EmptyBatchRequest', []],
    ['BatchEntryIdsNotDistinct', ['a', 'a']],
    ['InvalidBatchEntryId', ['no spaces']],
    ['TooManyEntriesInBatchRequest', [...'abcdefghijk']],
  ])('are refused as a batch: %s', async (name, ids) => {
    const url = await createQueue('q');
    await expect(
      sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: ids.map((Id) => ({ Id, MessageBody: 'x' })) })),
    ).rejects.toMatchObject({ name });
  });

  it('may have 1 MiB and not a byte more, attributes counted', async () => {
    const url = await createQueue('q');
    await send(url, 'x'.repeat(1_048_576));
    await expect(
      sqs.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: 'x'.repeat(1_048_576 - 8),
          MessageAttributes: { abc: { DataType: 'String', StringValue: 'def' } },
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});

describe('long polling', () => {
  it('answers at once when a message comes', async () => {
    const url = await createQueue('q', { ReceiveMessageWaitTimeSeconds: '20' });
    const started = performance.now();
    const waiting = receive(url);
    await send(url, 'hello');
    expect((await waiting).map((message) => message.Body)).toEqual(['hello']);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('gives each message to one of many who wait', async () => {
    const url = await createQueue('q');
    const waiting = [1, 2, 3].map(() => receive(url, { WaitTimeSeconds: 20 }));
    for (const body of ['a', 'b', 'c']) await send(url, body);
    const bodies = (await Promise.all(waiting)).flat().map((message) => message.Body);
    // One who looks late may find two and leave another waiting for the next.
    expect(new Set(bodies).size).toBe(bodies.length);
  });

  it('loses nothing to a client that has gone away', async () => {
    const url = await createQueue('q');
    const leaving = new AbortController();
    const gone = sqs
      .send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 20 }), { abortSignal: leaving.signal })
      .catch((error: unknown) => error);
    const staying = receive(url, { WaitTimeSeconds: 20 });
    leaving.abort();
    await gone;
    await send(url, 'hello');
    expect(await staying).toHaveLength(1);
  });

  it('ends empty when the time is over', async () => {
    const url = await createQueue('q');
    const started = performance.now();
    expect(await receive(url, { WaitTimeSeconds: 1 })).toEqual([]);
    expect(performance.now() - started).toBeGreaterThan(900);
  });
});

describe('dead letters', () => {
  const dlqArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:dead`;
  const redrive = (maxReceiveCount: number) => ({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dlqArn, maxReceiveCount }) });

  it('go there after the allowed receives, and back by a move task', async () => {
    const dead = await createQueue('dead');
    const work = await createQueue('work', { ...redrive(2), VisibilityTimeout: '0' });
    await send(work, 'poison');
    expect(await receive(work)).toHaveLength(1);
    expect(await receive(work)).toHaveLength(1);
    expect(await receive(work)).toHaveLength(0);
    const [buried] = await receive(dead, { VisibilityTimeout: 0 });
    expect(buried).toMatchObject({
      Body: 'poison',
      Attributes: { DeadLetterQueueSourceArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:work`, ApproximateReceiveCount: '3' },
    });
    expect((await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }))).queueUrls).toEqual([work]);

    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dlqArn }));
    const task = async () => (await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: dlqArn }))).Results?.[0];
    await expect
      .poll(task)
      .toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1, ApproximateNumberOfMessagesToMove: 1 });
    const [back] = await receive(work);
    expect(back?.Attributes).toMatchObject({ ApproximateReceiveCount: '1' });
    expect(back?.MessageId).not.toBe(buried?.MessageId);
  });

  it('need the consent of the dead-letter queue', async () => {
    const dead = await createQueue('dead', { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
    await expect(createQueue('work', redrive(2))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: dead,
        Attributes: {
          RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [`arn:aws:sqs:${REGION}:${ACCOUNT}:work`] }),
        },
      }),
    );
    await createQueue('work', redrive(2));
    await expect(createQueue('other', redrive(2))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});

describe('the queue policy', () => {
  it('lets a service in for the source it names only', async () => {
    const topic = `arn:aws:sns:${REGION}:${ACCOUNT}:events`;
    const url = await createQueue('q', {
      Policy: JSON.stringify({
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'sns.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: '*',
            Condition: { ArnEquals: { 'aws:SourceArn': topic } },
          },
        ],
      }),
    });
    const sendAs = (sourceArn: string) =>
      test.cloud.call(
        'sqs',
        'SendMessage',
        { QueueUrl: url, MessageBody: 'x' },
        test.caller(servicePrincipal('sns.amazonaws.com', ACCOUNT, sourceArn)),
      );
    await sendAs(topic);
    await expect(sendAs(`${topic}-other`)).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});

it('keeps everything over a restart', async () => {
  const url = await createQueue('q', { VisibilityTimeout: '40' });
  await send(url, 'in flight');
  await receive(url);
  await send(url, 'waiting');
  test = await test.restart();
  sqs.destroy();
  sqs = new SQSClient(test.client);
  expect((await receive(url)).map((message) => message.Body)).toEqual(['waiting']);
  now += 40_000;
  expect((await receive(url)).map((message) => message.Body).sort()).toEqual(['in flight', 'waiting']);
});
