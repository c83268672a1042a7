import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { S3 } from '@aws-sdk/client-s3';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { SSM } from '@aws-sdk/client-ssm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDb } from '../services/dynamodb/dynamodb-service.ts';
import { key, s, tableInput } from '../services/dynamodb/test-table.ts';
import { createS3 } from '../services/s3/s3-service.ts';
import { createSns } from '../services/sns/sns-service.ts';
import { createSqs } from '../services/sqs/sqs-service.ts';
import { createSsm } from '../services/ssm/ssm-service.ts';
import { startTestCloud, type TestCloud } from '../testing/test-cloud.ts';
import { createMetering } from './metering-service.ts';
import { readUsage, usageBetween } from './read-usage.ts';

let bench: TestCloud;
let db: DynamoDB;
let made = 0;
const TableName = 'units';
const fresh = () => key(`fresh-${++made}`);
const KB = 1024;

beforeAll(async () => {
  bench = await startTestCloud([createMetering, createDynamoDb, createS3, createSqs, createSns, createSsm]);
  db = new DynamoDB(bench.client);
  await db.createTable(tableInput(TableName));
});
afterAll(() => bench.stop());

/** `operation resource`: units, of what the work took. */
async function unitsOf(work: () => Promise<unknown>): Promise<Record<string, object>> {
  const before = await readUsage(bench.endpoint);
  await work();
  const after = await readUsage(bench.endpoint);
  return Object.fromEntries(
    usageBetween(before, after).map(({ operation, resource, units }) => [
      `${operation}${resource === undefined ? '' : ` ${resource}`}`,
      units,
    ]),
  );
}

const refused = (work: Promise<unknown>) => expect(work).rejects.toThrow();

