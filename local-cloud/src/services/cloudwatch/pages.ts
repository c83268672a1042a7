import { AwsError } from '../../kernel/aws-error.ts';

/** One page of a list, and the token of the next, which is the last key of this one. Throws InvalidNextToken. */
export function page<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  limit: number,
  token: string | undefined,
): { items: T[]; NextToken: string | undefined } {
  const after = token === undefined ? undefined : readToken(token);
  const begin = after === undefined ? 0 : all.findIndex((item) => keyOf(item) === after) + 1;
  if (after !== undefined && begin === 0) throw invalidToken();
  const items = all.slice(begin, begin + limit);
  const last = items.at(-1);
  const isMore = begin + limit < all.length && last !== undefined;
  return { items, NextToken: isMore ? Buffer.from(keyOf(last)).toString('base64url') : undefined };
}

function readToken(token: string): string {
  if (!/^[\w-]+$/.test(token)) throw invalidToken();
  return Buffer.from(token, 'base64url').toString('utf8');
}

function invalidToken(): AwsError {
  return new AwsError('InvalidNextToken', 'The next token specified is invalid.');
}
