import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item as DynamoDB gives it, each value with its type. */
export type Item = Readonly<Record<string, AttributeValue>>;

/*
 * What stands in an item, read one attribute at a time: the answer to one page has 500 items and more, and to turn each into a plain object
 * first, to check it by a schema then, took longer than to read it. Each throws an Error that names the attribute.
 */

/** A text that must be there. */
export function text(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined) throw new Error(`${name} must be a text`);
  return value;
}

/** A number that must be there. */
export function number(item: Item, name: string): number {
  const value = optionalNumber(item, name);
  if (value === undefined) throw new Error(`${name} must be a number`);
  return value;
}

/** A number, or undefined where there is no such attribute. */
export function optionalNumber(item: Item, name: string): number | undefined {
  const value = item[name];
  if (value === undefined) return undefined;
  const parsed = value.N === undefined ? Number.NaN : Number(value.N);
  if (!Number.isFinite(parsed)) throw new Error(`${name} must be a number`);
  return parsed;
}

/** A number that must be there, or null where null was written. */
export function numberOrNull(item: Item, name: string): number | null {
  return item[name]?.NULL === true ? null : number(item, name);
}

/** One of a few texts. */
export function oneOf<T extends string>(item: Item, name: string, texts: readonly T[]): T {
  const value = text(item, name);
  const known = texts.find((one) => one === value);
  if (known === undefined) throw new Error(`${name} must be one of ${texts.join(', ')}`);
  return known;
}

/** A map, or undefined where there is no such attribute. */
export function optionalMap(item: Item, name: string): Item | undefined {
  const value = item[name];
  if (value === undefined) return undefined;
  if (value.M === undefined) throw new Error(`${name} must be a map`);
  return value.M;
}