describe('DynamoDB (Developer Guide, "DynamoDB read and write operations", "Working with items and attributes", "DynamoDB Transactions: How it works")', () => {
  it('counts what ReturnConsumedCapacity tells, whether or not it is asked for, at any size', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 * KB }), fc.boolean(), fc.boolean(), async (bytes, indexed, ConsistentRead) => {
        const Item = { ...fresh(), ...(indexed ? { gsi1pk: s('g'), gsi1sk: s(String(made)) } : {}), fill: s('x'.repeat(bytes)) };
        const Key = { pk: Item.pk, sk: Item.sk };
        let told = { wru: 0, rru: 0 };
        const units = await unitsOf(async () => {
          const put = await db.putItem({ TableName, Item, ReturnConsumedCapacity: 'TOTAL' });
          const got = await db.getItem({ TableName, Key, ConsistentRead, ReturnConsumedCapacity: 'TOTAL' });
          told = { wru: put.ConsumedCapacity?.CapacityUnits ?? 0, rru: got.ConsumedCapacity?.CapacityUnits ?? 0 };
        });
        const wru = indexed ? told.wru / 2 : told.wru;
        expect(units).toEqual({
          'PutItem units': { wru },
          ...(indexed ? { 'PutItem units/index/gsi1': { wru } } : {}),
          'GetItem units': { rru: told.rru },
        });
        // Not only told alike, but right: names, key and fill, with the index's attributes.
        const size = 2 + Item.pk.S.length + 2 + 1 + 4 + bytes + (indexed ? 6 + 1 + 6 + String(made).length : 0);
        expect([wru, told.rru]).toEqual([Math.ceil(size / KB), Math.ceil(size / (4 * KB)) * (ConsistentRead ? 1 : 0.5)]);
      }),
      { numRuns: 30 },
    );
  });

  it('counts a failed condition by the item that is there, and one unit where there is none, without indexes', async () => {
    const item = { ...fresh(), gsi1pk: s('g'), gsi1sk: s('failed'), fill: s('x'.repeat(2500)) };
    await db.putItem({ TableName, Item: item });
    const ConditionExpression = 'attribute_not_exists(pk)';
    const byTheExisting = { 'PutItem units': { wru: 3 } };
    expect(await unitsOf(() => refused(db.putItem({ TableName, Item: { ...item, fill: s('x') }, ConditionExpression })))).toEqual(
      byTheExisting,
    );
    const none = { TableName, Key: fresh(), ConditionExpression: 'attribute_exists(pk)' };
    expect(await unitsOf(() => refused(db.deleteItem(none)))).toEqual({ 'DeleteItem units': { wru: 1 } });
  });

  it('counts nothing for what is refused before it reaches an item', async () => {
    const units = await unitsOf(() => refused(db.putItem({ TableName, Item: { pk: s('only') } })));
    expect(units).toEqual({ PutItem: {} });
  });

  it('doubles transactions, and counts a cancelled one for its tables', async () => {
    const Item = { ...fresh(), gsi1pk: s('g'), gsi1sk: s('t'), fill: s('x'.repeat(1500)) };
    const write = { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
    const other = { Put: { TableName, Item: fresh() } };
    const transaction = () => db.transactWriteItems({ TransactItems: [write, other] });
    expect(await unitsOf(transaction)).toEqual({
      'TransactWriteItems units': { wru: 6 },
      'TransactWriteItems units/index/gsi1': { wru: 4 },
    });
    expect(await unitsOf(() => refused(transaction()))).toEqual({ 'TransactWriteItems units': { wru: 6 } });
    const Key = { pk: Item.pk, sk: Item.sk };
    expect(await unitsOf(() => db.transactGetItems({ TransactItems: [{ Get: { TableName, Key } }] }))).toEqual({
      'TransactGetItems units': { rru: 2 },
    });
  });

  it('counts each item of a batch by itself, and a query as the index that it reads', async () => {
    const items = [1, 1500, 3000].map((bytes, index) => ({
      ...fresh(),
      gsi1pk: s('batch'),
      gsi1sk: s(String(index)),
      fill: s('x'.repeat(bytes)),
    }));
    const RequestItems = { [TableName]: items.map((Item) => ({ PutRequest: { Item } })) };
    expect(await unitsOf(() => db.batchWriteItem({ RequestItems }))).toEqual({
      'BatchWriteItem units': { wru: 6 },
      'BatchWriteItem units/index/gsi1': { wru: 6 },
    });
    const Keys = items.map(({ pk, sk }) => ({ pk, sk }));
    expect(await unitsOf(() => db.batchGetItem({ RequestItems: { [TableName]: { Keys } } }))).toEqual({
      'BatchGetItem units': { rru: 1.5 },
    });
    // 4,501 bytes of fill together, and their names: two started 4 KB, half of it for eventual consistency.
    const query = { TableName, KeyConditionExpression: 'gsi1pk = :g', ExpressionAttributeValues: { ':g': s('batch') }, IndexName: 'gsi1' };
    expect(await unitsOf(() => db.query(query))).toEqual({ 'Query units/index/gsi1': { rru: 1 } });
    const nothing = { ...query, ExpressionAttributeValues: { ':g': s('none') } };
    expect(await unitsOf(() => db.query(nothing))).toEqual({ 'Query units/index/gsi1': { rru: 0.5 } });
    expect(Object.keys(await unitsOf(() => db.scan({ TableName, IndexName: 'gsi2' })))).toEqual(['Scan units/index/gsi2']);
  });
});

describe('S3 (Amazon S3 Pricing, "Requests & data retrievals")', () => {
  it('tells two classes apart, deletes for nothing, and tells what lies there', async () => {
    const s3 = new S3(bench.client);
    const Bucket = 'metered-bucket';
    await s3.createBucket({ Bucket });
    const object = { Bucket, Key: 'a' };
    const units = await unitsOf(async () => {
      await s3.putObject({ ...object, Body: 'x'.repeat(1000) });
      await s3.copyObject({ Bucket, Key: 'b', CopySource: `${Bucket}/a` });
      await s3.listObjectsV2({ Bucket });
      await s3.getObject(object);
      await s3.headObject(object);
      await refused(s3.getObject({ Bucket, Key: 'none' }));
      await s3.deleteObject(object);
    });
    expect(units).toEqual({
      'PutObject metered-bucket': { put_requests: 1 },
      'CopyObject metered-bucket': { put_requests: 1 },
      'ListObjectsV2 metered-bucket': { put_requests: 1 },
      'GetObject metered-bucket': { get_requests: 2 },
      'HeadObject metered-bucket': { get_requests: 1 },
      'DeleteObject metered-bucket': {},
    });
    const { UploadId } = await s3.createMultipartUpload({ Bucket, Key: 'parts' });
    await s3.uploadPart({ Bucket, Key: 'parts', UploadId, PartNumber: 1, Body: 'y'.repeat(500) });
    const { stored } = await readUsage(bench.endpoint);
    expect(stored.find(({ resource }) => resource === Bucket)).toMatchObject({ service: 's3', bytes: 1500, items: 1 });
  });
});

