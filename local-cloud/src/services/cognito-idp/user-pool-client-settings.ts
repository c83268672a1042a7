import { z } from 'zod';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { invalid } from './user-attributes.ts';
import type { UserPool } from './user-pool-store.ts';

const unit = z.enum(['seconds', 'minutes', 'hours', 'days']);

/** What both CreateUserPoolClient and UpdateUserPoolClient take; what isn't given has its default again. */
export const userPoolClientSettings = {
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
type Settings = z.output<z.ZodObject<typeof userPoolClientSettings>>;
export type UserPoolClientSettings = Settings & { readonly ClientName: string };

const SECONDS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
const AUTH_FLOWS = new Set([
  'ALLOW_USER_SRP_AUTH',
  'ALLOW_USER_PASSWORD_AUTH',
  'ALLOW_ADMIN_USER_PASSWORD_AUTH',
  'ALLOW_REFRESH_TOKEN_AUTH',
  'ALLOW_CUSTOM_AUTH',
  'ALLOW_USER_AUTH',
]);
/** Cognito API Reference, CreateUserPoolClient, ExplicitAuthFlows: a client without a list. */
const DEFAULT_AUTH_FLOWS = ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_CUSTOM_AUTH'];

/** Throws InvalidParameterException, NotCarriedOut. */
export function checkClient(pool: UserPool, wanted: Settings): void {
  if (wanted.AllowedOAuthFlowsUserPoolClient) throw new NotCarriedOut('OAuth for Cognito user pool clients');
  if (!wanted.EnableTokenRevocation) throw new NotCarriedOut('EnableTokenRevocation false of a Cognito user pool client');
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

/** How long a client's tokens are valid, in seconds: an hour and 30 days unless it says otherwise. */
export function tokenValidity_s(settings: Settings): { access: number; id: number; refresh: number } {
  const { AccessTokenValidity, IdTokenValidity, RefreshTokenValidity, TokenValidityUnits: units } = settings;
  return {
    access: (AccessTokenValidity ?? 0) * SECONDS[units?.AccessToken ?? 'hours'] || 3_600,
    id: (IdTokenValidity ?? 0) * SECONDS[units?.IdToken ?? 'hours'] || 3_600,
    refresh: RefreshTokenValidity * SECONDS[units?.RefreshToken ?? 'days'] || 30 * SECONDS.days,
  };
}

export function allowsFlow({ ExplicitAuthFlows = DEFAULT_AUTH_FLOWS }: Settings, flow: string): boolean {
  return ExplicitAuthFlows.includes(flow);
}

/** Without a list a client reads the standard attributes alone (Cognito API Reference, CreateUserPoolClient, ReadAttributes). */
export function canRead({ ReadAttributes }: Settings, name: string): boolean {
  return ReadAttributes === undefined ? !name.startsWith('custom:') : ReadAttributes.includes(name);
}

/** The same for writing. */
export function canWrite({ WriteAttributes }: Settings, name: string): boolean {
  if (WriteAttributes === undefined) return !name.startsWith('custom:') && !name.endsWith('_verified');
  return WriteAttributes.includes(name);
}
