import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { SqsTestClient } from './sqs-test-client.ts';

let client: SqsTestClient;

beforeEach(async () => {
  client = await SqsTestClient.start();
});

afterEach(() => client.stop());

describe('messages', () => {
  it('come as they were sent, with digests that the SDK verifies', async () => {
    const url = await client.createQueue('q');
    const sent = await client.sdk.send(
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
    const [message] = await client.receive(url, { MessageAttributeNames: ['All'] });
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
        SentTimestamp: String(client.now),
        ApproximateReceiveCount: '1',
        ApproximateFirstReceiveTimestamp: String(client.now),
        AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
      },
    });
  });

  it('have the attribute digest that SQS computes', async () => {
    // Computed by an independent implementation: Python's hashlib over the layout that the Developer Guide describes.
    const url = await client.createQueue('q');
    const { MD5OfMessageAttributes } = await client.sdk.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: 'x',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'status' } },
      }),
    );
    expect(MD5OfMessageAttributes).toBe('498173faa5118532fb4672da2868eb47');
  });

  it('are hidden while in flight and come back when the time is over', async () => {
    const url = await client.createQueue('q');
    await client.send(url, 'x');
    const [first] = await client.receive(url);
    expect(await client.receive(url)).toEqual([]);
    expect(await client.attributes(url)).toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '1' });
    client.now += 30_000;
    const [second] = await client.receive(url);
    expect(second?.Attributes).toMatchObject({
      ApproximateReceiveCount: '2',
      ApproximateFirstReceiveTimestamp: String(client.now - 30_000),
    });
    // The older receipt deletes nothing.
    await client.sdk.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }));
    client.now += 30_000;
    const [third] = await client.receive(url);
    await client.sdk.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: third?.ReceiptHandle }));
    client.now += 30_000;
    expect(await client.receive(url)).toEqual([]);
  });

  it('can be hidden longer, or given back', async () => {
    const url = await client.createQueue('q');
    await client.send(url, 'x');
    const [message] = await client.receive(url);
    const change = (VisibilityTimeout: number) =>
      client.sdk.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout }));
    await change(100);
    client.now += 99_000;
    expect(await client.receive(url)).toEqual([]);
    await expect(change(43_200)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await change(0);
    expect(await client.receive(url)).toHaveLength(1);
  });

  it('are refused a change when they are not in flight, or the receipt is none', async () => {
    const url = await client.createQueue('q', { VisibilityTimeout: '1' });
    await client.send(url, 'x');
    const [message] = await client.receive(url);
    client.now += 1000;
    await expect(
      client.sdk.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 9 })),
    ).rejects.toMatchObject({ name: 'MessageNotInflight' });
    await expect(client.sdk.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: 'nonsense' }))).rejects.toMatchObject({
      name: 'ReceiptHandleIsInvalid',
    });
  });

  it('wait for their delay and go after the retention', async () => {
    const url = await client.createQueue('q', { DelaySeconds: '5', MessageRetentionPeriod: '60' });
    await client.send(url, 'x');
    expect(await client.receive(url)).toEqual([]);
    expect(await client.attributes(url)).toMatchObject({ ApproximateNumberOfMessagesDelayed: '1' });
    client.now += 5000;
    expect(await client.receive(url, { VisibilityTimeout: 0 })).toHaveLength(1);
    client.now += 55_000;
    expect(await client.receive(url)).toEqual([]);
    expect(await client.attributes(url)).toMatchObject({ ApproximateNumberOfMessages: '0' });
  });

  it('go in batches, each with its own outcome', async () => {
    const url = await client.createQueue('q');
    const { Successful, Failed } = await client.sdk.send(
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
    const [message] = await client.receive(url);
    const deleted = await client.sdk.send(
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
    const url = await client.createQueue('q');
    await expect(
      client.sdk.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: ids.map((Id) => ({ Id, MessageBody: 'x' })) })),
    ).rejects.toMatchObject({ name });
  });

  it('may have 1 MiB and not a byte more, attributes counted', async () => {
    const url = await client.createQueue('q');
    await client.send(url, 'x'.repeat(1_048_576));
    await expect(
      client.sdk.send(
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
    const url = await client.createQueue('q', { ReceiveMessageWaitTimeSeconds: '20' });
    const started = performance.now();
    const waiting = client.receive(url);
    await client.send(url, 'hello');
    expect((await waiting).map((message) => message.Body)).toEqual(['hello']);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('gives each message to one of many who wait', async () => {
    const url = await client.createQueue('q');
    const waiting = [1, 2, 3].map(() => client.receive(url, { WaitTimeSeconds: 20, MaxNumberOfMessages: 1 }));
    for (const body of ['a', 'b', 'c']) await client.send(url, body);
    const bodies = (await Promise.all(waiting)).map((messages) => messages.map((message) => message.Body).join());
    expect(bodies.sort()).toEqual(['a', 'b', 'c']);
  });

  it('gives nothing to a caller who has gone away', async () => {
    const QueueUrl = await client.createQueue('q');
    const leaving = new AbortController();
    const poll = (signal?: AbortSignal) =>
      client.cloud.cloud.call('sqs', 'ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 }, { ...client.cloud.caller(), signal });
    const gone = poll(leaving.signal);
    const staying = poll();
    leaving.abort();
    await client.send(QueueUrl, 'hello');
    expect(await gone).toEqual({});
    expect(await staying).toMatchObject({ Messages: [{ Body: 'hello' }] });
  });

  it('ends with the connection of its client', async () => {
    const QueueUrl = await client.createQueue('q');
    let ended = 0;
    client.cloud.cloud.onCall(({ operation }) => {
      if (operation === 'ReceiveMessage') ended += 1;
    });
    await expect
      .poll(
        async () => {
          const abortSignal = AbortSignal.timeout(200);
          await client.sdk.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), { abortSignal }).catch(() => undefined);
          return ended;
        },
        { timeout: 10_000 },
      )
      .toBeGreaterThan(0);
  });

  it('ends empty when the time is over', async () => {
    const url = await client.createQueue('q');
    const started = performance.now();
    expect(await client.receive(url, { WaitTimeSeconds: 1 })).toEqual([]);
    expect(performance.now() - started).toBeGreaterThan(900);
  });
});

describe('dead letters', () => {
  const dlqArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:dead`;
  const redrive = (maxReceiveCount: number) => ({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dlqArn, maxReceiveCount }) });

  it('go there after the allowed receives, and back by a move task', async () => {
    const dead = await client.createQueue('dead');
    const work = await client.createQueue('work', { ...redrive(2), VisibilityTimeout: '0' });
    await client.send(work, 'poison');
    expect(await client.receive(work)).toHaveLength(1);
    expect(await client.receive(work)).toHaveLength(1);
    expect(await client.receive(work)).toHaveLength(0);
    const [buried] = await client.receive(dead, { VisibilityTimeout: 0 });
    expect(buried).toMatchObject({
      Body: 'poison',
      Attributes: { DeadLetterQueueSourceArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:work`, ApproximateReceiveCount: '3' },
    });
    expect((await client.sdk.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }))).queueUrls).toEqual([work]);
    const more = await client.createQueue('more', redrive(2));
    const sources = (input: { MaxResults?: number; NextToken?: string | undefined }) =>
      client.sdk.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead, ...input }));
    const first = await sources({ MaxResults: 1 });
    const second = await sources({ MaxResults: 1, NextToken: first.NextToken });
    expect([first.queueUrls, second.queueUrls, second.NextToken]).toEqual([[more], [work], undefined]);

    await client.sdk.send(new StartMessageMoveTaskCommand({ SourceArn: dlqArn }));
    const task = async () => (await client.sdk.send(new ListMessageMoveTasksCommand({ SourceArn: dlqArn }))).Results?.[0];
    await expect
      .poll(task)
      .toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1, ApproximateNumberOfMessagesToMove: 1 });
    const [back] = await client.receive(work);
    expect(back?.Attributes).toMatchObject({ ApproximateReceiveCount: '1' });
    expect(back?.MessageId).not.toBe(buried?.MessageId);
  });

  it('need the consent of the dead-letter queue', async () => {
    const dead = await client.createQueue('dead', { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
    await expect(client.createQueue('work', redrive(2))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await client.sdk.send(
      new SetQueueAttributesCommand({
        QueueUrl: dead,
        Attributes: {
          RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [`arn:aws:sqs:${REGION}:${ACCOUNT}:work`] }),
        },
      }),
    );
    await client.createQueue('work', redrive(2));
    await expect(client.createQueue('other', redrive(2))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});

it('keeps everything over a restart', async () => {
  const url = await client.createQueue('q', { VisibilityTimeout: '40' });
  await client.send(url, 'in flight');
  await client.receive(url);
  await client.send(url, 'waiting');
  await client.restart();
  expect((await client.receive(url)).map((message) => message.Body)).toEqual(['waiting']);
  client.now += 40_000;
  expect((await client.receive(url)).map((message) => message.Body).sort()).toEqual(['in flight', 'waiting']);
});
