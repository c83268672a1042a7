import { z } from 'zod';
import type { Data } from './compare-data.ts';

/** What an export is to those who import it. */
export type Described =
  | { readonly kind: 'data'; readonly data: Data }
  /** As JSON Schema, of what it takes in: what crosses a border. */
  | { readonly kind: 'schema'; readonly schema: Data }
  /** A function, a class, or a record with functions: judged by its types, and by what it answers where that is stored or sent. */
  | { readonly kind: 'code' };

/** Describes what a module exports, by name. */
export const surfaceOf = (module: Readonly<Record<string, unknown>>): Map<string, Described> =>
  new Map(Object.entries(module).map(([name, value]) => [name, described(value)]));

function described(value: unknown): Described {
  if (isSchema(value)) return { kind: 'schema', schema: schemaData(value) };
  const data = dataOf(value);
  return data === undefined ? { kind: 'code' } : { kind: 'data', data };
}

/**
 * A value as data, with bytes in base64, regular expressions as text and schemas within as JSON Schema. undefined for what has code in it.
 */
export function dataOf(value: unknown): Data | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof RegExp) return String(value);
  if (isSchema(value)) return schemaData(value);
  if (typeof value !== 'object') return undefined;
  if (Array.isArray(value)) {
    const items = value.map(dataOf);
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const entries: [string, Data][] = [];
  for (const [name, part] of Object.entries(value)) {
    if (part === undefined) continue;
    const data = dataOf(part);
    if (data === undefined) return undefined;
    entries.push([name, data]);
  }
  return Object.fromEntries(entries);
}

const isSchema = (value: unknown): value is z.ZodType => typeof value === 'object' && value !== null && '_zod' in value;

/** A check that JSON Schema can't say (a time zone that the runtime knows) is left out: zod writes what surrounds it. */
const schemaData = (schema: z.ZodType): Data =>
  JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))) as Data;
