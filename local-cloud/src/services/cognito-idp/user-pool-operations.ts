import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { type CallContext, type Operation, operation, type Scope } from '../../kernel/service.ts';
import { addCustom, invalid, makeSchema, schemaAttribute } from './user-attributes.ts';
import { checkSettings, DEFAULT_PASSWORD_POLICY, userPoolSettings } from './user-pool-settings.ts';
import { poolArn, type UserPool, type UserPoolStore } from './user-pool-store.ts';
import { pageAfter, type UserPools } from './user-pools.ts';
import { forgetTokensOf } from './verify-user-token.ts';

/** The operations on user pools as such. */
export function userPoolOperations(pools: UserPools): Record<string, Operation<never, unknown>> {
  const allow = (action: string) => (input: { UserPoolId: string }, context: CallContext) =>
    pools.authorization(action, input.UserPoolId, context);

  return {
    CreateUserPool: operation({
      input: z.strictObject({
        PoolName: z.string(),
        Schema: z.array(schemaAttribute).default([]),
        UsernameAttributes: z.array(z.enum(['email', 'phone_number'])).default([]),
        UsernameConfiguration: z.strictObject({ CaseSensitive: z.boolean() }).default({ CaseSensitive: false }),
        ...userPoolSettings,
      }),
      authorize: () => [{ action: 'cognito-idp:CreateUserPool', resource: '*' }],
      run: ({ Schema, UsernameAttributes, UsernameConfiguration, ...settings }, context) => {
        checkSettings(settings);
        const now = context.cloud.clock();
        const pool: UserPool = {
          id: `${context.region}_${randomName(9, LETTERS_AND_DIGITS)}`,
          createdAt_ms: now,
          modifiedAt_ms: now,
          schema: makeSchema(Schema),
          usernameAttributes: UsernameAttributes,
          caseSensitive: UsernameConfiguration.CaseSensitive,
          settings,
        };
        const store = pools.in(context);
        store.pools.put(pool.id, pool);
        return { UserPool: shown(pool, store, context) };
      },
    }),

    DescribeUserPool: operation({
      input: z.strictObject({ UserPoolId: z.string() }),
      authorize: allow('DescribeUserPool'),
      run: (input, context) => ({ UserPool: shown(pools.pool(input.UserPoolId, context), pools.in(context), context) }),
    }),

    UpdateUserPool: operation({
      input: z.strictObject({ UserPoolId: z.string(), PoolName: z.string().optional(), ...userPoolSettings }),
      authorize: allow('UpdateUserPool'),
      run: ({ UserPoolId, PoolName, ...rest }, context) => {
        const pool = pools.pool(UserPoolId, context);
        const settings = { ...rest, PoolName: PoolName ?? pool.settings.PoolName };
        checkSettings(settings);
        pools.in(context).pools.put(pool.id, { ...pool, settings, modifiedAt_ms: context.cloud.clock() });
      },
    }),

    AddCustomAttributes: operation({
      input: z.strictObject({ UserPoolId: z.string(), CustomAttributes: z.array(schemaAttribute).min(1) }),
      authorize: allow('AddCustomAttributes'),
      run: (input, context) => {
        const pool = pools.pool(input.UserPoolId, context);
        const schema = addCustom(pool.schema, input.CustomAttributes);
        pools.in(context).pools.put(pool.id, { ...pool, schema, modifiedAt_ms: context.cloud.clock() });
      },
    }),

    DeleteUserPool: operation({
      input: z.strictObject({ UserPoolId: z.string() }),
      authorize: allow('DeleteUserPool'),
      run: (input, context) => {
        const pool = pools.pool(input.UserPoolId, context);
        if (pool.settings.DeletionProtection === 'ACTIVE') {
          throw invalid(
            'The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.',
          );
        }
        pools.in(context).deletePool(pool.id);
        pools.keys.forget(context, pool.id);
        forgetTokensOf(context.cloud, pool.id);
      },
    }),

    ListUserPools: operation({
      input: z.strictObject({ MaxResults: z.int().min(1).max(60), NextToken: z.string().optional() }),
      authorize: () => [{ action: 'cognito-idp:ListUserPools', resource: '*' }],
      run: (input, context) => {
        const { items, next } = pageAfter(pools.in(context).pools.list(), ({ id }) => id, input.MaxResults, input.NextToken);
        return {
          UserPools: items.map((pool) => ({
            Id: pool.id,
            Name: pool.settings.PoolName,
            LambdaConfig: shownTriggers(pool),
            CreationDate: new Date(pool.createdAt_ms),
            LastModifiedDate: new Date(pool.modifiedAt_ms),
          })),
          NextToken: next,
        };
      },
    }),
  };
}

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function randomName(length: number, characters: string): string {
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join('');
}

function shown(pool: UserPool, store: UserPoolStore, context: Scope): Record<string, unknown> {
  const { PoolName, Policies, ...settings } = pool.settings;
  return {
    Id: pool.id,
    Name: PoolName,
    Arn: poolArn(context, pool.id),
    Policies: { PasswordPolicy: Policies.PasswordPolicy ?? DEFAULT_PASSWORD_POLICY },
    ...settings,
    LambdaConfig: shownTriggers(pool),
    SchemaAttributes: pool.schema,
    ...(pool.usernameAttributes.length === 0 ? {} : { UsernameAttributes: pool.usernameAttributes }),
    UsernameConfiguration: { CaseSensitive: pool.caseSensitive },
    EstimatedNumberOfUsers: store.countUsers(pool.id),
    CreationDate: new Date(pool.createdAt_ms),
    LastModifiedDate: new Date(pool.modifiedAt_ms),
  };
}

/** The legacy member repeats the ARN, as the API does. */
function shownTriggers({ settings }: UserPool): Record<string, unknown> {
  const config = settings.LambdaConfig?.PreTokenGenerationConfig;
  return config === undefined ? {} : { PreTokenGeneration: config.LambdaArn, PreTokenGenerationConfig: config };
}
