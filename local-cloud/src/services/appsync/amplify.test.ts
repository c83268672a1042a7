import { Amplify } from 'aws-amplify';
import { generateClient } from 'aws-amplify/api';
import { decodeJWT } from 'aws-amplify/auth';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REGION } from '../../testing/test-cloud.ts';
import { type AppSyncCloud, startAppSyncCloud, type TestApi } from './testing/appsync-cloud.ts';

let cloud: AppSyncCloud;
let api: TestApi;

beforeAll(async () => {
  cloud = await startAppSyncCloud();
  const poolId = await cloud.pool();
  api = await cloud.api('type Query { me(greeting: String!): String fails: Int }', { poolId });
  await api.functionSource(
    'me',
    'exports.handler = async (event) => { if (event.info.fieldName === "fails") throw new Error("broken"); return event.arguments.greeting + " " + event.identity.username; }',
  );
  await api.resolver('Query.me', 'me');
  await api.resolver('Query.fails', 'me');
  const token = await cloud.token(poolId);
  Amplify.configure(
    { API: { GraphQL: { endpoint: api.url, region: REGION, defaultAuthMode: 'userPool' } } },
    { Auth: { tokenProvider: { getTokens: async () => ({ accessToken: decodeJWT(token) }) } } },
  );
});
afterAll(async () => {
  // Amplify's settings are the process's own, and other tests sign in with it.
  Amplify.configure({}, {});
  await cloud.stop();
});

it("answers Amplify's own client", async () => {
  const client = generateClient();
  const query = 'query Me($greeting: String!) { me(greeting: $greeting) }';
  expect(await client.graphql({ query, variables: { greeting: 'hello' } })).toMatchObject({ data: { me: 'hello ann' } });
  await expect(client.graphql({ query: '{ fails }' })).rejects.toMatchObject({
    data: { fails: null },
    errors: [{ errorType: 'Lambda:Unhandled', message: 'broken' }],
  });
  await expect(client.graphql({ query: '{ me(greeting: "x") }', authToken: 'nobody' })).rejects.toMatchObject({
    errors: [{ message: 'Unauthorized' }],
  });
});
