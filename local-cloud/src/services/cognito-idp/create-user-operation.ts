import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { sendInvitation } from './account-mails.ts';
import { checkPassword, generatePassword, temporaryUntil_ms } from './password-policy.ts';
import { makeVerifier } from './srp-verifier.ts';
import { checkAttributes, invalid, isEmail, isPhoneNumber } from './user-attributes.ts';
import { policyOf } from './user-pool-settings.ts';
import type { User, UserPool } from './user-pool-store.ts';
import type { UserPools } from './user-pools.ts';
import { attributeList, checkFree, ofUser, shownUser } from './users.ts';

/** The operation AdminCreateUser: a new user with a temporary password, and the invitation that tells it. */
export function createUserOperation(pools: UserPools): Operation<never, unknown> {
  return operation({
    input: z.strictObject({
      ...ofUser,
      UserAttributes: attributeList,
      TemporaryPassword: z.string().optional(),
      MessageAction: z.enum(['SUPPRESS', 'RESEND']).optional(),
      DesiredDeliveryMediums: z.array(z.string()).optional(),
    }),
    authorize: (input, context) => pools.authorization('AdminCreateUser', input.UserPoolId, context),
    run: (input, context) => {
      if (input.MessageAction === 'RESEND') return { User: shownUser(resend(pools, input, context)) };
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
      if (input.MessageAction === undefined) {
        sendInvitation(context.cloud, context, pool, user, { name: input.Username, password, mediums: input.DesiredDeliveryMediums });
      }
      store.putUser(pool, user);
      return { User: shownUser(user) };
    },
  });
}

/** The invitation again, with a new temporary password. Throws UnsupportedUserStateException for who has signed in already. */
function resend(
  pools: UserPools,
  input: { UserPoolId: string; Username: string; TemporaryPassword?: string | undefined; DesiredDeliveryMediums?: string[] | undefined },
  context: CallContext,
): User {
  const { pool, user } = pools.user(input.UserPoolId, input.Username, context);
  if (user.status !== 'FORCE_CHANGE_PASSWORD')
    throw new AwsError('UnsupportedUserStateException', `Resend not possible. ${input.Username} status is not FORCE_CHANGE_PASSWORD`);
  const policy = policyOf(pool);
  const password = input.TemporaryPassword ?? generatePassword(policy);
  checkPassword(password, policy);
  const now = context.cloud.clock();
  const invited: User = {
    ...user,
    password: makeVerifier(pool.id, user.username, password),
    temporaryUntil_ms: temporaryUntil_ms(policy, now),
    modifiedAt_ms: now,
  };
  sendInvitation(context.cloud, context, pool, invited, { name: input.Username, password, mediums: input.DesiredDeliveryMediums });
  pools.in(context).putUser(pool, invited);
  return invited;
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
