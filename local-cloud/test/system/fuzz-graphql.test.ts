import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isObjectType,
} from 'graphql';
import { afterAll, beforeAll, describe, it } from 'vitest';
import WebSocket from 'ws';
import { problemOf } from '../../fuzz/answer-verdict.ts';
import { LONGEST_MS, run } from '../../fuzz/campaign.ts';
import { garbled } from '../../fuzz/expression-arbitraries.ts';
import { partsOf } from '../../fuzz/fuzz-service.ts';
import { HttpClient } from '../../fuzz/http-client.ts';
import { bytesAsText, type HttpMessage, nearMessage } from '../../fuzz/http-message.ts';
import { nearMiss, oddText, oddValue } from '../../fuzz/odd-values.ts';
import { deployedSchema } from './every-operation.ts';
import { SignedIn } from './graphql-client.ts';
import { type Device, System } from './system.ts';

let system: System;
let schema: GraphQLSchema;
let person: SignedIn;
let device: Device;
let client: HttpClient;

beforeAll(async () => {
  system = new System();
  schema = await deployedSchema(system);
  person = await SignedIn.new(system, 'customer', '/enfusion/fuzz/d/c');
  device = await system.newDevice('/enfusion/fuzz/d/c/site');
  client = new HttpClient(system.endpoints.graphql ?? '');
});
afterAll(() => client.stop());

/** Values of an input type, mostly ones that it takes. */
function inputFor(type: GraphQLInputType, name: string): fc.Arbitrary<unknown> {
  const named = getNamedType(type);
  const isList = String(type).includes('[');
  const single = (): fc.Arbitrary<unknown> => {
    if (name === 'device_id') return fc.constantFrom(device.deviceId, device.deviceId, 'nobody');
    if (isEnumType(named)) return fc.constantFrom(...named.getValues().map((value) => value.name));
    if (isInputObjectType(named))
      return fc.record(
        Object.fromEntries(Object.values(named.getFields()).map((field) => [field.name, inputFor(field.type, field.name)])),
        {
          requiredKeys: [],
        },
      );
    if (named.name === 'AWSDateTime')
      return fc.constantFrom(
        new Date(Date.now() - 3_600_000).toISOString(),
        new Date().toISOString(),
        '2026-02-30T00:00:00Z',
        '0001-01-01T00:00:00Z',
        '9999-12-31T23:59:59Z',
        'x',
      );
    if (named.name === 'Int') return fc.constantFrom(1, 7, 500, 501, 0, -1, 2 ** 31, 1.5);
    return oddText;
  };
  const value = isList ? fc.array(single(), { maxLength: 4 }) : single();
  return fc.oneof({ weight: 8, arbitrary: value }, { weight: 1, arbitrary: oddValue }, { weight: 1, arbitrary: fc.constant(null) });
}

function selectionOf(type: GraphQLOutputType, depth = 0): fc.Arbitrary<string> {
  const named = getNamedType(type);
  if (!isObjectType(named)) return fc.constant('');
  const fields = Object.values(named.getFields());
  const one = fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .constantFrom(...fields)
        .chain((field) => (depth > 7 ? fc.constant(field.name) : selectionOf(field.type, depth + 1).map((rest) => `${field.name}${rest}`))),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '__typename',
        'nobody',
        `...on ${named.name} { __typename }`,
        '...F',
        'a: __typename',
        '__schema { types { name } }',
        '__typename @include(if: true)',
        '__typename @nobody',
        '__typename @skip(if: $no)',
      ),
    },
  );
  return fc.array(one, { minLength: 1, maxLength: 4 }).map((parts) => ` { ${parts.join(' ')} }`);
}

const body = (): fc.Arbitrary<unknown> => {
  const roots = (
    [
      ['query', schema.getQueryType()],
      ['mutation', schema.getMutationType()],
      ['subscription', schema.getSubscriptionType()],
    ] as const
  ).flatMap(([kind, root]) => Object.values(root?.getFields() ?? {}).map((field) => ({ kind, field })));
  const argumentsOf = (given: readonly GraphQLArgument[]) =>
    fc.record(Object.fromEntries(given.map((one) => [one.name, inputFor(one.type, one.name)])), {
      requiredKeys: given.filter((one) => String(one.type).endsWith('!')).map((one) => one.name),
    });
  return fc.constantFrom(...roots).chain(({ kind, field }) =>
    fc
      .tuple(selectionOf(field.type), argumentsOf(field.args), fc.constantFrom(1, 1, 1, 2, 6, 300))
      .chain(([selection, variables, times]) => {
        const given = field.args.map(({ name, type }) => [`$${name}: ${type}`, `${name}: $${name}`] as const);
        const call = `${field.name}${given.length === 0 ? '' : `(${given.map(([, pair]) => pair).join(', ')})`}${selection}`;
        const calls = times === 1 ? call : Array.from({ length: times }, (_, at) => `a${at}: ${call}`).join(' ');
        const document = `${kind} Fuzz${given.length === 0 ? '' : `(${given.map(([declared]) => declared).join(', ')})`} { ${calls} }`;
        const texts = garbled(
          fc.constantFrom(
            document,
            document,
            `${document} fragment F on Query { ...F }`,
            `${document} ${document}`,
            `{ __type(name: "Device") { fields { name type { ofType { ofType { name } } } } } }`,
            `${'{ devices { edges { node '.repeat(200)}`,
            `{ ${'a '.repeat(20_000)}}`,
          ),
        );
        return nearMiss(
          fc.record(
            { query: texts, variables: fc.constant(variables), operationName: fc.constantFrom(undefined, 'Fuzz', 'Nobody', '') },
            { requiredKeys: ['query', 'variables'] },
          ),
        );
      }),
  );
};

