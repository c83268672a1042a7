import {
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { servicePrincipal } from '../../kernel/principal.ts';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { SqsTestClient } from './sqs-test-client.ts';

let client: SqsTestClient;

beforeEach(async () => {
  client = await SqsTestClient.start();
});

afterEach(() => client.stop());

describe('queues', () => {
  it('are made once, and refused under the same name with another value', async () => {
    const url = await client.createQueue('work', { VisibilityTimeout: '60' });
    expect(url).toBe(`${client.cloud.endpoint}/${ACCOUNT}/work`);
    expect(await client.createQueue('work', { VisibilityTimeout: '60' })).toBe(url);
    await expect(client.createQueue('work', { VisibilityTimeout: '61' })).rejects.toMatchObject({ name: 'QueueNameExists' });
    expect(await client.attributes(url)).toEqual({
      QueueArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:work`,
      CreatedTimestamp: String(client.now / 1000),
      LastModifiedTimestamp: String(client.now / 1000),
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
    await client.createQueue('a-1');
    await client.createQueue('a-2');
    await client.createQueue('b-1');
    const { QueueUrl } = await client.sdk.send(new GetQueueUrlCommand({ QueueName: 'a-2' }));
    expect(QueueUrl).toBe(`${client.cloud.endpoint}/${ACCOUNT}/a-2`);
    const first = await client.sdk.send(new ListQueuesCommand({ QueueNamePrefix: 'a', MaxResults: 1 }));
    const second = await client.sdk.send(new ListQueuesCommand({ QueueNamePrefix: 'a', MaxResults: 1, NextToken: first.NextToken }));
    expect([first.QueueUrls, second.QueueUrls, second.NextToken]).toEqual([
      [`${client.cloud.endpoint}/${ACCOUNT}/a-1`],
      [`${client.cloud.endpoint}/${ACCOUNT}/a-2`],
      undefined,
    ]);
  });

  it('that are missing are told in the names of both protocols', async () => {
    const error = await client.sdk.send(new GetQueueUrlCommand({ QueueName: 'nowhere' })).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'QueueDoesNotExist', message: 'The specified queue does not exist.' });
    const raw = await fetch(client.cloud.endpoint, {
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
    const url = await client.createQueue('gone');
    await client.send(url, 'x');
    await client.sdk.send(new DeleteQueueCommand({ QueueUrl: url }));
    await expect(client.receive(url)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    await expect(client.createQueue('gone')).rejects.toMatchObject({ name: 'QueueDeletedRecently' });
    client.now += 60_000;
    expect(await client.receive(await client.createQueue('gone'))).toEqual([]);
  });

  it('are purged once a minute', async () => {
    const url = await client.createQueue('full');
    await client.send(url, 'x');
    await client.sdk.send(new PurgeQueueCommand({ QueueUrl: url }));
    expect(await client.receive(url)).toEqual([]);
    await expect(client.sdk.send(new PurgeQueueCommand({ QueueUrl: url }))).rejects.toMatchObject({ name: 'PurgeQueueInProgress' });
  });

  it('carry tags', async () => {
    const QueueUrl = await client.createQueue('tagged');
    await client.sdk.send(new TagQueueCommand({ QueueUrl, Tags: { repo: 'ingest', stage: 'dev' } }));
    await client.sdk.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['stage'] }));
    expect((await client.sdk.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ repo: 'ingest' });
  });

  it.each([
    [{ VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
    [{ MaximumMessageSize: '1048577' }, 'InvalidAttributeValue'],
    [{ Policy: '{"Statement": [{"Effect": "Maybe"}]}' }, 'InvalidAttributeValue'],
    [{ Colour: 'blue' }, 'InvalidAttributeName'],
    [{ constructor: '5' }, 'InvalidAttributeName'],
    [{ FifoQueue: 'true' }, 'NotCarriedOut'],
    [
      { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:none`, maxReceiveCount: 1 }) },
      'InvalidParameterValue',
    ],
  ])('refuse %j', async (wanted, name) => {
    await expect(client.createQueue('bad', wanted)).rejects.toMatchObject({ name });
    await expect(client.sdk.send(new GetQueueUrlCommand({ QueueName: 'bad' }))).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });

  it('are the same under another port, as after a restart', async () => {
    await client.createQueue('stays');
    const elsewhere = `http://127.0.0.1:1/${ACCOUNT}/stays`;
    await client.send(elsewhere, 'hello');
    expect((await client.receive(elsewhere)).map((message) => message.Body)).toEqual(['hello']);
  });

  it('are apart by account and region', async () => {
    await client.createQueue('mine');
    const other = new SQSClient({ ...client.cloud.client, region: 'eu-west-1' });
    const { QueueUrls } = await other.send(new ListQueuesCommand({}));
    expect(QueueUrls).toBeUndefined();
    other.destroy();
  });
});

describe('a client of the Query protocol', () => {
  const call = async (parameters: Record<string, string>) => {
    const answer = await fetch(client.cloud.endpoint, {
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
    const QueueUrl = `${client.cloud.endpoint}/${ACCOUNT}/old`;
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
    expect(await client.attributes(QueueUrl)).toMatchObject({ ApproximateNumberOfMessagesNotVisible: '0' });
  });

  it('is told errors in its own codes', async () => {
    const { status, body } = await call({ Action: 'GetQueueUrl', QueueName: 'nowhere' });
    expect([status, body]).toEqual([400, expect.stringContaining('<Code>AWS.SimpleQueueService.NonExistentQueue</Code>')]);
  });
});

describe('the queue policy', () => {
  it('lets a service in for the source it names only', async () => {
    const topic = `arn:aws:sns:${REGION}:${ACCOUNT}:events`;
    const url = await client.createQueue('q', {
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
      client.cloud.cloud.call(
        'sqs',
        'SendMessage',
        { QueueUrl: url, MessageBody: 'x' },
        client.cloud.caller(servicePrincipal('sns.amazonaws.com', ACCOUNT, sourceArn)),
      );
    await sendAs(topic);
    await expect(sendAs(`${topic}-other`)).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});
