/** A point in time, which prints as a date; as a number it is milliseconds since 1970. */
export class Timestamp {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A map or list that jsonParse made. */
export interface Structure {
  readonly [key: string]: unknown;
}

/** What a field or an expression yields; null is a field that isn't there. */
export type Value = string | number | boolean | Timestamp | Structure | null;

const NUMERIC = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** Text that reads as a number is one, as `parse` yields only text. Null for everything else. */
export function toNumber(value: Value): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Timestamp) return value.ms;
  if (typeof value === 'string' && NUMERIC.test(value)) return Number(value);
  return null;
}

/** The text by which string functions and results know a value; null stays null. */
export function toText(value: Value): string | null {
  if (value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  // "ispresent": its value shows as 0 or 1.
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (value instanceof Timestamp) return formatTimestamp(value.ms);
  return JSON.stringify(value);
}

export function isTrue(value: Value): boolean {
  return value !== null && value !== false && value !== 0 && value !== '';
}

/**
 * The text of a value in a result. Numbers that the query computed have at most four decimals, without trailing zeros: so they
 * stand in the results that AWS publishes. AWS documents no format, and how it writes numbers of eight digits and more
 * (`1.28E8` has been seen for @memorySize) isn't imitated.
 */
export function resultText(value: Value, computed: boolean): string | null {
  if (computed && typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toFixed(4)));
  return toText(value);
}

/** `YYYY-MM-DD HH:MM:SS.mmm` in UTC. */
export function formatTimestamp(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().replace('T', ' ').replace('Z', '');
}

/** Numbers where both sides are numbers, else text; false when a side is missing. */
export function equal(left: Value, right: Value): boolean {
  if (left === null || right === null) return false;
  const [a, b] = [asCompared(left, right), asCompared(right, left)];
  return a === b;
}

/** Negative, zero or positive; null when a side is missing. */
export function order(left: Value, right: Value): number | null {
  if (left === null || right === null) return null;
  const [a, b] = [asCompared(left, right), asCompared(right, left)];
  return a === b ? 0 : (a as number) < (b as number) ? -1 : 1;
}

function asCompared(value: Value, other: Value): string | number {
  const [number, otherNumber] = [toNumber(value), toNumber(other)];
  if (number !== null && otherNumber !== null) return number;
  if (typeof value === 'boolean') return String(value);
  return toText(value) ?? '';
}

/**
 * The order of `sort`, ascending: missing values, text in natural order, numbers ("sort": all non-number values come before
 * all numbers; where missing values stand isn't said).
 */
export function sortOrder(left: Value, right: Value): number {
  const [a, b] = [rank(left), rank(right)];
  if (a !== b) return a - b;
  if (a === 0) return 0;
  if (a === 2) return (toNumber(left) ?? 0) - (toNumber(right) ?? 0);
  return naturalOrder(toText(left) ?? '', toText(right) ?? '');
}

function rank(value: Value): 0 | 1 | 2 {
  if (value === null) return 0;
  return toNumber(value) === null ? 1 : 2;
}

/** Digits are compared by their count, then by their value; everything else by its characters. */
function naturalOrder(left: string, right: string): number {
  const [a, b] = [chunks(left), chunks(right)];
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [x, y] = [a[index] ?? '', b[index] ?? ''];
    if (x === y) continue;
    if (isDigits(x) && isDigits(y) && x.length !== y.length) return x.length - y.length;
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

function chunks(text: string): string[] {
  return text.match(/\d+|\D+/g) ?? [];
}

function isDigits(text: string): boolean {
  return /^\d/.test(text);
}
