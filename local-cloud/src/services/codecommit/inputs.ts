import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Authorization, CallContext } from '../../kernel/service.ts';
import { repositoryArn } from './repositories.ts';

/** CodeCommit User Guide, "Quotas in AWS CodeCommit": 1 to 100 of letters, digits, `.`, `-` and `_`, without `.git` at the end. */
export const repositoryName = z
  .string()
  .regex(/^(?!.*\.git$)[\w.-]{1,100}$/, 'must be 1 to 100 of letters, digits and .-_, and not end with .git');

/** "Quotas in AWS CodeCommit", branch names, by git's own rules (git-check-ref-format): no name that git could take for something else. */
export const branchName = z
  .string()
  .max(256)
  .regex(/^(?![-/.])(?!.*(\.\.|\/\.|\/\/|@\{|\.lock$|\.lock\/|[/.]$))[^\s~^:?*[\\\p{Cc}]+$/u, 'is no name of a branch');

export const commitId = z.string().regex(/^[0-9a-f]{40}$/, 'must be the 40 hex digits of a commit');

/** The check of an operation on one repository; with the references that it changes (`codecommit:References`). */
export function onRepository(action: string, name: string, context: CallContext, ...references: string[]): Authorization {
  return {
    action: `codecommit:${action}`,
    resource: repositoryArn(name, context),
    ...(references.length === 0 ? {} : { conditions: { 'codecommit:References': references } }),
  };
}

/** The page of `all` that a token names, and the token of the next one. */
export function page<T>(all: readonly T[], token: string | undefined, size: number): { items: T[]; nextToken: string | undefined } {
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0)
    throw new AwsError('InvalidContinuationTokenException', 'The specified continuation token is not valid.');
  return { items: all.slice(from, from + size), nextToken: from + size < all.length ? String(from + size) : undefined };
}
