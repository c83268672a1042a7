import { once } from 'node:events';
import { createConnection } from 'node:net';
import { DeleteGraphqlApiCommand } from '@aws-sdk/client-appsync';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { ACCOUNT } from '../../../testing/test-cloud.ts';
import { createAppSync } from '../appsync-service.ts';
import { type AppSyncCloud, startAppSyncCloud, type TestApi } from '../testing/appsync-cloud.ts';
import { RealtimeClient } from '../testing/realtime-client.ts';

const SCHEMA = `
  type Query { x: Int }
  type Mutation {
    publish(status: StatusInput!): Status! @aws_iam
    add(id: ID!, text: String): Note @aws_iam @aws_cognito_user_pools
    addAll(id: ID!): [Note] @aws_iam
  }
  type Subscription {
    onStatus(device_id: ID!): Status @aws_subscribe(mutations: ["publish"])
    onNote(id: ID, text: String): Note @aws_subscribe(mutations: ["add"])
    onNotes(id: ID): [Note] @aws_subscribe(mutations: ["addAll"])
    onRefused: Note @aws_subscribe(mutations: ["add"])
    onFailing(how: String): Note @aws_subscribe(mutations: ["add"])
    onForIam: Note @aws_subscribe(mutations: ["add"]) @aws_iam
  }
  type Status @aws_iam @aws_cognito_user_pools { device_id: ID! path: String! solar_w: Float fault_code: Int documents: [Document!]! }
  type Document @aws_iam @aws_cognito_user_pools { seq: Int! time: AWSDateTime }
  input StatusInput { device_id: ID! path: String! solar_w: Float fault_code: Int documents: [DocumentInput!]! }
  input DocumentInput { seq: Int! time: AWSDateTime }
  type Note @aws_iam @aws_cognito_user_pools {
    id: ID! text: String hidden: String @aws_iam
    grouped: String @aws_iam @aws_cognito_user_pools(cognito_groups: ["admins"])
  }
`;

/** Says who may watch which device by their paths, as the function behind the subscription does. */
const FUNCTION = `exports.handler = async ({ arguments: { device_id }, identity: { claims } }) => {
  const path = { 'pump-1': '/enfusion/p1/d1/pump-1', 'pump-2': '/enfusion/p2/pump-2' }[device_id] ?? null;
  return path !== null && path.startsWith(claims.path + '/') ? { path: claims.path } : null;
};`;
const ON_STATUS = `import { extensions, util } from '@aws-appsync/utils';
export function request(ctx) {
  return { operation: 'Invoke', payload: { arguments: ctx.args, identity: ctx.identity } };
}
export function response(ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  if (!ctx.result) util.unauthorized();
  extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter({
    device_id: { eq: ctx.args.device_id },
    path: { beginsWith: ctx.result.path + '/' },
  }));
  return null;
}`;
const NONE = (response: string) => `import { extensions, util } from '@aws-appsync/utils';
export function request(ctx) { return { payload: ctx.args }; }
export function response(ctx) { ${response} }`;

const IAM = `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20261122/us-east-2/appsync/aws4_request, SignedHeaders=host, Signature=0`;
const PUBLISH = `mutation P($status: StatusInput!) { publish(status: $status) { device_id path solar_w documents { seq time } } }`;
const WATCH = 'subscription W($id: ID!) { onStatus(device_id: $id) { device_id solar_w documents { seq } } }';

let cloud: AppSyncCloud;
let api: TestApi;
let poolId: string;
let token: string;
const clients: RealtimeClient[] = [];

