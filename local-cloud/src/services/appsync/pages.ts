import { z } from 'zod';

/** AppSync API Reference: at most 25 of a list at once. */
const MAX_RESULTS = 25;

export const paging = { nextToken: z.string().optional(), maxResults: z.int().min(0).max(MAX_RESULTS).default(MAX_RESULTS) };

/** A page of a list; the token is how many came before. */
export function page<T>(
  all: readonly T[],
  input: { nextToken?: string | undefined; maxResults: number },
): { items: T[]; nextToken?: string } {
  const from = input.nextToken === undefined ? 0 : Number.parseInt(Buffer.from(input.nextToken, 'base64url').toString(), 10) || 0;
  const to = from + (input.maxResults === 0 ? MAX_RESULTS : input.maxResults);
  return {
    items: all.slice(from, to),
    ...(to < all.length ? { nextToken: Buffer.from(String(to)).toString('base64url') } : {}),
  };
}
