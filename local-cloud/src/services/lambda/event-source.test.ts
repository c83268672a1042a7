import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { type LambdaCloud, lambdaCloud, startLambdaCloud } from './testing/lambda-cloud.ts';

const EventSourceArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:events`;
const POLLER = { Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], Resource: EventSourceArn };
/** Tells the queue `seen` each event it is given, then does what its bodies say. */
const TELLER = `const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
const client = new SQSClient({});
exports.handler = async (event) => {
  await client.send(new SendMessageCommand({ QueueUrl: process.env.SEEN, MessageBody: JSON.stringify(event) }));
  if (event.Records.some(({ body }) => body === 'throw')) throw new Error('whole batch');
  return { batchItemFailures: event.Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({ itemIdentifier: messageId })) };
};`;

let cloud: LambdaCloud;
let sqs: SQSClient;
const url = (queue: string) => `${cloud.test.endpoint}/${ACCOUNT}/${queue}`;

beforeEach(async () => {
  cloud = await startLambdaCloud();
  sqs = new SQSClient(cloud.test.client);
  await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
  await sqs.send(new CreateQueueCommand({ QueueName: 'seen' }));
  await sqs.send(
    new CreateQueueCommand({
      QueueName: 'events',
      Attributes: {
        VisibilityTimeout: '10',
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:dead`, maxReceiveCount: 2 }),
      },
    }),
  );
  await cloud.allow({ Action: 'logs:*', Resource: '*' }, { Action: 'sqs:SendMessage', Resource: '*' }, POLLER);
  await cloud.create('teller', TELLER, { Timeout: 10, Environment: { Variables: { SEEN: url('seen') } } });
});
afterEach(() => cloud.test.stop());

const map = (more: Partial<CreateEventSourceMappingCommandInput> = {}) =>
  cloud.lambda.send(new CreateEventSourceMappingCommand({ FunctionName: 'teller', EventSourceArn, ...more }));
const depth = async (queue: string) => {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url(queue), AttributeNames: [...AttributeNames] }));
  return AttributeNames.map((name) => Number(Attributes?.[name]));
};
interface SqsEvent {
  readonly Records: { readonly body: string }[];
}
const seen = async (): Promise<SqsEvent[]> => {
  const { Messages = [] } = await cloud.test.cloud.call<{ Messages?: { Body: string }[] }>(
    'sqs',
    'ReceiveMessage',
    { QueueUrl: url('seen'), MaxNumberOfMessages: 10, VisibilityTimeout: 0 },
    cloud.test.caller(),
  );
  return Messages.map(({ Body }) => JSON.parse(Body) as SqsEvent);
};

it('hands messages over in AWS’s shape and deletes them', async () => {
  const { UUID = '', State } = await map();
  expect(State).toBe('Enabled');
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: url('events'),
      MessageBody: 'hello',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'greeting' } },
    }),
  );
  await expect.poll(seen, { timeout: 5_000 }).toEqual([
    {
      Records: [
        {
          messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          receiptHandle: expect.any(String),
          body: 'hello',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: ACCOUNT,
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: { kind: { stringValue: 'greeting', stringListValues: [], binaryListValues: [], dataType: 'String' } },
          md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
          md5OfBody: '5d41402abc4b2a76b9719d911017c592',
          eventSource: 'aws:sqs',
          eventSourceARN: EventSourceArn,
          awsRegion: REGION,
        },
      ],
    },
  ]);
  await expect.poll(() => depth('events')).toEqual([0, 0]);
  expect((await cloud.lambda.send(new ListEventSourceMappingsCommand({ FunctionName: 'teller' }))).EventSourceMappings).toMatchObject([
    { UUID, EventSourceArn, BatchSize: 10 },
  ]);
});

it('keeps back what the function reports as failed, until the queue buries it', async () => {
  await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: url('events'),
      Entries: ['good', 'bad', 'fine'].map((MessageBody, index) => ({ Id: String(index), MessageBody })),
    }),
  );
  await cloud.test.cloud.call(
    'sqs',
    'SetQueueAttributes',
    { QueueUrl: url('events'), Attributes: { VisibilityTimeout: '1' } },
    cloud.test.caller(),
  );
  await cloud.test.cloud.call('lambda', 'UpdateFunctionConfiguration', { FunctionName: 'teller', Timeout: 1 }, cloud.test.caller());
  await map({ FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: { MaximumConcurrency: 2 } });
  await expect.poll(() => depth('dead'), { timeout: 10_000 }).toEqual([1, 0]);
  const bodies = (await seen()).map(({ Records }) => Records.map(({ body }) => body).sort());
  expect(bodies.sort((a, b) => b.length - a.length)).toEqual([['bad', 'fine', 'good'], ['bad']]);
  expect(await depth('events')).toEqual([0, 0]);
});

