import { isIP } from 'node:net';
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';

/** Writes a value of a result as JSON, or throws CannotSerialize. */
export type Serialize = (value: unknown) => unknown;

/** A value of a result that its scalar type does not take; `message` goes into the answer's errors. */
export class CannotSerialize extends Error {}

/** The scalars beyond GraphQL's own (AWS AppSync Developer Guide, "Scalar types in GraphQL"). AWSPhone is not carried out. */
export const AWS_SCALARS: ReadonlyMap<string, GraphQLScalarType> = new Map(
  [
    text('AWSDate', 'date', isDate),
    text('AWSTime', 'time', isTime),
    text('AWSDateTime', 'DateTime', isDateTime),
    text('AWSEmail', 'email', (value) => /^[^\s@"]{1,64}@[^\s@]{1,255}$/.test(value)),
    text('AWSURL', 'URL', isUrl),
    text('AWSIPAddress', 'IP address', isAddress),
    new GraphQLScalarType<unknown, unknown>({
      name: 'AWSTimestamp',
      parseValue: (value) => required('timestamp', value, Number.isSafeInteger(value)),
      parseLiteral: (node) => required('timestamp', valueFromASTUntyped(node), node.kind === Kind.INT),
      serialize: (value) => (Number.isSafeInteger(value) ? value : cannot('timestamp', value)),
    }),
    new GraphQLScalarType<unknown, unknown>({
      name: 'AWSJSON',
      // A resolver is given what the text stands for.
      parseValue: parseJson,
      parseLiteral: (node: ValueNode) => parseJson(valueFromASTUntyped(node)),
      serialize: serializeJson,
    }),
  ].map((scalar) => [scalar.name, scalar]),
);

/** How GraphQL's own scalars are written: what can stand for a value of the type is taken for it, as AppSync does. */
export const OWN_SCALARS: ReadonlyMap<string, Serialize> = new Map<string, Serialize>([
  ['ID', (value) => (typeof value === 'string' ? value : Number.isInteger(value) ? String(value) : expected('ID', value))],
  ['String', (value) => (typeof value === 'string' ? value : isPlain(value) ? String(value) : expected('String', value))],
  ['Boolean', serializeBoolean],
  [
    'Int',
    (value) => {
      const number = numberOf(value);
      return Number.isInteger(number) && number >= -(2 ** 31) && number < 2 ** 31 ? number : expected('Int', value);
    },
  ],
  [
    'Float',
    (value) => {
      const number = numberOf(value);
      return Number.isFinite(number) ? number : expected('Float', value);
    },
  ],
]);

function text(name: string, called: string, isOne: (value: string) => boolean): GraphQLScalarType<unknown, unknown> {
  return new GraphQLScalarType<unknown, unknown>({
    name,
    parseValue: (value) => required(called, value, typeof value === 'string' && isOne(value)),
    parseLiteral: (node) => required(called, valueFromASTUntyped(node), node.kind === Kind.STRING && isOne(node.value)),
    serialize: (value) => (typeof value === 'string' && isOne(value) ? value : cannot(called, value)),
  });
}

function required(called: string, value: unknown, holds: boolean): unknown {
  if (!holds) throw new GraphQLError(`Unable to parse \`${String(value)}\` as a valid ${called}.`);
  return value;
}

function cannot(called: string, value: unknown): never {
  throw new CannotSerialize(`Unable to serialize \`${describe(value)}\` as a valid ${called} Object.`);
}

function expected(type: string, value: unknown): never {
  throw new CannotSerialize(`Expected type '${type}' but was '${javaName(value)}'.`);
}

function describe(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** AppSync is written in Java and names what came by its classes. */
function javaName(value: unknown): string {
  if (Array.isArray(value)) return 'ArrayList';
  if (typeof value === 'object') return 'LinkedHashMap';
  if (typeof value === 'number') return Number.isInteger(value) ? 'BigInteger' : 'Double';
  return typeof value === 'boolean' ? 'Boolean' : 'String';
}

function isPlain(value: unknown): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? Number(value) : Number.NaN;
}

function serializeBoolean(value: unknown): unknown {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return expected('Boolean', value);
}

function parseJson(value: unknown): unknown {
  if (typeof value === 'string') {
    try {
      return JSON.parse(value) as unknown;
    } catch {
      // told below
    }
  }
  throw new GraphQLError(`Unable to parse \`${String(value)}\` as a valid JSON.`);
}

/** Text that is JSON already stays as it is. */
function serializeJson(value: unknown): unknown {
  if (typeof value !== 'string') return JSON.stringify(value);
  try {
    JSON.parse(value);
    return value;
  } catch {
    return cannot('JSON', value);
  }
}

// Tested for every date and time of an answer, so without taking the text apart.
const DAY = '\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])';
const TIME_OF_DAY = '(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{0,9})?)?';
const OFFSET = '(?:Z|[+-]\\d{2}:\\d{2}(?::\\d{2})?)';
const DATE = new RegExp(`^${DAY}${OFFSET}?$`);
const TIME = new RegExp(`^${TIME_OF_DAY}${OFFSET}?$`);
/** The offset is needed here, unlike in a date or a time of day. */
const DATE_TIME = new RegExp(`^${DAY}T${TIME_OF_DAY}${OFFSET}$`);

function isDate(value: string): boolean {
  return DATE.test(value) && hasItsDay(value);
}

function isTime(value: string): boolean {
  return TIME.test(value);
}

function isDateTime(value: string): boolean {
  return DATE_TIME.test(value) && hasItsDay(value);
}

/** Whether the month that a text begins with is long enough. */
function hasItsDay(value: string): boolean {
  const day = Number(value.slice(8, 10));
  if (day <= 28) return true;
  return new Date(Date.UTC(Number(value.slice(0, 4)), Number(value.slice(5, 7)) - 1, day)).getUTCDate() === day;
}

function isUrl(value: string): boolean {
  return URL.canParse(value) && !new URL(value).pathname.includes('//');
}

function isAddress(value: string): boolean {
  const [address = '', prefix, ...more] = value.split('/');
  const bits = { 4: 32, 6: 128 }[isIP(address)];
  if (bits === undefined || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
}
