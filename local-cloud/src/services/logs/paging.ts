import { invalidParameter } from './log-arn.ts';

/** DescribeLogGroups, DescribeLogStreams, DescribeMetricFilters: up to 50 items a page, which is the default too. */
const MAX_PAGE_ITEMS = 50;

/**
 * The page of an ordered list that begins behind the item whose key `nextToken` carries; the key identifies an item in the
 * list. Throws InvalidParameterException for a limit out of 1 to `maximum` or a token that isn't ours.
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  request: { nextToken?: string | undefined; limit?: number | undefined },
  maximum = MAX_PAGE_ITEMS,
): { items: readonly T[]; nextToken: string | undefined } {
  const limit = checkedLimit(request.limit, maximum);
  let start = 0;
  if (request.nextToken !== undefined) {
    const key = decodeToken(request.nextToken);
    start = items.findIndex((item) => keyOf(item) === key) + 1;
    if (start === 0) start = whereItStood(items.map(keyOf), key);
  }
  const chosen = items.slice(start, start + limit);
  const last = chosen.at(-1);
  const more = last !== undefined && start + limit < items.length;
  return { items: chosen, nextToken: more ? encodeToken(keyOf(last)) : undefined };
}

/** A caller that deletes page by page deletes the token's own item: in a list in key order the next one is known still. */
function whereItStood(keys: readonly string[], key: string): number {
  if (keys.some((each, index) => index > 0 && each <= (keys[index - 1] ?? ''))) throw invalidToken();
  const next = keys.findIndex((each) => each > key);
  return next < 0 ? keys.length : next;
}

/** Throws InvalidParameterException unless the limit is absent or between 1 and `maximum`; absent means `maximum`. */
export function checkedLimit(limit: number | undefined, maximum: number): number {
  if (limit === undefined) return maximum;
  if (!Number.isInteger(limit) || limit < 1 || limit > maximum)
    throw invalidParameter(
      `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value between 1 and ${maximum}`,
    );
  return limit;
}

export function encodeToken(content: string): string {
  return Buffer.from(content).toString('base64url');
}

export function decodeToken(token: string): string {
  if (!/^[\w-]+$/.test(token)) throw invalidToken();
  return Buffer.from(token, 'base64url').toString();
}

export function invalidToken() {
  return invalidParameter('The specified nextToken is invalid.');
}
