import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { User, UserPool, UserPoolStore } from './user-pool-store.ts';

/** How the API names a user. */
export const ofUser = { UserPoolId: z.string(), Username: z.string().min(1).max(128) };

/** Attributes as the API lists them, by name. */
export const attributeList = z
  .array(z.strictObject({ Name: z.string(), Value: z.string().default('') }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ Name, Value }) => [Name, Value])));

/** Throws UsernameExistsException for a new user, AliasExistsException for a changed one. */
export function checkFree(
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
