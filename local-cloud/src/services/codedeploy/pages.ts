import { AwsError } from '../../kernel/aws-error.ts';

/** So many in one answer. */
const PAGE = 100;

/** One page of a list. Throws InvalidNextTokenException for a token of elsewhere. */
export function pageOf<T>(all: readonly T[], token: string | undefined): { page: readonly T[]; nextToken?: string } {
  const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isInteger(from) || from < 0)
    throw new AwsError('InvalidNextTokenException', 'The next token was specified in an invalid format.');
  const end = from + PAGE;
  return { page: all.slice(from, end), ...(end < all.length ? { nextToken: Buffer.from(String(end)).toString('base64url') } : {}) };
}