describe('SQS (Amazon SQS Pricing: each action is a request, each 64 KB chunk of a payload is one)', () => {
  it('counts chunks of what is sent and received, and empty receives', { timeout: 60_000 }, async () => {
    const sqs = new SQS(bench.client);
    const { QueueUrl } = await sqs.createQueue({ QueueName: 'metered' });
    const receive = () => sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] });
    expect(await unitsOf(receive)).toEqual({ 'ReceiveMessage metered': { requests: 1 } });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 * KB }), async (bytes) => {
        const MessageBody = 'x'.repeat(bytes);
        const requests = Math.ceil((bytes + 'kind'.length + 'String'.length + 1) / (64 * KB));
        const MessageAttributes = { kind: { DataType: 'String', StringValue: 'k' } };
        const send = () => sqs.sendMessage({ QueueUrl, MessageBody, MessageAttributes });
        expect(await unitsOf(send)).toEqual({ 'SendMessage metered': { requests } });
        let ReceiptHandle: string | undefined;
        const take = async () => {
          ReceiptHandle = (await receive()).Messages?.[0]?.ReceiptHandle;
        };
        expect(await unitsOf(take)).toEqual({ 'ReceiveMessage metered': { requests } });
        const remove = () => sqs.deleteMessage({ QueueUrl, ReceiptHandle });
        expect(await unitsOf(remove)).toEqual({ 'DeleteMessage metered': { requests: 1 } });
      }),
      { numRuns: 15 },
    );
    const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: 'x'.repeat(7 * KB) }));
    expect(await unitsOf(() => sqs.sendMessageBatch({ QueueUrl, Entries }))).toEqual({ 'SendMessageBatch metered': { requests: 2 } });
  });
});

describe('SNS (Amazon SNS Pricing)', () => {
  it('counts publishes by 64 KB, a batch as one payload, and deliveries by their kind', async () => {
    const sns = new SNS(bench.client);
    const sqs = new SQS(bench.client);
    const { TopicArn } = await sns.createTopic({ Name: 'metered-topic' });
    const publish = (bytes: number) => () => sns.publish({ TopicArn, Message: 'x'.repeat(bytes) });
    expect(await unitsOf(publish(64 * KB))).toEqual({ 'Publish metered-topic': { requests: 1 } });
    expect(await unitsOf(publish(64 * KB + 1))).toEqual({ 'Publish metered-topic': { requests: 2 } });
    const PublishBatchRequestEntries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), Message: 'x'.repeat(7 * KB) }));
    expect(await unitsOf(() => sns.publishBatch({ TopicArn, PublishBatchRequestEntries }))).toEqual({
      'PublishBatch metered-topic': { requests: 2 },
    });
    const { QueueUrl } = await sqs.createQueue({ QueueName: 'told' });
    const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['QueueArn'] });
    const QueueArn = Attributes?.['QueueArn'] ?? '';
    const Statement = [{ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: QueueArn }];
    await sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) } });
    await sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: QueueArn });
    const before = await readUsage(bench.endpoint);
    await publish(10)();
    await expect
      .poll(async () => usageBetween(before, await readUsage(bench.endpoint)).map(({ operation, units }) => ({ operation, units })))
      .toEqual(
        expect.arrayContaining([
          { operation: 'Publish', units: { requests: 1 } },
          { operation: 'SendMessage', units: { requests: 1 } },
          { operation: 'delivery-sqs', units: { deliveries: 1 } },
        ]),
      );
  });
});

describe('Parameter Store (AWS Systems Manager Pricing)', () => {
  it('costs nothing but the requests to KMS of a SecureString', async () => {
    const ssm = new SSM(bench.client);
    const units = await unitsOf(async () => {
      await ssm.putParameter({ Name: '/plain', Value: 'x', Type: 'String' });
      await ssm.putParameter({ Name: '/secret', Value: 'x', Type: 'SecureString' });
      await ssm.getParameters({ Names: ['/plain', '/secret'], WithDecryption: true });
      await ssm.getParameter({ Name: '/secret' });
      await ssm.getParametersByPath({ Path: '/', WithDecryption: true });
    });
    expect(units).toEqual({
      PutParameter: {},
      GetParameters: {},
      GetParameter: {},
      GetParametersByPath: {},
      encrypt: { requests: 1 },
      decrypt: { requests: 2 },
    });
  });
});
