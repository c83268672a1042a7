import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateAliasCommand, PublishVersionCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDynamoDb } from '../services/dynamodb/dynamodb-service.ts';
import { type LambdaCloud, startLambdaCloud } from '../services/lambda/testing/lambda-cloud.ts';
import { createSsm } from '../services/ssm/ssm-service.ts';
import { createConsole } from './console-service.ts';
import { functionDetail } from './shapes/functions.ts';
import { invocationDetail, invocationList } from './shapes/invocations.ts';
import { queryResults, startedQuery } from './shapes/logs.ts';
import { picture } from './shapes/picture.ts';
import { messageList, queueList } from './shapes/queues.ts';
import { itemPage } from './shapes/tables.ts';

/** What a device might send to whoever looks at it. */
const HOSTILE = '</script><img src=x onerror=alert(1)>"\u2028';

let cloud: LambdaCloud;
let dynamodb: DynamoDBClient;
let sqs: SQSClient;

beforeAll(async () => {
  cloud = await startLambdaCloud({ services: [createConsole, createDynamoDb, createSsm] });
  dynamodb = new DynamoDBClient(cloud.test.client);
  sqs = new SQSClient(cloud.test.client);
  await cloud.create('takes', "exports.handler = async (event) => { console.log('took ' + event.text); return { took: event.text }; };");
  await cloud.create('fails', "exports.handler = async () => { throw new RangeError('no'); };");
});
afterAll(async () => {
  dynamodb.destroy();
  sqs.destroy();
  await cloud.test.stop();
});

const ask = (path: string, init?: RequestInit) => fetch(`${cloud.test.endpoint}/_local${path}`, init);
const read = async (path: string): Promise<unknown> => {
  const response = await ask(path);
  expect(response.status, path).toBe(200);
  return response.json();
};
const post = (path: string, body: unknown, headers: Record<string, string> = { Origin: cloud.test.endpoint }) =>
  ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });

it('shows the versions of a function and how an alias shares between them, and which of them ran', async () => {
  const { lambda } = cloud;
  await cloud.create('versioned', "exports.handler = async () => 'first';");
  await lambda.send(new PublishVersionCommand({ FunctionName: 'versioned' }));
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'versioned', MemorySize: 256 }));
  await lambda.send(new PublishVersionCommand({ FunctionName: 'versioned' }));
  const RoutingConfig = { AdditionalVersionWeights: { '2': 0.1 } };
  await lambda.send(new CreateAliasCommand({ FunctionName: 'versioned', Name: 'live', FunctionVersion: '1', RoutingConfig }));
  const { aliases, versions } = functionDetail.parse(await read('/api/functions/versioned'));
  expect(aliases).toEqual([
    { name: 'live', shares: [expect.objectContaining({ version: '1', share: 0.9 }), { version: '2', share: 0.1 }] },
  ]);
  expect(versions.map(({ version, memory_mb }) => [version, memory_mb])).toEqual([
    ['2', 256],
    ['1', 128],
  ]);
  await cloud.invoke('versioned');
  await cloud.invoke('versioned:2');
  const { invocations } = invocationList.parse(await read('/invocations?function=versioned'));
  expect(invocations.map(({ version }) => version)).toEqual(['2', undefined]);
});

describe('/_local/invocations', () => {
  it('keeps an invocation with its log, event and answer, and leaves secrets out', async () => {
    const { requestId } = await cloud.invoke('takes', { text: HOSTILE, headers: { 'x-webhook-secret': 'hush', Authorization: 'hush' } });
    const one = invocationDetail.parse(await read(`/invocations/${requestId}`));
    expect(one).toMatchObject({ function: 'takes', source: 'invoke', cold_start: true, memory_mb: 128 });
    expect(one.trace_id).toMatch(/^1-[0-9a-f]{8}-/);
    expect(one.log.some(({ text }) => text.includes(HOSTILE))).toBe(true);
    expect(one.event).toContain('(not shown)');
    expect(JSON.stringify(one)).not.toContain('hush');
    expect(JSON.parse(one.answer ?? '')).toEqual({ took: HOSTILE });
  });

  it('lists by function and failure, newest first', async () => {
    await cloud.invoke('fails');
    const { requestId } = await cloud.invoke('fails');
    const { invocations } = invocationList.parse(await read('/invocations?function=fails&errors=true&limit=1'));
    expect(invocations).toMatchObject([{ request_id: requestId, error_type: 'RangeError' }]);
    expect((await ask('/invocations?limit=none')).status).toBe(400);
    expect((await ask('/invocations/nobody')).status).toBe(404);
  });
});

