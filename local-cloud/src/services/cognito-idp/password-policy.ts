import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';

/** Defaults as CreateUserPool sets them (Cognito API Reference, PasswordPolicyType). */
export const passwordPolicy = z.strictObject({
  MinimumLength: z.int().min(6).max(99).default(8),
  RequireUppercase: z.boolean().default(true),
  RequireLowercase: z.boolean().default(true),
  RequireNumbers: z.boolean().default(true),
  RequireSymbols: z.boolean().default(true),
  TemporaryPasswordValidityDays: z.int().min(0).max(365).default(7),
});
export type PasswordPolicy = z.output<typeof passwordPolicy>;

const MAX_LENGTH = 256;
/** Cognito Developer Guide, "Adding user pool password requirements"; a space counts unless it is first or last. */
const SYMBOL = /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]|(?<=.) (?=.)/;

/** Throws InvalidPasswordException. */
export function checkPassword(password: string, policy: PasswordPolicy): void {
  const fail = (reason: string) => new AwsError('InvalidPasswordException', `Password did not conform with policy: ${reason}`);
  if (password.length < policy.MinimumLength) throw fail('Password not long enough');
  if (password.length > MAX_LENGTH) throw fail('Password too long');
  if (policy.RequireUppercase && !/[A-Z]/.test(password)) throw fail('Password must have uppercase characters');
  if (policy.RequireLowercase && !/[a-z]/.test(password)) throw fail('Password must have lowercase characters');
  if (policy.RequireNumbers && !/\d/.test(password)) throw fail('Password must have numeric characters');
  if (policy.RequireSymbols && !SYMBOL.test(password)) throw fail('Password must have symbol characters');
}

const DAY_MS = 86_400_000;

/** When a temporary password that is set now stops being accepted (milliseconds since 1970). */
export function temporaryUntil_ms(policy: PasswordPolicy, now: number): number {
  return now + policy.TemporaryPasswordValidityDays * DAY_MS;
}

const CLASSES = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '!@#%&*_-+='];

/** A random password that fits every policy of this minimum length. */
export function generatePassword({ MinimumLength }: PasswordPolicy): string {
  const length = Math.max(MinimumLength, 16);
  return Array.from({ length }, (_, index) => {
    const characters = CLASSES[index % CLASSES.length] ?? '';
    return characters[randomInt(characters.length)];
  }).join('');
}
