import { z } from 'zod';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { invalid } from './user-attributes.ts';
import { randomName } from './user-pool-operations.ts';
import type { UserPool, UserPoolClient } from './user-pool-store.ts';
import { pageAfter, type UserPools } from './user-pools.ts';

const unit = z.enum(['seconds', 'minutes', 'hours', 'days']);

/** What both CreateUserPoolClient and UpdateUserPoolClient take; what isn't given has its default again. */
const settings = {
  AccessTokenValidity: z.int().optional(),
  IdTokenValidity: z.int().optional(),
  RefreshTokenValidity: z.int().default(30),
  TokenValidityUnits: z.strictObject({ AccessToken: unit.optional(), IdToken: unit.optional(), RefreshToken: unit.optional() }).optional(),
  ReadAttributes: z.array(z.string()).optional(),
  WriteAttributes: z.array(z.string()).optional(),
  ExplicitAuthFlows: z.array(z.string()).optional(),
  SupportedIdentityProviders: z.array(z.string()).optional(),
  AllowedOAuthFlowsUserPoolClient: z.boolean().default(false),
  PreventUserExistenceErrors: z.enum(['LEGACY', 'ENABLED']).optional(),
  EnableTokenRevocation: z.boolean().default(true),
  AuthSessionValidity: z.int().min(3).max(15).default(3),
};
type Settings = z.output<z.ZodObject<typeof settings>>;

const SECONDS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
const AUTH_FLOWS = new Set([
  'ALLOW_USER_SRP_AUTH',
  'ALLOW_USER_PASSWORD_AUTH',
  'ALLOW_ADMIN_USER_PASSWORD_AUTH',
  'ALLOW_REFRESH_TOKEN_AUTH',
  'ALLOW_CUSTOM_AUTH',
  'ALLOW_USER_AUTH',
]);

export function clientOperations(pools: UserPools): Record<string, Operation<never, unknown>> {
  const allow = (action: string) => (input: { UserPoolId: string }, context: CallContext) =>
    pools.authorization(action, input.UserPoolId, context);
  const ofClient = { UserPoolId: z.string(), ClientId: z.string() };

  return {
    CreateUserPoolClient: operation({
      input: z.strictObject({ UserPoolId: z.string(), ClientName: z.string(), GenerateSecret: z.boolean().default(false), ...settings }),
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
      input: z.strictObject({ ...ofClient, ClientName: z.string().optional(), ...settings }),
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

/** Throws InvalidParameterException, NotCarriedOut. */
function checkClient(pool: UserPool, wanted: Settings): void {
  if (wanted.AllowedOAuthFlowsUserPoolClient) throw new NotCarriedOut('OAuth for Cognito user pool clients');
  const provider = wanted.SupportedIdentityProviders?.find((name) => name !== 'COGNITO');
  if (provider !== undefined) throw new NotCarriedOut(`the identity provider "${provider}" of Cognito`);
  const flow = wanted.ExplicitAuthFlows?.find((name) => !AUTH_FLOWS.has(name));
  if (flow !== undefined) throw invalid(`ExplicitAuthFlows: ${flow} is not carried out or unknown`);
  const unknown = (names: readonly string[] = []) => names.some((name) => !pool.schema.some((attribute) => attribute.Name === name));
  if (unknown(wanted.ReadAttributes)) throw invalid('Invalid read attributes specified while creating a client');
  if (unknown(wanted.WriteAttributes)) throw invalid('Invalid write attributes specified while creating a client');
  // Cognito API Reference, CreateUserPoolClient: 5 minutes to 1 day, and 1 hour to 10 years.
  const { AccessTokenValidity: access, IdTokenValidity: id, RefreshTokenValidity: refresh, TokenValidityUnits: units } = wanted;
  checkValidity('AccessTokenValidity', access, units?.AccessToken ?? 'hours', 300, 86_400);
  checkValidity('IdTokenValidity', id, units?.IdToken ?? 'hours', 300, 86_400);
  checkValidity('RefreshTokenValidity', refresh === 0 ? undefined : refresh, units?.RefreshToken ?? 'days', 3600, 315_360_000);
}

function checkValidity(name: string, value: number | undefined, per: keyof typeof SECONDS, min_s: number, max_s: number): void {
  if (value === undefined) return;
  const value_s = value * SECONDS[per];
  if (value_s < min_s || value_s > max_s)
    throw invalid(`Invalid range for token validity: ${name} must be from ${min_s} to ${max_s} seconds.`);
}

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
