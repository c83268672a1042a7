import { z } from 'zod';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { checkClient, userPoolClientSettings } from './user-pool-client-settings.ts';
import { randomName } from './user-pool-operations.ts';
import type { UserPoolClient } from './user-pool-store.ts';
import { pageAfter, type UserPools } from './user-pools.ts';

export function clientOperations(pools: UserPools): Record<string, Operation<never, unknown>> {
  const allow = (action: string) => (input: { UserPoolId: string }, context: CallContext) =>
    pools.authorization(action, input.UserPoolId, context);
  const ofClient = { UserPoolId: z.string(), ClientId: z.string() };

  return {
    CreateUserPoolClient: operation({
      input: z.strictObject({
        UserPoolId: z.string(),
        ClientName: z.string(),
        GenerateSecret: z.boolean().default(false),
        ...userPoolClientSettings,
      }),
      authorize: allow('CreateUserPoolClient'),
      run: ({ UserPoolId, GenerateSecret, ...wanted }, context) => {
        const pool = pools.pool(UserPoolId, context);
        checkClient(pool, wanted);
        const now = context.cloud.clock();
        const client: UserPoolClient = {
          id: randomName(26, LOWER_LETTERS_AND_DIGITS),
          poolId: pool.id,
          ...(GenerateSecret ? { secret: randomName(51, LOWER_LETTERS_AND_DIGITS) } : {}),
          createdAt_ms: now,
          modifiedAt_ms: now,
          settings: wanted,
        };
        pools.in(context).putClient(client);
        return { UserPoolClient: shown(client) };
      },
    }),

    DescribeUserPoolClient: operation({
      input: z.strictObject(ofClient),
      authorize: allow('DescribeUserPoolClient'),
      run: (input, context) => ({ UserPoolClient: shown(pools.client(input.UserPoolId, input.ClientId, context)) }),
    }),

    UpdateUserPoolClient: operation({
      input: z.strictObject({ ...ofClient, ClientName: z.string().optional(), ...userPoolClientSettings }),
      authorize: allow('UpdateUserPoolClient'),
      run: ({ UserPoolId, ClientId, ClientName, ...wanted }, context) => {
        const client = pools.client(UserPoolId, ClientId, context);
        checkClient(pools.pool(UserPoolId, context), wanted);
        const updated: UserPoolClient = {
          ...client,
          settings: { ...wanted, ClientName: ClientName ?? client.settings.ClientName },
          modifiedAt_ms: context.cloud.clock(),
        };
        pools.in(context).putClient(updated);
        return { UserPoolClient: shown(updated) };
      },
    }),

    DeleteUserPoolClient: operation({
      input: z.strictObject(ofClient),
      authorize: allow('DeleteUserPoolClient'),
      run: (input, context) => {
        const client = pools.client(input.UserPoolId, input.ClientId, context);
        pools.in(context).deleteClient(client.poolId, client.id);
      },
    }),

    ListUserPoolClients: operation({
      input: z.strictObject({ UserPoolId: z.string(), MaxResults: z.int().min(1).max(60).default(60), NextToken: z.string().optional() }),
      authorize: allow('ListUserPoolClients'),
      run: (input, context) => {
        const pool = pools.pool(input.UserPoolId, context);
        const { items, next } = pageAfter(pools.in(context).clients(pool.id), ({ id }) => id, input.MaxResults, input.NextToken);
        return {
          UserPoolClients: items.map((client) => ({ ClientId: client.id, UserPoolId: pool.id, ClientName: client.settings.ClientName })),
          NextToken: next,
        };
      },
    }),
  };
}

const LOWER_LETTERS_AND_DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';

function shown(client: UserPoolClient): Record<string, unknown> {
  return {
    UserPoolId: client.poolId,
    ClientId: client.id,
    ClientSecret: client.secret,
    ...client.settings,
    CreationDate: new Date(client.createdAt_ms),
    LastModifiedDate: new Date(client.modifiedAt_ms),
  };
}
