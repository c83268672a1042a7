import { AwsError } from '../../kernel/aws-error.ts';

/*
 * Constraints on members of requests that dynalite doesn't check, in the words in which the service tells every violated one.
 */

/** Throws ValidationException unless the member is left out or one of the allowed values. */
export function checkEnum(member: string, value: string | undefined, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value)) {
    throw violation(member, value, `Member must satisfy enum value set: [${allowed.join(', ')}]`);
  }
}

/** Throws ValidationException when a text is shorter or longer than it may be, in characters. */
export function checkLength(member: string, value: string | undefined, least: number, most: number): void {
  if (value === undefined) return;
  if (value.length < least) throw violation(member, value, `Member must have length greater than or equal to ${least}`);
  if (value.length > most) throw violation(member, value, `Member must have length less than or equal to ${most}`);
}

function violation(member: string, value: string, rule: string): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`,
  );
}
