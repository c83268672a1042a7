import { compareDecimals } from './decimal.ts';

/** One value in DynamoDB's own JSON: exactly one member. Binary is Base64 text, numbers are decimal text. */
export interface AttributeValue {
  S?: string;
  N?: string;
  B?: string;
  BOOL?: boolean;
  NULL?: boolean;
  SS?: string[];
  NS?: string[];
  BS?: string[];
  L?: AttributeValue[];
  M?: Item;
}

export type AttributeType = keyof AttributeValue;
export type Item = Record<string, AttributeValue>;

/** Bytes that an item has at most, names included (Developer Guide, "Constraints in Amazon DynamoDB"). */
export const MAX_ITEM_BYTES = 400 * 1024;

/** The one type that a checked value has. */
export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) return type as AttributeType;
  throw new Error('an attribute value without a type got past the validation');
}

/** Bytes of an item: names and values (Developer Guide, "DynamoDB item sizes and formats"). */
export function itemSize(item: Item): number {
  let size = 0;
  for (const name in item) {
    const value = item[name];
    if (value !== undefined) size += Buffer.byteLength(name) + valueSize(value);
  }
  return size;
}

/** Bytes of one value. Lists and maps: 3 for the collection and 1 for each element beside the elements' own. */
export function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.B !== undefined) return binarySize(value.B);
  if (value.BOOL !== undefined || value.NULL !== undefined) return 1;
  if (value.SS !== undefined) return sum(value.SS, Buffer.byteLength);
  if (value.NS !== undefined) return sum(value.NS, numberSize);
  if (value.BS !== undefined) return sum(value.BS, binarySize);
  if (value.L !== undefined) return 3 + sum(value.L, (element) => 1 + valueSize(element));
  const map = value.M ?? {};
  return 3 + Object.keys(map).length + itemSize(map);
}

function sum<T>(values: readonly T[], size: (value: T) => number): number {
  let total = 0;
  for (const value of values) total += size(value);
  return total;
}

function binarySize(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

/**
 * One byte for two significant digits, plus one; a minus sign is one more. The page calls this approximate; that pairs
 * of digits are aligned to even powers of ten was measured by dynalite's authors against the service.
 */
function numberSize(text: string): number {
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  const integer = whole.replace(/^0+/, '');
  const digits = (integer + fraction).replace(/^0+/, '').replace(/0+$/, '').length;
  if (digits === 0) return 1;
  const exponent = integer.length > 0 ? integer.length - 1 : -(fraction.length - fraction.replace(/^0+/, '').length) - 1;
  const unaligned = digits % 2 === 0 && exponent % 2 === 0 ? 1 : 0;
  return 1 + Math.ceil(digits / 2) + unaligned + (negative ? 1 : 0);
}

/** Equality as `=` has it: same type, numbers by value, sets without order, lists and maps element by element. */
export function valuesEqual(a: AttributeValue, b: AttributeValue): boolean {
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  switch (type) {
    case 'S':
    case 'B':
    case 'BOOL':
    case 'NULL':
      return a[type] === b[type];
    case 'N':
      return a.N === b.N || compareDecimals(a.N ?? '0', b.N ?? '0') === 0;
    case 'SS':
    case 'BS':
    case 'NS': {
      const left = a[type] ?? [];
      const right = b[type] ?? [];
      return left.length === right.length && left.every((element) => setHas(type, right, element));
    }
    case 'L': {
      const left = a.L ?? [];
      const right = b.L ?? [];
      return left.length === right.length && left.every((element, index) => sameOrEqual(element, right[index]));
    }
    case 'M':
      return itemsEqual(a.M ?? {}, b.M ?? {});
  }
}

/** Whether both items have the same attributes with equal values. */
export function itemsEqual(a: Item, b: Item): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => sameOrEqual(a[name], b[name]));
}

export function sameOrEqual(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && valuesEqual(a, b));
}

/** Whether a set of this type holds the element. */
export function setHas(type: 'SS' | 'NS' | 'BS', elements: readonly string[], wanted: string): boolean {
  if (type !== 'NS') return elements.includes(wanted);
  return elements.some((element) => element === wanted || compareDecimals(element, wanted) === 0);
}

/** Order of two strings, numbers or binaries: by UTF-8 bytes, value, unsigned bytes. Undefined where there is no order. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.N !== undefined && b.N !== undefined) return compareDecimals(a.N, b.N);
  if (a.S !== undefined && b.S !== undefined) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(Buffer.from(a.B, 'base64'), Buffer.from(b.B, 'base64'));
  return undefined;
}

/** A copy that shares nothing that could be changed. */
export function cloneItem(item: Item): Item {
  return structuredClone(item);
}