beforeAll(async () => {
  cloud = await startAppSyncCloud([], { appsync: (made) => createAppSync(made, { keepAlive_ms: 20 }) });
  poolId = await cloud.pool();
  token = await cloud.token(poolId, { path: '/enfusion/p1' });
  api = await cloud.api(SCHEMA, { poolId });
  await api.functionSource('watch', FUNCTION);
  await api.noneSource('none');
  await api.resolver('Subscription.onStatus', 'watch', ON_STATUS);
  await api.resolver('Subscription.onRefused', 'none', NONE('util.unauthorized();'));
  await api.resolver(
    'Subscription.onFailing',
    'none',
    NONE(`if (ctx.args.how === 'filter') extensions.setSubscriptionFilter({ filterGroup: [{ filters: [{ fieldName: 'id', operator: 'in', value: ['1', '2', '3', '4', '5', '6'] }] }] });
          else util.error('broken', 'Mine'); return null;`),
  );
  await api.resolver('Mutation.publish', 'none', NONE('return ctx.result.status;'));
  await api.resolver('Mutation.add', 'none', NONE('return { ...ctx.result, grouped: ctx.result.id };'));
  await api.resolver('Mutation.addAll', 'none', NONE('return [ctx.result];'));
});
afterAll(() => cloud.stop());
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function connect(
  headers: object | undefined = { Authorization: token },
  how?: Parameters<typeof RealtimeClient.connect>[2],
): Promise<RealtimeClient> {
  const client = await RealtimeClient.connect(api.url, headers, how);
  clients.push(client);
  return client;
}

const publish = (status: object) =>
  api.ask(PUBLISH, IAM, {
    variables: {
      status: {
        device_id: 'pump-1',
        path: '/enfusion/p1/d1/pump-1',
        solar_w: 5,
        documents: [{ seq: 1, time: '2026-11-22T10:00:00Z' }],
        ...status,
      },
    },
  });
const add = (id: string, selected = 'id text', text?: string) =>
  api.ask(`mutation A($id: ID!, $text: String) { add(id: $id, text: $text) { ${selected} } }`, IAM, {
    variables: { id, ...(text === undefined ? {} : { text }) },
  });

describe('a connection', () => {
  it.each(['query', 'protocol', 'headers'] as const)('is made with credentials in the %s, acknowledged and kept alive', async (how) => {
    const client = await connect({ Authorization: token }, how);
    expect(client.socket.protocol).toBe('graphql-ws');
    client.send({ type: 'connection_init' });
    expect(await client.next(() => true)).toEqual({ type: 'connection_ack', payload: { connectionTimeoutMs: 300_000 } });
    await vi.waitFor(() => expect(client.keptAlive).toBeGreaterThan(2));
  });

  it.each([
    ['nobody', {}, 'You are not authorized to make this call.'],
    ['a forged token', { Authorization: 'a.b.c' }, 'You are not authorized to make this call.'],
  ])('is ended for %s', async (_, headers, message) => {
    const client = await connect(headers);
    expect(await client.next(() => true)).toEqual({
      type: 'connection_error',
      payload: { errors: [{ errorType: 'UnauthorizedException', message, errorCode: 401 }] },
    });
    await vi.waitFor(() => expect(client.closed).toBe(1008));
  });

  it('is ended for an expired token and for one of another pool', async () => {
    const expired = await connect({ Authorization: await cloud.token(poolId, {}, { expiresIn_s: -1 }) });
    expect((await expired.next(() => true)).payload?.errors?.[0]).toMatchObject({ message: 'Token has expired.' });
    const foreign = await connect({ Authorization: await cloud.token(await cloud.pool()) });
    expect(await foreign.next(() => true)).toMatchObject({ type: 'connection_error' });
  });

  it.each([
    ['nobody', {}],
    ['somebody', { Authorization: () => token }],
  ])('by which %s sends what is no frame is ended, and nothing else', async (_, headers) => {
    const thrown = vi.fn();
    process.on('uncaughtException', thrown);
    const { hostname, port, pathname, host } = new URL(api.url);
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value()]));
    const socket = createConnection(Number(port), hostname);
    socket.on('error', () => undefined);
    const encoded = encodeURIComponent(Buffer.from(JSON.stringify({ host, ...given })).toString('base64'));
    const lines = [`GET ${pathname}/realtime?header=${encoded} HTTP/1.1`, `Host: ${host}`, 'Connection: Upgrade', 'Upgrade: websocket'];
    const webSocket = ['Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${'A'.repeat(22)}==`, 'Sec-WebSocket-Protocol: graphql-ws'];
    socket.write(`${[...lines, ...webSocket].join('\r\n')}\r\n\r\n`);
    await once(socket, 'data');
    socket.write(Buffer.from([0x8b, 0x00]));
    await once(socket, 'close');
    process.off('uncaughtException', thrown);
    expect(thrown).not.toHaveBeenCalled();
  });

  it('is not made to what is no API, without the protocol, or by a page of elsewhere', async () => {
    const status = (url: string, protocols: string[], headers = {}) =>
      new Promise((resolve) => {
        const socket = new WebSocket(url, protocols, { headers });
        socket.on('unexpected-response', (_, reply) => resolve(reply.statusCode));
        socket.on('error', () => undefined);
        socket.on('open', () => resolve('open'));
      });
    const url = `${api.url.replace('http', 'ws')}/realtime`;
    expect(await status(url.replace(api.id, 'none'), ['graphql-ws'])).toBe(404);
    expect(await status(url, ['graphql-transport-ws'])).toBe(400);
    expect(await status(url, ['graphql-ws'], { origin: 'https://evil.example' })).toBe(403);
  });

  it('tells what it does not understand', async () => {
    const client = await connect();
    client.socket.send('nonsense');
    expect((await client.next(() => true)).payload?.errors).toMatchObject([{ errorType: 'BadRequestException' }]);
    client.send({ type: 'wish', id: 'a' });
    expect(await client.next(() => true)).toMatchObject({
      type: 'error',
      id: 'a',
      payload: { errors: [{ errorType: 'UnsupportedOperation', message: 'wish not supported through the realtime channel' }] },
    });
  });

  it('ends with its API', async () => {
    const gone = await cloud.api(SCHEMA, { poolId });
    const client = await RealtimeClient.connect(gone.url, { Authorization: token });
    await cloud.appsync.send(new DeleteGraphqlApiCommand({ apiId: gone.id }));
    await vi.waitFor(() => expect(client.closed).toBe(1001));
  });
});