it('deletes nothing of a batch that failed', async () => {
  await map({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
  await sqs.send(new SendMessageCommand({ QueueUrl: url('events'), MessageBody: 'throw' }));
  await expect.poll(async () => (await seen()).length, { timeout: 5_000 }).toBe(1);
  await expect.poll(() => depth('events')).toEqual([0, 1]);
});

it('gathers batches within their window', async () => {
  await map({ BatchSize: 25, MaximumBatchingWindowInSeconds: 1 });
  for (let batch = 0; batch < 3; batch += 1) {
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: url('events'),
        Entries: Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: `${batch}-${index}` })),
      }),
    );
  }
  await expect
    .poll(async () => (await seen()).map(({ Records }) => Records.length).sort((a, b) => b - a), { timeout: 8_000 })
    .toEqual([25, 5]);
});

it('puts messages that come within the window into one batch, also a small one, and one that comes later into the next', async () => {
  await map({ BatchSize: 10, MaximumBatchingWindowInSeconds: 2 });
  const send = (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl: url('events'), MessageBody }));
  await send('first');
  // Taken before the second comes: it waits in no queue.
  await expect.poll(() => depth('events'), { timeout: 5_000 }).toEqual([0, 1]);
  await send('second');
  const batches = async () => (await seen()).map(({ Records }) => Records.map(({ body }) => body));
  await expect.poll(batches, { timeout: 10_000 }).toEqual([['first', 'second']]);
  await send('third');
  await expect.poll(async () => (await batches()).toSorted(), { timeout: 10_000 }).toEqual([['first', 'second'], ['third']]);
});

it('stops when disabled, goes on when enabled and after a restart, ends when deleted', async () => {
  const { UUID = '' } = await map();
  await cloud.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  await sqs.send(new SendMessageCommand({ QueueUrl: url('events'), MessageBody: 'one' }));
  expect((await cloud.lambda.send(new GetEventSourceMappingCommand({ UUID }))).State).toBe('Disabled');
  expect(await depth('events')).toEqual([1, 0]);
  await cloud.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
  await expect.poll(() => depth('events'), { timeout: 5_000 }).toEqual([0, 0]);
  cloud = lambdaCloud(await cloud.test.restart());
  sqs = new SQSClient(cloud.test.client);
  await cloud.test.cloud.call(
    'lambda',
    'UpdateFunctionConfiguration',
    { FunctionName: 'teller', Environment: { Variables: { SEEN: url('seen') } } },
    cloud.test.caller(),
  );
  await sqs.send(new SendMessageCommand({ QueueUrl: url('events'), MessageBody: 'two' }));
  await expect
    .poll(async () => (await seen()).flatMap(({ Records }) => Records.map(({ body }) => body)).sort(), { timeout: 5_000 })
    .toEqual(['one', 'two']);
  await cloud.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
  await sqs.send(new SendMessageCommand({ QueueUrl: url('events'), MessageBody: 'three' }));
  expect(await depth('events')).toEqual([1, 0]);
});

it.each(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'])('needs %s in the role', async (missing) => {
  await cloud.allow({ ...POLLER, Action: POLLER.Action.filter((action) => action !== missing) });
  await expect(map()).rejects.toThrow(`The function execution role does not have permissions to call ${missing.slice(4)} on SQS`);
});

it('polls with what the role may do now, and says when it may not', async () => {
  await map();
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    await cloud.allow({ Action: 'logs:*', Resource: '*' });
    await sqs.send(new SendMessageCommand({ QueueUrl: url('events'), MessageBody: 'late' }));
    await vi.waitFor(
      () => expect(told.mock.calls.flat().join('\n')).toMatch(/does not reach teller: .*sqs:(Receive|Delete)Message/),
      5_000,
    );
  } finally {
    told.mockRestore();
  }
});

it('refuses a queue whose messages come back before the function may end, and large batches without a window', async () => {
  await cloud.test.cloud.call('lambda', 'UpdateFunctionConfiguration', { FunctionName: 'teller', Timeout: 11 }, cloud.test.caller());
  await expect(map()).rejects.toThrow('Queue visibility timeout: 10 seconds is less than Function timeout: 11 seconds');
  await cloud.test.cloud.call('lambda', 'UpdateFunctionConfiguration', { FunctionName: 'teller', Timeout: 5 }, cloud.test.caller());
  await expect(map({ BatchSize: 11 })).rejects.toThrow('Maximum batch window in seconds must be greater than 0');
});
