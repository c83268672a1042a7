import { z } from 'zod';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { canRecoverByMail, sendResetCode } from './account-mails.ts';
import { notResettable, noWayOfRecovery } from './account-operations.ts';
import { createUserOperation } from './create-user-operation.ts';
import { checkPassword, temporaryUntil_ms } from './password-policy.ts';
import { makeVerifier } from './srp-verifier.ts';
import { notAuthorized } from './tokens.ts';
import { checkAttributes, invalid } from './user-attributes.ts';
import { parseUserFilter } from './user-filter.ts';
import { policyOf } from './user-pool-settings.ts';
import type { User, UserPool } from './user-pool-store.ts';
import { pageAfter, readToken, type UserPools } from './user-pools.ts';
import { attributeList, checkFree, ofUser, shownUser } from './users.ts';

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

  const revokeAll = (input: { UserPoolId: string; Username: string }, context: CallContext) => {
    const { pool, user } = pools.user(input.UserPoolId, input.Username, context);
    pools.in(context).sessions.revokeAll(pool.id, user.username);
  };

  return {
    AdminCreateUser: createUserOperation(pools),

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
      run: (input, context) => {
        change(input, context, () => ({ enabled: false }));
        // Cognito API Reference, AdminDisableUser: it revokes the user's tokens.
        revokeAll(input, context);
      },
    }),

    AdminEnableUser: operation({
      input: z.strictObject(ofUser),
      authorize: allow('AdminEnableUser'),
      run: (input, context) => change(input, context, () => ({ enabled: true })),
    }),

    AdminUserGlobalSignOut: operation({
      input: z.strictObject(ofUser),
      authorize: allow('AdminUserGlobalSignOut'),
      run: revokeAll,
    }),

    AdminResetUserPassword: operation({
      input: z.strictObject({ ...ofUser, ClientMetadata: z.record(z.string(), z.string()).optional() }),
      authorize: allow('AdminResetUserPassword'),
      run: (input, context) => {
        const { pool, user } = pools.user(input.UserPoolId, input.Username, context);
        if (!user.enabled) throw notAuthorized('User is disabled.');
        if (user.status === 'FORCE_CHANGE_PASSWORD') throw notResettable();
        if (!canRecoverByMail(pool, user)) throw noWayOfRecovery();
        change(input, context, () => ({ status: 'RESET_REQUIRED' }));
        const code = pools.in(context).resetCodes.make(pool.id, user.username, context.cloud.clock());
        sendResetCode(context.cloud, context, pool, user, code);
      },
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