describe('a subscription', () => {
  it('is told what passes the filter of its resolver, as the mutation and itself selected it', async () => {
    const client = await connect();
    expect(await client.subscribe('one', WATCH, token, { id: 'pump-1' })).toEqual({ type: 'start_ack', id: 'one' });
    expect((await publish({ device_id: 'pump-2', path: '/enfusion/p2/pump-2' })).errors).toBeUndefined();
    await publish({ path: '/enfusion/p10/d1/pump-1' });
    await publish({ solar_w: 7 });
    expect(await client.data('one')).toEqual({
      type: 'data',
      id: 'one',
      payload: { data: { onStatus: { device_id: 'pump-1', solar_w: 7, documents: [{ seq: 1 }] } } },
    });
    expect(await client.untaken()).toEqual([]);
  });

  it('is refused to whom its resolver refuses it', async () => {
    const client = await connect();
    expect(await client.subscribe('one', WATCH, token, { id: 'pump-2' })).toEqual({
      type: 'error',
      id: 'one',
      payload: { errors: [{ errorType: 'Unauthorized', message: 'Not Authorized to access onStatus on type Subscription' }] },
    });
    expect(await client.subscribe('two', 'subscription { onRefused { id } }', token)).toMatchObject({ type: 'error' });
    expect(await client.subscribe('three', 'subscription { onForIam { id } }', token)).toMatchObject({
      payload: { errors: [{ errorType: 'Unauthorized' }] },
    });
    expect(await client.subscribe('four', 'subscription { onFailing { id } }', token)).toMatchObject({
      payload: { errors: [{ errorType: 'Mine', message: 'broken' }] },
    });
    expect(await client.subscribe('five', 'subscription { onFailing(how: "filter") { id } }', token)).toMatchObject({
      payload: { errors: [{ message: 'subscription exceeds maximum value limit 5 for operator `in`.', errorCode: 400 }] },
    });
    await add('x');
    expect(await client.untaken()).toEqual([]);
  });

  it('needs a token of its own that holds', async () => {
    const client = await connect();
    expect(await client.subscribe('one', WATCH, 'a.b.c', { id: 'pump-1' })).toMatchObject({
      type: 'error',
      payload: { errors: [{ errorType: 'UnauthorizedException' }] },
    });
    const expired = await cloud.token(poolId, { path: '/enfusion/p1' }, { expiresIn_s: -1 });
    expect(await client.subscribe('two', WATCH, expired, { id: 'pump-1' })).toMatchObject({
      payload: { errors: [{ message: 'Token has expired.' }] },
    });
  });

  it('without a filter is told what equals its arguments', async () => {
    const client = await connect();
    await client.subscribe('all', 'subscription { onNote { id } }', token);
    await client.subscribe('a', 'subscription { onNote(id: "a") { id text } }', token);
    await client.subscribe('without text', 'subscription { onNote(text: null) { id } }', token);
    await add('b', 'id text', 'hello');
    await add('a', 'id');
    const told = async (id: string) => (await client.data(id)).payload?.data?.['onNote'];
    expect([await told('all'), await told('all'), await told('a'), await told('without text')]).toEqual([
      { id: 'b' },
      { id: 'a' },
      { id: 'a', text: null },
      { id: 'a' },
    ]);
    expect(await client.untaken()).toEqual([]);
  });

  it('has null for what the mutation did not select, and an error where null may not stand', async () => {
    const client = await connect();
    await client.subscribe('one', 'subscription { onNote { id text } }', token);
    await add('a', 'text', 'hello');
    expect((await client.data('one')).payload).toEqual({
      data: { onNote: null },
      errors: [
        {
          path: ['onNote', 'id'],
          locations: null,
          message: "Cannot return null for non-nullable type: 'ID' within parent 'Note' (/onNote/id)",
        },
      ],
    });
  });

  it("is told by a mutation's fields, whatever they are called there, and not what its caller may not read", async () => {
    const client = await connect();
    await client.subscribe('one', 'subscription { note: onNote { key: id text hidden } }', token);
    await add('a', 'text: id id: text', 'hello');
    const { payload } = await client.data('one');
    expect(payload?.data).toEqual({ note: { key: 'a', text: 'hello', hidden: null } });
    expect(payload?.errors).toMatchObject([{ errorType: 'Unauthorized', message: 'Not Authorized to access hidden on type Note' }]);
  });

  it('is told what its own groups may read, whoever else asks by the same text', async () => {
    const client = await connect();
    const admin = await cloud.token(poolId, { 'cognito:groups': ['admins'] });
    await client.subscribe('one', 'subscription { onNote { grouped } }', token);
    await client.subscribe('admin', 'subscription { onNote { grouped } }', admin);
    await add('a', 'id grouped');
    expect((await client.data('one')).payload).toMatchObject({
      data: { onNote: { grouped: null } },
      errors: [{ errorType: 'Unauthorized' }],
    });
    expect((await client.data('admin')).payload).toEqual({ data: { onNote: { grouped: 'a' } } });
  });

  it('to a list is told of lists', async () => {
    const client = await connect();
    await client.subscribe('one', 'subscription { onNotes { id } }', token);
    await client.subscribe('filtered', 'subscription { onNotes(id: "a") { id } }', token);
    await api.ask('mutation { addAll(id: "a") { id } }', IAM);
    expect((await client.data('one')).payload?.data).toEqual({ onNotes: [{ id: 'a' }] });
    expect(await client.untaken()).toEqual([]);
  });

  it('is not told of a mutation that failed or was refused', async () => {
    const client = await connect();
    await client.subscribe('one', WATCH, token, { id: 'pump-1' });
    const refused = await api.ask(PUBLISH, token, {
      variables: { status: { device_id: 'pump-1', path: '/enfusion/p1/x', documents: [] } },
    });
    expect(refused.errors?.[0]).toMatchObject({ errorType: 'Unauthorized', message: 'Not Authorized to access publish on type Mutation' });
    await publish({});
    expect(await client.data('one')).toBeDefined();
    expect(await client.untaken()).toEqual([]);
  });

  it('ends when it is stopped, and with its connection', async () => {
    const client = await connect();
    await client.subscribe('one', 'subscription { onNote { id } }', token);
    client.send({ type: 'stop', id: 'one' });
    expect(await client.next(() => true)).toEqual({ type: 'complete', id: 'one' });
    client.send({ type: 'stop', id: 'one' });
    expect(await client.next(() => true)).toMatchObject({ type: 'error', payload: { errors: [{ errorType: 'UnknownOperationError' }] } });
    await add('a');
    await client.subscribe('two', 'subscription { onNote { id } }', token);
    expect(await client.untaken()).toEqual([]);
  });

  it('never begins when it is stopped before', async () => {
    const client = await connect();
    client.start('one', 'subscription { onNote { id } }', token);
    client.send({ type: 'stop', id: 'one' });
    expect(await client.next(() => true)).toEqual({ type: 'complete', id: 'one' });
    await client.subscribe('two', 'subscription { onNote { id } }', token);
    await add('a');
    await client.data('two');
    expect(await client.untaken()).toEqual([]);
  });

  it('has an id of its own, and is one of at most 100', async () => {
    const client = await connect();
    await client.subscribe('one', 'subscription { onNote { id } }', token);
    expect(await client.subscribe('one', 'subscription { onNote { id } }', token)).toMatchObject({
      type: 'error',
      payload: { errors: [{ errorType: 'DuplicatedOperationError' }] },
    });
    for (let n = 1; n < 100; n += 1) client.start(`more ${n}`, 'subscription { onNote { id } }', token);
    expect(await client.subscribe('too many', 'subscription { onNote { id } }', token)).toMatchObject({
      payload: { errors: [{ errorType: 'MaxSubscriptionsReachedError', message: 'Max number of 100 subscriptions reached' }] },
    });
  });

  it('is a subscription, and valid', async () => {
    const client = await connect();
    expect(await client.subscribe('query', 'query { x }', token)).toMatchObject({
      payload: { errors: [{ errorType: 'UnsupportedOperation', message: 'query not supported through the realtime channel' }] },
    });
    expect(await client.subscribe('invalid', 'subscription { nothing }', token)).toMatchObject({
      payload: { errors: [{ message: expect.stringContaining('nothing') }] },
    });
    expect(await client.subscribe('two', 'subscription { onNote { id } onNotes { id } }', token)).toMatchObject({ type: 'error' });
    // graphql-js can't tell how many fields are left, and throws.
    const skipped = 'subscription S($skip: Boolean!) { onNote @skip(if: $skip) { id } onForIam { id } }';
    expect(await client.subscribe('skipped', skipped, token, { skip: true })).toMatchObject({
      payload: { errors: [{ message: expect.stringContaining('$skip') }] },
    });
    client.send({ type: 'start', id: 'empty', payload: {} });
    expect(await client.next(({ id }) => id === 'empty')).toMatchObject({
      type: 'error',
      payload: { errors: [{ errorType: 'BadRequestException' }] },
    });
  });

  it('of a caller that signs needs a permission on its field', async () => {
    const client = await connect({ Authorization: IAM });
    expect(await client.subscribe('one', 'subscription { onForIam { id hidden } }', IAM)).toMatchObject({ type: 'start_ack' });
    await add('a', 'id hidden');
    expect((await client.data('one')).payload).toEqual({ data: { onForIam: { id: 'a', hidden: null } } });
    const stranger = IAM.replace(ACCOUNT, '444455556666');
    expect(await client.subscribe('two', 'subscription { onForIam { id } }', stranger)).toMatchObject({
      payload: { errors: [{ errorType: 'UnauthorizedException', message: 'Permission denied' }] },
    });
  });

  it('is not told what is too large', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const client = await connect();
    await client.subscribe('one', 'subscription { onNote { id text } }', token);
    await add('large', 'id text', 'x'.repeat(250 * 1024));
    await add('small', 'id text', 'x');
    expect((await client.data('one')).payload?.data).toMatchObject({ onNote: { id: 'small' } });
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });
});