describe('the page', () => {
  it('is served with a policy that lets nothing of elsewhere in, and its files', async () => {
    const response = await ask('');
    const text = await response.text();
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self'; style-src 'self';/);
    const names = [...text.matchAll(/"\/_local(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(names.length).toBeGreaterThanOrEqual(4);
    for (const name of names) expect((await ask(name)).status, name).toBe(200);
    expect(text).not.toMatch(/https?:\/\//);
    expect((await ask('/assets/../console-service.ts')).status).not.toBe(200);
  });
});

describe('/_local/api', () => {
  it('names what is wrong with a query', async () => {
    for (const [path, said] of [
      ['/api/log-events', 'group'],
      ['/api/tables/any/items?limit=0', 'limit'],
      ['/api/stacks?acount=1', 'acount'],
      ['/api/stacks?account=1', 'account'],
      ['/api/queues/%E0%A4%A/messages', 'name'],
    ] as const) {
      const response = await ask(path);
      expect(response.status, path).toBe(400);
      expect(JSON.stringify(await response.json()), path).toContain(said);
    }
    expect((await ask('/api/nothing')).status).toBe(404);
    expect((await ask('/api/stacks', { method: 'POST' })).status).toBe(405);
    expect((await ask('/api/stacks?account=999988887777')).status).toBe(404);
  });

  it('finds items by key, page by page', async () => {
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'things',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'N' },
        ],
      }),
    );
    await vi.waitFor(async () => {
      for (const sk of ['1', '2', '3']) {
        const Item = { pk: { S: HOSTILE }, sk: { N: sk }, held: { M: { list: { L: [{ N: '12345678901234567890' }, { NULL: true }] } } } };
        await dynamodb.send(new PutItemCommand({ TableName: 'things', Item }));
      }
    });
    const pk = encodeURIComponent(HOSTILE);
    const first = itemPage.parse(await read(`/api/tables/things/items?pk=${pk}&order=descending&limit=2`));
    expect(first.items).toEqual([3, 2].map((sk) => ({ pk: HOSTILE, sk, held: { list: ['12345678901234567890', null] } })));
    const second = itemPage.parse(await read(`/api/tables/things/items?pk=${pk}&order=descending&limit=2&after=${first.next}`));
    expect(second.items).toMatchObject([{ sk: 1 }]);
    const exact = itemPage.parse(await read(`/api/tables/things/items?pk=${pk}&sk=2&match=equals`));
    expect(exact.items).toMatchObject([{ sk: 2 }]);
    for (const query of ['sk=1', 'index=none', 'after=AAAA'])
      expect((await ask(`/api/tables/things/items?${query}`)).status, query).toBe(400);
  });

  it('asks log groups with Logs Insights', async () => {
    const { requestId } = await cloud.invoke('takes', { text: 'a needle' });
    const now_s = Math.ceil(Date.now() / 1000);
    const rows = await vi.waitFor(async () => {
      const body = {
        log_groups: ['/aws/lambda/takes'],
        query: 'fields @message | filter @message like /needle/',
        from_s: now_s - 60,
        to_s: now_s + 5,
      };
      const { query_id } = startedQuery.parse(await (await post('/api/log-queries', body)).json());
      const results = await vi.waitFor(async () => {
        const found = queryResults.parse(await read(`/api/log-queries/${query_id}`));
        expect(found.status).toBe('Complete');
        return found;
      });
      expect(results.rows).toHaveLength(1);
      return results.rows;
    }, 5000);
    expect(rows[0]?.['@message']).toContain(requestId);
  });

  it('looks at messages without receiving them, and sends dead letters back', async () => {
    const url = async (QueueName: string, Attributes: Record<string, string> = {}) =>
      (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? '';
    const dead = await url('dead');
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ['QueueArn'] }));
    const work = await url('work', {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: Attributes?.['QueueArn'], maxReceiveCount: 1 }),
    });
    await sqs.send(new SendMessageCommand({ QueueUrl: work, MessageBody: HOSTILE }));
    const waiting = async (name: string) => messageList.parse(await read(`/api/queues/${name}/messages`)).messages;
    for (let times = 0; times < 3; times += 1) expect(await waiting('work')).toMatchObject([{ body: HOSTILE, receive_count: 0 }]);
    for (let times = 0; times < 2; times += 1) await sqs.send(new ReceiveMessageCommand({ QueueUrl: work, VisibilityTimeout: 0 }));
    expect(await waiting('dead')).toMatchObject([{ body: HOSTILE, dead_letter_source: 'work' }]);
    const { queues } = queueList.parse(await read('/api/queues'));
    expect(queues.find(({ name }) => name === 'dead')).toMatchObject({ visible: 1, dead_letters_of: ['work'] });

    for (const headers of [{}, { Origin: 'http://127.0.0.1:1' }])
      expect((await post('/api/queues/dead/send-back', {}, headers as Record<string, string>)).status).toBe(403);
    expect((await ask('/api/queues/dead/send-back', { method: 'POST', headers: { Origin: cloud.test.endpoint }, body: '{}' })).status).toBe(
      415,
    );
    expect(await waiting('dead')).toHaveLength(1);
    expect((await post('/api/queues/dead/send-back', {})).status).toBe(200);
    await vi.waitFor(async () => expect(await waiting('dead')).toEqual([]));
    expect(await waiting('work')).toHaveLength(1);
  });

  it('never tells what a SecureString holds', async () => {
    const ssm = new SSMClient(cloud.test.client);
    await ssm.send(new PutParameterCommand({ Name: '/open', Type: 'String', Value: 'told' }));
    await ssm.send(new PutParameterCommand({ Name: '/shut', Type: 'SecureString', Value: 'hush' }));
    ssm.destroy();
    const text = JSON.stringify(await read('/api/parameters'));
    expect(text).toContain('told');
    expect(text).toContain('/shut');
    expect(text).not.toContain('hush');
  });

  it('draws nothing that nothing leads to', async () => {
    const drawn = picture.parse(await read('/api/picture'));
    expect(drawn.nodes).toEqual([]);
    expect(drawn.undrawn.map(({ name }) => name)).toEqual(expect.arrayContaining(['takes', 'fails']));
  });
});
