import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { checkPassword, generatePassword, type PasswordPolicy } from './password-policy.ts';
import { makeVerifier } from './srp-verifier.ts';
import { checkAttributes, invalid, isEmail, isPhoneNumber } from './user-attributes.ts';
import { parseUserFilter } from './user-filter.ts';
import { DEFAULT_PASSWORD_POLICY } from './user-pool-settings.ts';
import type { User, UserPool, UserPoolStore } from './user-pool-store.ts';
import { pageAfter, readToken, type UserPools } from './user-pools.ts';

const attributeList = z
  .array(z.strictObject({ Name: z.string(), Value: z.string().default('') }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ Name, Value }) => [Name, Value])));
const ofUser = { UserPoolId: z.string(), Username: z.string().min(1).max(128) };
const DAY_MS = 86_400_000;

/** An administrator's operations on the users of a pool. */
export function userOperations(pools: UserPools): Record<string, Operation<never, unknown>> {
  const allow = (action: string) => (input: { UserPoolId: string }, context: CallContext) =>
    pools.authorization(action, input.UserPoolId, context);
  const change = (
    input: { UserPoolId: string; Username: string },
    context: CallContext,
    make: (user: User, pool: UserPool) => Partial<User>,
  ) => {
    const { pool, user } = pools.user(input.UserPoolId, input.Username, context);
    pools.in(context).putUser(pool, { ...user, ...make(user, pool), modifiedAt_ms: context.cloud.clock() });
  };

  return {
    AdminCreateUser: operation({
      input: z.strictObject({
        ...ofUser,
        UserAttributes: attributeList,
        TemporaryPassword: z.string().optional(),
        MessageAction: z.enum(['SUPPRESS', 'RESEND']).optional(),
        DesiredDeliveryMediums: z.array(z.string()).optional(),
      }),
      authorize: allow('AdminCreateUser'),
      run: (input, context) => {
        if (input.MessageAction !== 'SUPPRESS') {
          throw new NotCarriedOut('the invitation that cognito-idp:AdminCreateUser sends unless MessageAction is SUPPRESS');
        }
        const pool = pools.pool(input.UserPoolId, context);
        const store = pools.in(context);
        const sub = randomUUID();
        const { username, attributes } = named(pool, input.Username, input.UserAttributes, sub);
        checkAttributes(pool.schema, attributes, false);
        checkFree(pool, store, username, attributes, undefined);
        const policy = policyOf(pool);
        const password = input.TemporaryPassword ?? generatePassword(policy);
        checkPassword(password, policy);
        const now = context.cloud.clock();
        const user: User = {
          poolId: pool.id,
          username,
          attributes: { sub, ...attributes },
          enabled: true,
          status: 'FORCE_CHANGE_PASSWORD',
          createdAt_ms: now,
          modifiedAt_ms: now,
          password: makeVerifier(pool.id, username, password),
          temporaryUntil_ms: temporaryUntil_ms(policy, now),
        };
        store.putUser(pool, user);
        return { User: shownUser(user) };
      },
    }),

    AdminGetUser: operation({
      input: z.strictObject(ofUser),
      authorize: allow('AdminGetUser'),
      run: (input, context) => {
        const { Attributes, ...rest } = shownUser(pools.user(input.UserPoolId, input.Username, context).user);
        return { ...rest, UserAttributes: Attributes };
      },
    }),

    AdminSetUserPassword: operation({
      input: z.strictObject({ ...ofUser, Password: z.string(), Permanent: z.boolean().default(false) }),
      authorize: allow('AdminSetUserPassword'),
      run: (input, context) =>
        change(input, context, (user, pool) => {
          const policy = policyOf(pool);
          checkPassword(input.Password, policy);
          return {
            status: input.Permanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD',
            password: makeVerifier(pool.id, user.username, input.Password),
            temporaryUntil_ms: input.Permanent ? undefined : temporaryUntil_ms(policy, context.cloud.clock()),
          };
        }),
    }),

    AdminUpdateUserAttributes: operation({
      input: z.strictObject({ ...ofUser, UserAttributes: attributeList }),
      authorize: allow('AdminUpdateUserAttributes'),
      run: (input, context) =>
        change(input, context, (user, pool) => {
          const changes = input.UserAttributes;
          checkAttributes(pool.schema, changes, true);
          checkVerified(pool, user, changes);
          const unverified = Object.fromEntries(
            ['email', 'phone_number']
              .filter(
                (name) =>
                  changes[name] !== undefined && changes[name] !== user.attributes[name] && changes[`${name}_verified`] === undefined,
              )
              .map((name) => [`${name}_verified`, 'false']),
          );
          const merged = Object.entries({ ...user.attributes, ...unverified, ...changes });
          // An empty value takes an attribute away (Cognito API Reference, AdminUpdateUserAttributes).
          const attributes = Object.fromEntries(merged.filter(([, value]) => value !== ''));
          const missing = pool.schema.find(({ Name, Required }) => Required && changes[Name] === '');
          if (missing !== undefined) throw invalid(`user.${missing.Name}: Attribute cannot be removed: it is required.`);
          checkFree(pool, pools.in(context), user.username, attributes, user);
          return { attributes };
        }),
    }),

    AdminDeleteUserAttributes: operation({
      input: z.strictObject({ ...ofUser, UserAttributeNames: z.array(z.string()) }),
      authorize: allow('AdminDeleteUserAttributes'),
      run: (input, context) =>
        change(input, context, (user, pool) => {
          for (const name of input.UserAttributeNames) {
            const attribute = pool.schema.find(({ Name }) => Name === name);
            if (attribute === undefined)
              throw invalid(`Attributes did not conform to the schema: ${name}: Attribute does not exist in the schema.`);
            if (!attribute.Mutable || attribute.Required) throw invalid(`user.${name}: Attribute cannot be deleted.`);
          }
          return {
            attributes: Object.fromEntries(Object.entries(user.attributes).filter(([name]) => !input.UserAttributeNames.includes(name))),
          };
        }),
    }),

    AdminDeleteUser: operation({
      input: z.strictObject(ofUser),
      authorize: allow('AdminDeleteUser'),
      run: (input, context) => pools.in(context).deleteUser(pools.user(input.UserPoolId, input.Username, context).user),
    }),

    AdminDisableUser: operation({
      input: z.strictObject(ofUser),
      authorize: allow('AdminDisableUser'),
      run: (input, context) => change(input, context, () => ({ enabled: false })),
    }),

    AdminEnableUser: operation({
      input: z.strictObject(ofUser),
      authorize: allow('AdminEnableUser'),
      run: (input, context) => change(input, context, () => ({ enabled: true })),
    }),

    ListUsers: operation({
      input: z.strictObject({
        UserPoolId: z.string(),
        AttributesToGet: z.array(z.string()).optional(),
        Filter: z.string().default(''),
        Limit: z.int().min(0).max(60).default(60),
        PaginationToken: z.string().optional(),
      }),
      authorize: allow('ListUsers'),
      run: (input, context) => {
        const pool = pools.pool(input.UserPoolId, context);
        const wanted = parseUserFilter(input.Filter);
        const found = pools.in(context).usersAfter(pool.id, readToken(input.PaginationToken), wanted);
        const { items, next } = pageAfter(found, ({ username }) => username, input.Limit || 60, input.PaginationToken);
        return { Users: items.map((user) => shownUser(user, input.AttributesToGet)), PaginationToken: next };
      },
    }),
  };
}

