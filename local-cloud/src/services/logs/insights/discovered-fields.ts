import type { Structure, Value } from './value.ts';

/** The fields that Logs Insights finds in one event's message. */
export interface EventFields {
  get(name: string): Value;
  /** Every field by its flattened name, for GetLogRecord. */
  entries(): [string, Value][];
}

const LAMBDA_GROUP = /:\/aws\/lambda\//;
const MEGABYTE = 1_000_000;

/**
 * Finds fields as "Supported logs and discovered fields" says: JSON is flattened with dots, elements of arrays by their index
 * (`a.b.0.c`); in a Lambda function's group the first JSON fragment of a line counts, and the platform's own lines yield
 * @type, @requestId, @duration and so on (milliseconds, and bytes of a thousand thousand to the MB). AWS takes no more than
 * 200 fields of a message; here there is no such limit.
 */
export function discoveredFields(event: { readonly message: string; readonly log: string }): EventFields {
  const lambda = LAMBDA_GROUP.test(event.log);
  const json = parseWhole(event.message) ?? (lambda ? parseFragment(event.message) : undefined);
  const platform = lambda ? platformFields(event.message) : undefined;
  return {
    get: (name) => platform?.get(name) ?? (json === undefined ? null : fieldAt(json, name, false)),
    entries: () => [...(platform ?? []), ...(json === undefined ? [] : flatten(json, ''))],
  };
}

function parseWhole(message: string): Structure | undefined {
  const first = message.trimStart()[0];
  if (first !== '{' && first !== '[') return undefined;
  return parseStructure(message);
}

function parseStructure(text: string): Structure | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Structure) : undefined;
  } catch {
    return undefined;
  }
}

/** The first stretch in balanced braces that is JSON. */
function parseFragment(message: string): Structure | undefined {
  for (let start = message.indexOf('{'); start >= 0; start = message.indexOf('{', start + 1)) {
    const end = closingBrace(message, start);
    const found = end < 0 ? undefined : parseStructure(message.slice(start, end + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

function closingBrace(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return index;
  }
  return -1;
}

/**
 * The value at a dotted path; keys may hold dots themselves. Only what isn't a map or list is a field of its own, unless
 * `structures` asks for those too. Null when there is nothing.
 */
export function fieldAt(structure: Structure, path: string, structures: boolean): Value {
  if (Object.hasOwn(structure, path)) {
    const value = structure[path];
    if (value === null || value === undefined) return null;
    if (typeof value !== 'object' || structures) return value as Value;
    return null;
  }
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const key = path.slice(0, dot);
    if (!Object.hasOwn(structure, key)) continue;
    const inner = structure[key];
    if (typeof inner !== 'object' || inner === null) continue;
    const value = fieldAt(inner as Structure, path.slice(dot + 1), structures);
    if (value !== null) return value;
  }
  return null;
}

function flatten(structure: Structure, prefix: string): [string, Value][] {
  return Object.entries(structure).flatMap(([key, value]): [string, Value][] => {
    if (typeof value === 'object' && value !== null) return flatten(value as Structure, `${prefix}${key}.`);
    return value === null || value === undefined ? [] : [[prefix + key, value as Value]];
  });
}

const PLATFORM_LINE = /^(START|END|REPORT) RequestId: ([\w-]+)/;
const REPORTED: readonly (readonly [field: string, pattern: RegExp, unit: number])[] = [
  ['@duration', /\bRequestId: [\w-]+\s+Duration: ([\d.]+) ms/, 1],
  ['@billedDuration', /\bBilled Duration: ([\d.]+) ms/, 1],
  ['@memorySize', /\bMemory Size: ([\d.]+) MB/, MEGABYTE],
  ['@maxMemoryUsed', /\bMax Memory Used: ([\d.]+) MB/, MEGABYTE],
  ['@initDuration', /\bInit Duration: ([\d.]+) ms/, 1],
];

function platformFields(message: string): Map<string, Value> | undefined {
  const line = PLATFORM_LINE.exec(message);
  if (line === null) {
    // What a function prints in the text format begins with the time and the request's id.
    const requestId = /^\S+Z\t([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\t/.exec(message)?.[1];
    return requestId === undefined ? undefined : new Map([['@requestId', requestId]]);
  }
  const fields = new Map<string, Value>([
    ['@type', line[1] ?? ''],
    ['@requestId', line[2] ?? ''],
  ]);
  if (line[1] !== 'REPORT') return fields;
  for (const [field, pattern, unit] of REPORTED) {
    const number = pattern.exec(message)?.[1];
    if (number !== undefined) fields.set(field, Number(number) * unit);
  }
  const trace = /\bXRAY TraceId: (\S+)/.exec(message)?.[1];
  if (trace !== undefined) fields.set('@xrayTraceId', trace);
  return fields;
}
