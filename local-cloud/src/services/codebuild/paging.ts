import { AwsError } from '../../kernel/aws-error.ts';

/** "ListBuilds", "ListProjects": 100 at most in an answer. */
const PAGE = 100;

/** One page of a list, and the token by which the next one is asked for. Throws InvalidInputException for a token of elsewhere. */
export function pageOf(all: readonly string[], token: string | undefined): { page: readonly string[]; next: string | undefined } {
  const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isInteger(from) || from < 0) throw new AwsError('InvalidInputException', 'Invalid nextToken');
  const end = from + PAGE;
  return { page: all.slice(from, end), next: end < all.length ? Buffer.from(String(end)).toString('base64url') : undefined };
}
