import { AwsError } from '../../kernel/aws-error.ts';

/** A decimal number: `digits` times ten to the power of `exponent`. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Significant digits that a number has at most (Developer Guide, "Supported data types and naming rules in DynamoDB"). */
const MAX_DIGITS = 38;
const MAX_EXPONENT = 125;
const MIN_EXPONENT = -130;

/** Order of two numbers in decimal text, exact: negative, 0 or positive. */
export function compareDecimals(a: string, b: string): number {
  if (a === b) return 0;
  if (isSmallInteger(a) && isSmallInteger(b)) return Number(a) - Number(b);
  const [left, right] = align(parse(a), parse(b));
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The exact sum, in plain decimal text. Throws ValidationException beyond 38 digits or DynamoDB's range. */
export function addDecimals(a: string, b: string): string {
  return combine(a, b, (left, right) => left + right);
}

/** The exact difference, in plain decimal text. Throws as `addDecimals` does. */
export function subtractDecimals(a: string, b: string): string {
  return combine(a, b, (left, right) => left - right);
}

function combine(a: string, b: string, operate: (left: bigint, right: bigint) => bigint): string {
  const left = parse(a);
  const right = parse(b);
  const [alignedLeft, alignedRight] = align(left, right);
  return format({ digits: operate(alignedLeft, alignedRight), exponent: Math.min(left.exponent, right.exponent) });
}

function isSmallInteger(text: string): boolean {
  return text.length <= 15 && /^-?\d+$/.test(text);
}

function parse(text: string): Decimal {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) throw new Error(`not a number: ${text}`);
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  const digits = BigInt(`${whole}${fraction}` || '0');
  return { digits: sign === '-' ? -digits : digits, exponent: Number(power) - fraction.length };
}

function align(a: Decimal, b: Decimal): [bigint, bigint] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [a.digits * 10n ** BigInt(a.exponent - exponent), b.digits * 10n ** BigInt(b.exponent - exponent)];
}

function format(value: Decimal): string {
  if (value.digits === 0n) return '0';
  const negative = value.digits < 0n;
  const all = (negative ? -value.digits : value.digits).toString();
  const digits = all.replace(/0+$/, '');
  const exponent = value.exponent + all.length - digits.length;
  checkRange(digits.length, exponent + digits.length - 1);
  return (negative ? '-' : '') + plain(digits, exponent);
}

function plain(digits: string, exponent: number): string {
  if (exponent >= 0) return digits + '0'.repeat(exponent);
  const point = digits.length + exponent;
  return point > 0 ? `${digits.slice(0, point)}.${digits.slice(point)}` : `0.${'0'.repeat(-point)}${digits}`;
}

function checkRange(digits: number, magnitude: number): void {
  if (magnitude > MAX_EXPONENT) {
    throw new AwsError('ValidationException', 'Number overflow. Attempting to store a number with magnitude larger than supported range');
  }
  if (magnitude < MIN_EXPONENT) {
    throw new AwsError('ValidationException', 'Number underflow. Attempting to store a number with magnitude smaller than supported range');
  }
  if (digits > MAX_DIGITS) {
    throw new AwsError('ValidationException', 'Attempting to store more than 38 significant digits in a Number');
  }
}
