import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { UsageRecord } from '../../kernel/usage.ts';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { meterMinutes, realtimeUpdates } from './realtime/realtime-units.ts';
import { type AppSyncCloud, startAppSyncCloud, type TestApi } from './testing/appsync-cloud.ts';
import { RealtimeClient } from './testing/realtime-client.ts';

const SCHEMA = `
  type Query { me: String @aws_iam @aws_cognito_user_pools }
  type Mutation { say(text: String!): Said @aws_iam @aws_cognito_user_pools }
  type Subscription { onSaid: Said @aws_subscribe(mutations: ["say"]) }
  type Said @aws_iam @aws_cognito_user_pools { text: String }
`;
const NONE = `export function request(ctx) { return { payload: ctx.args }; }
export function response(ctx) { return ctx.result; }`;
const IAM = `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20261122/us-east-2/appsync/aws4_request, SignedHeaders=host, Signature=0`;
const SAY = 'mutation Say($text: String!) { say(text: $text) { text } }';

let cloud: AppSyncCloud;
let api: TestApi;
let token: string;
const usage: UsageRecord[] = [];
const scope = { account: ACCOUNT, region: REGION };

beforeAll(async () => {
  cloud = await startAppSyncCloud();
  const poolId = await cloud.pool();
  token = await cloud.token(poolId, {});
  api = await cloud.api(SCHEMA, { poolId });
  await api.noneSource('none');
  await api.resolver('Mutation.say', 'none', NONE);
  cloud.lambda.test.cloud.onUsage((record) => usage.push(record));
});
afterAll(() => cloud.stop());

const taken = () => usage.splice(0).filter(({ service }) => service === 'appsync');
const line = (operation: string, units: object) => ({ ...scope, service: 'appsync', operation, resource: api.id, units });

it('bills one operation a request, and what leaves AWS: not to functions, which sign with IAM (AWS AppSync Pricing)', async () => {
  taken();
  await api.ask('{ me }', token);
  await api.ask(SAY, IAM, { variables: { text: 'x' } });
  const refused = await api.ask('{ me }', 'a.b.c');
  expect(refused.status).toBe(401);
  const [query, mutation, unknown] = taken();
  expect(query).toEqual(line('query', { requests: 1, egress_bytes: JSON.stringify({ data: { me: null } }).length }));
  expect(mutation).toEqual(line('mutation', { requests: 1 }));
  expect(unknown).toEqual(line('unknown', { requests: 1, egress_bytes: expect.any(Number) as number }));
});

it('bills a message to each subscriber by its started 5 KB, and the minute of a connection', async () => {
  taken();
  const clients = await Promise.all([1, 2].map(() => RealtimeClient.connect(api.url, { Authorization: token })));
  for (const [index, client] of clients.entries()) {
    client.send({ type: 'connection_init' });
    await client.subscribe(String(index), 'subscription { onSaid { text } }', token);
  }
  expect(taken()).toEqual([line('connection', { connection_minutes: 1 }), line('connection', { connection_minutes: 1 })]);
  for (const [length, realtime_updates] of [
    [100, 1],
    [5_200, 2],
  ] as const) {
    const text = 'x'.repeat(length);
    await api.ask(SAY, IAM, { variables: { text } });
    const egress_bytes = JSON.stringify({ data: { onSaid: { text } } }).length;
    const update = line('realtime-update', { realtime_updates, egress_bytes });
    const seen: UsageRecord[] = [];
    await vi.waitFor(() => expect(seen.push(...taken())).toBe(3));
    expect(seen.filter(({ operation }) => operation === 'realtime-update')).toEqual([update, update]);
  }
  for (const client of clients) client.close();
});

it('never bills an update as none, nor as more than its size has started', () => {
  fc.assert(
    fc.property(fc.nat(240 * 1024), (bytes) => {
      const updates = realtimeUpdates(bytes);
      expect(updates).toBeGreaterThanOrEqual(1);
      expect(updates * 5 * 1024).toBeGreaterThanOrEqual(bytes);
      if (updates > 1) expect((updates - 1) * 5 * 1024).toBeLessThan(bytes);
    }),
  );
});

it('bills each minute that a connection begins', () => {
  vi.useFakeTimers();
  taken();
  const stop = meterMinutes(cloud.lambda.test.cloud, scope, 'api');
  vi.advanceTimersByTime(179_000);
  stop();
  vi.advanceTimersByTime(600_000);
  vi.useRealTimers();
  expect(taken().reduce((sum, { units }) => sum + (units.connection_minutes ?? 0), 0)).toBe(3);
});
