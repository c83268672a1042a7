/** SNS API Reference, ListTopics and ListSubscriptions: 100 an answer. */
const PAGE_SIZE = 100;

/** The page after the item that `token` names; items are in the order of their ARNs. */
export function page<T extends { readonly arn: string }>(
  all: readonly T[],
  token: string | undefined,
): { items: T[]; NextToken: string | undefined } {
  const after = token === undefined || token === '' ? '' : Buffer.from(token, 'base64url').toString('utf8');
  const rest = all.filter(({ arn }) => arn > after);
  const items = rest.slice(0, PAGE_SIZE);
  const last = items.at(-1);
  return { items, NextToken: last === undefined || items.length === rest.length ? undefined : Buffer.from(last.arn).toString('base64url') };
}
