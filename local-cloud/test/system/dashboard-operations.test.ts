import { join, resolve } from 'node:path';
import { AppSyncClient, GetIntrospectionSchemaCommand } from '@aws-sdk/client-appsync';
import { buildClientSchema, type GraphQLSchema, type IntrospectionQuery, parse, validate } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { dashboardOperations } from '../../bench/operations.ts';
import { clientOptions } from '../../src/tools/running-system.ts';
import { System } from './system.ts';

const operations = dashboardOperations(resolve(join(import.meta.dirname, '..', '..', '..')));
let schema: GraphQLSchema;

beforeAll(async () => {
  const { endpoints } = new System();
  const apiId = /\/_appsync\/([^/]+)\//.exec(endpoints.graphql ?? '')?.[1];
  const client = new AppSyncClient(clientOptions(endpoints));
  const answer = await client.send(new GetIntrospectionSchemaCommand({ apiId, format: 'JSON' }));
  const { data } = JSON.parse(Buffer.from(answer.schema ?? []).toString('utf8')) as { data: IntrospectionQuery };
  schema = buildClientSchema(data);
});

describe('what the dashboard asks', () => {
  it.each(Object.values(operations))('$name is what the deployed API answers', ({ query }) => {
    expect(validate(schema, parse(query))).toEqual([]);
  });
});