const tokens = (): fc.Arbitrary<string> => {
  const [head = '', claims = '', signature = ''] = person.token.split('.');
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(person.token) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        `Bearer ${person.token}`,
        `${head}.${claims}.`,
        `${encoded({ alg: 'none' })}.${claims}.`,
        `${encoded({ alg: 'HS256', kid: 'x' })}.${claims}.${signature}`,
        `${head}.${encoded({ sub: 'x', path: '/enfusion' })}.${signature}`,
        `${head}.${claims}.${signature}x`,
        '..',
        'AWS4-HMAC-SHA256 Credential=x',
        `AWS4-HMAC-SHA256 Credential=111122223333/20261122/us-east-2/appsync/aws4_request`,
        '',
      ),
    },
    { weight: 1, arbitrary: oddText },
  );
};

const notMeant = /InternalFailure|Lambda:Unhandled|failed inside/;

describe('the GraphQL API, whatever it is asked', () => {
  it('over HTTP it answers with data or with errors in words', { timeout: 900_000 }, async () => {
    const path = new URL(system.endpoints.graphql ?? '').pathname;
    const messages = nearMessage(
      fc.tuple(body(), tokens()).map(
        ([asked, authorization]): HttpMessage => ({
          method: 'POST',
          path,
          headers: { authorization, 'content-type': 'application/json' },
          body: bytesAsText(JSON.stringify(asked) ?? ''),
        }),
      ),
    );
    await run({
      border: 'GraphQL',
      shortRuns: 150,
      inputs: messages,
      check: async (message) => {
        const answer = await client.send(message);
        const problem = problemOf(answer, partsOf(message)) ?? notMeant.exec(answer.body)?.[0];
        if (problem !== undefined) throw new Error(`${problem}: ${answer.body.slice(0, 500)}`);
      },
    });
    const { errors } = await person.ask('{ me { user_id } }');
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
  });

  it('over its web socket it answers each message, or closes', { timeout: 900_000 }, async () => {
    const authorization = { host: new URL(system.endpoints.graphql ?? '').host, Authorization: person.token };
    const data = fc.oneof(
      { weight: 3, arbitrary: body().map((asked) => JSON.stringify(asked) ?? '') },
      {
        weight: 1,
        arbitrary: fc.constant(
          JSON.stringify({
            query: 'subscription S($id: ID!) { onDeviceStatus(device_id: $id) { device_id } }',
            variables: { id: device.deviceId },
          }),
        ),
      },
    );
    const start = fc.record({
      type: fc.constant('start'),
      id: fc.constantFrom('1', '2', ''),
      payload: fc.record({ data, extensions: fc.constant({ authorization }) }),
    });
    const messages = fc.array(
      garbled(
        nearMiss(
          fc.oneof(
            { weight: 4, arbitrary: start },
            fc.constantFrom(
              { type: 'connection_init' },
              { type: 'stop', id: '1' },
              { type: 'ka' },
              { type: 'data', id: '1' },
              { type: 'connection_terminate' },
            ),
          ),
        ).map((value) => JSON.stringify(value) ?? ''),
      ),
      { minLength: 1, maxLength: 6 },
    );
    await run({
      border: 'GraphQL, realtime',
      inputs: messages,
      shortRuns: 50,
      // Of several messages each.
      share: 0.25,
      check: async (texts) => {
        const got = await converse(system.endpoints.graphqlRealtime ?? '', authorization, texts);
        for (const text of got) {
          const problem = problemOf({ status: 200, headers: {}, body: text }, texts) ?? notMeant.exec(text)?.[0];
          if (problem !== undefined) throw new Error(`${problem}: ${text.slice(0, 500)}`);
        }
      },
    });
  });
});

/** Sends all messages, then a last one whose answer ends the conversation; resolves to what came back. Rejects when nothing does. */
function converse(url: string, authorization: object, texts: readonly string[]): Promise<string[]> {
  const header = Buffer.from(JSON.stringify(authorization)).toString('base64url');
  return new Promise((resolve, reject) => {
    const got: string[] = [];
    const socket = new WebSocket(url, ['graphql-ws', `header-${header}`]);
    const timer = setTimeout(
      () => reject(new Error(`the socket says nothing for ${LONGEST_MS} ms after ${JSON.stringify(got).slice(0, 300)}`)),
      5 * LONGEST_MS,
    );
    const done = () => {
      clearTimeout(timer);
      socket.terminate();
      resolve(got);
    };
    socket.on('error', () => undefined);
    socket.once('close', done);
    socket.once('open', () => {
      for (const text of [...texts, JSON.stringify({ type: 'stop', id: 'the last' })]) socket.send(text);
    });
    socket.on('message', (data) => {
      got.push(String(data));
      if (String(data).includes('the last')) done();
    });
  });
}