/** Where people sign in by an attribute, that is what they are created by, and their username is their `sub`. */
function named(pool: UserPool, name: string, wanted: Readonly<Record<string, string>>, sub: string) {
  if (pool.usernameAttributes.length === 0) return { username: pool.caseSensitive ? name : name.toLowerCase(), attributes: wanted };
  const byEmail = pool.usernameAttributes.includes('email') && isEmail(name);
  const byPhone = pool.usernameAttributes.includes('phone_number') && isPhoneNumber(name);
  if (!byEmail && !byPhone) {
    const kinds = pool.usernameAttributes.map((attribute) => (attribute === 'email' ? 'an email' : 'a phone number'));
    throw invalid(`Username should be ${kinds.join(' or ')}.`);
  }
  const attribute = byEmail ? 'email' : 'phone_number';
  return { username: sub, attributes: { ...wanted, [attribute]: wanted[attribute] ?? name } };
}

/** Throws UsernameExistsException for a new user, AliasExistsException for a changed one. */
function checkFree(
  pool: UserPool,
  store: UserPoolStore,
  username: string,
  attributes: Readonly<Record<string, string>>,
  self: User | undefined,
): void {
  const taken = (name: string) => {
    const other = store.userBySignInName(pool, name);
    return other !== undefined && other.username !== self?.username;
  };
  if (self === undefined && taken(username)) throw new AwsError('UsernameExistsException', 'User account already exists');
  for (const attribute of pool.usernameAttributes) {
    const value = attributes[attribute];
    if (value === undefined || !taken(value)) continue;
    if (self === undefined) throw new AwsError('UsernameExistsException', `An account with the given ${attribute} already exists.`);
    throw new AwsError('AliasExistsException', `An account with the ${attribute} already exists.`);
  }
}

/**
 * In a pool that keeps the old address until the new one is verified, an administrator must say that it is (Cognito API
 * Reference, UserAttributeUpdateSettingsType); the code that would be sent otherwise can't be.
 */
function checkVerified(pool: UserPool, user: User, changes: Readonly<Record<string, string>>): void {
  for (const name of pool.settings.UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate ?? []) {
    if (changes[name] !== undefined && changes[name] !== user.attributes[name] && changes[`${name}_verified`]?.toLowerCase() !== 'true') {
      throw new NotCarriedOut(`a change of ${name} that waits for its verification by a code (set ${name}_verified to true with it)`);
    }
  }
}

function policyOf(pool: UserPool): PasswordPolicy {
  return pool.settings.Policies.PasswordPolicy ?? DEFAULT_PASSWORD_POLICY;
}

function temporaryUntil_ms(policy: PasswordPolicy, now: number): number {
  return now + policy.TemporaryPasswordValidityDays * DAY_MS;
}

/** As the API shows a user, `sub` first; nothing of the password. */
export function shownUser(user: User, names?: readonly string[]) {
  const { sub = '', ...rest } = user.attributes;
  return {
    Username: user.username,
    Attributes: Object.entries({ sub, ...rest })
      .filter(([Name]) => names === undefined || names.includes(Name))
      .map(([Name, Value]) => ({ Name, Value })),
    UserCreateDate: new Date(user.createdAt_ms),
    UserLastModifiedDate: new Date(user.modifiedAt_ms),
    Enabled: user.enabled,
    UserStatus: user.status,
  };
}
