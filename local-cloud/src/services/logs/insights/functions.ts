import { BlockList, isIP } from 'node:net';
import { order, type Structure, Timestamp, toNumber, toText, type Value } from './value.ts';

export interface QueryFunction {
  readonly least: number;
  /** Infinity where AWS takes any number. */
  readonly most: number;
  run(values: readonly Value[]): Value;
}

/**
 * Functions whose arguments are values ("Boolean, comparison, numeric, datetime, and other functions"), by their name in lower
 * case. An argument that is missing or of the wrong type yields null. Functions that take a period are in expressions.ts.
 */
export const FUNCTIONS: Readonly<Record<string, QueryFunction>> = {
  abs: numeric(Math.abs),
  ceil: numeric(Math.ceil),
  floor: numeric(Math.floor),
  log: numeric(Math.log),
  sqrt: numeric(Math.sqrt),
  greatest: { least: 1, most: Infinity, run: (values) => extreme(values, 1) },
  least: { least: 1, most: Infinity, run: (values) => extreme(values, -1) },

  ispresent: { least: 1, most: 1, run: ([value]) => value !== null },
  coalesce: { least: 1, most: Infinity, run: (values) => values.find((value) => value !== null) ?? null },

  isempty: { least: 1, most: 1, run: ([value = null]) => value === null || toText(value) === '' },
  isblank: { least: 1, most: 1, run: ([value = null]) => (toText(value) ?? '').trim() === '' },
  concat: { least: 1, most: Infinity, run: (values) => values.map((value) => toText(value) ?? '').join('') },
  ltrim: text(1, 2, (subject, cut) => trimStart(subject, cut)),
  rtrim: text(1, 2, (subject, cut) => trimEnd(subject, cut)),
  trim: text(1, 2, (subject, cut) => trimStart(trimEnd(subject, cut), cut)),
  strlen: text(1, 1, (subject) => [...subject].length),
  toupper: text(1, 1, (subject) => subject.toUpperCase()),
  tolower: text(1, 1, (subject) => subject.toLowerCase()),
  substr: {
    least: 2,
    most: 3,
    run: ([value = null, from = null, length]) => {
      const [subject, start, count] = [toText(value), toNumber(from), length === undefined ? Infinity : toNumber(length)];
      if (subject === null || start === null || count === null) return null;
      const begin = Math.max(start, 0);
      return [...subject].slice(begin, begin + Math.max(count, 0)).join('');
    },
  },
  replace: text(3, 3, (subject, search, replacement) =>
    search === '' ? subject : subject.replaceAll(search ?? '', () => replacement ?? ''),
  ),
  strcontains: text(2, 2, (subject, search) => (subject.includes(search ?? '') ? 1 : 0)),

  frommillis: {
    least: 1,
    most: 1,
    run: ([value = null]) => {
      const ms = toNumber(value);
      return ms === null ? null : new Timestamp(ms);
    },
  },
  tomillis: { least: 1, most: 1, run: ([value = null]) => toNumber(value) },

  jsonparse: {
    least: 1,
    most: 1,
    run: ([value = null]) => {
      try {
        return JSON.parse(toText(value) ?? '') as Structure;
      } catch {
        return null;
      }
    },
  },
  jsonstringify: { least: 1, most: 1, run: ([value = null]) => (value === null ? null : JSON.stringify(value)) },

  isvalidip: text(1, 1, (subject) => isIP(subject) !== 0),
  isvalidipv4: text(1, 1, (subject) => isIP(subject) === 4),
  isvalidipv6: text(1, 1, (subject) => isIP(subject) === 6),
  isipinsubnet: text(2, 2, (subject, subnet) => inSubnet(subject, subnet ?? '', isIP(subject))),
  isipv4insubnet: text(2, 2, (subject, subnet) => inSubnet(subject, subnet ?? '', 4)),
  isipv6insubnet: text(2, 2, (subject, subnet) => inSubnet(subject, subnet ?? '', 6)),
};

function numeric(compute: (value: number) => number): QueryFunction {
  return {
    least: 1,
    most: 1,
    run: ([value = null]) => {
      const number = toNumber(value);
      return number === null ? null : finite(compute(number));
    },
  };
}

function text(least: number, most: number, compute: (...texts: [string, ...string[]]) => Value): QueryFunction {
  return {
    least,
    most,
    run: (values) => {
      const [subject, ...rest] = values.map(toText);
      if (subject === undefined || subject === null || rest.includes(null)) return null;
      return compute(subject, ...(rest as string[]));
    },
  };
}

/** What isn't a number, such as a division by zero, is no value. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function extreme(values: readonly Value[], sign: 1 | -1): Value {
  let best: Value = null;
  for (const value of values) {
    const number = toNumber(value);
    if (number !== null && (best === null || (order(number, best) ?? 0) * sign > 0)) best = number;
  }
  return best;
}

function trimStart(subject: string, cut?: string): string {
  if (cut === undefined) return subject.trimStart();
  let rest = subject;
  while (cut !== '' && rest.startsWith(cut)) rest = rest.slice(cut.length);
  return rest;
}

function trimEnd(subject: string, cut?: string): string {
  if (cut === undefined) return subject.trimEnd();
  let rest = subject;
  while (cut !== '' && rest.endsWith(cut)) rest = rest.slice(0, -cut.length);
  return rest;
}

function inSubnet(address: string, subnet: string, version: number): boolean {
  const [network = '', bits = ''] = subnet.split('/');
  const size = version === 6 ? 128 : 32;
  if (version === 0 || isIP(address) !== version || isIP(network) !== version || !/^\d+$/.test(bits) || Number(bits) > size) return false;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
}
