import { type CompileContext, compile, type Evaluate } from './expressions.ts';
import { finite } from './functions.ts';
import { MalformedQuery } from './malformed-query.ts';
import type { Row } from './row.ts';
import type { Expression } from './syntax.ts';
import { sortOrder, toNumber, toText, type Value } from './value.ts';

/** Gathers one aggregation over the rows of one group. */
export interface Aggregation {
  add(row: Row): void;
  result(): Value;
}

type Make = (value: Evaluate, percent: number) => Aggregation;

/**
 * "stats": aggregation and non-aggregation functions. Values that are missing, or no numbers where numbers are asked for, don't
 * count. AWS doesn't say how it computes percentiles and deviations: here a percentile lies between its neighbours in
 * proportion, and the deviation is that of the whole population. count_distinct is exact.
 */
const AGGREGATIONS: Readonly<Record<string, Make>> = {
  count: (value) => {
    let count = 0;
    return {
      add: (row) => {
        if (value(row) !== null) count++;
      },
      result: () => count,
    };
  },
  count_distinct: (value) => {
    const seen = new Set<string>();
    return {
      add: (row) => {
        const text = toText(value(row));
        if (text !== null) seen.add(text);
      },
      result: () => seen.size,
    };
  },
  sum: overNumbers((numbers) => (numbers.length === 0 ? null : finite(total(numbers)))),
  avg: overNumbers((numbers) => (numbers.length === 0 ? null : finite(total(numbers) / numbers.length))),
  stddev: overNumbers((numbers) => {
    if (numbers.length === 0) return null;
    const mean = total(numbers) / numbers.length;
    return finite(Math.sqrt(total(numbers.map((number) => (number - mean) ** 2)) / numbers.length));
  }),
  median: overNumbers((numbers) => percentile(numbers, 50)),
  pct: overNumbers(percentile),
  min: best((value, so_far) => sortOrder(value, so_far) < 0),
  max: best((value, so_far) => sortOrder(value, so_far) > 0),
  sortsfirst: best((value, so_far) => sortOrder(value, so_far) < 0),
  sortslast: best((value, so_far) => sortOrder(value, so_far) > 0),
  earliest: byTime((time, so_far) => time < so_far),
  latest: byTime((time, so_far) => time > so_far),
};

/** How to make the aggregation that a call names, or undefined when it names none. Throws MalformedQuery for its arguments. */
export function aggregationOf(call: Expression & { kind: 'call' }, context: CompileContext): (() => Aggregation) | undefined {
  const make = Object.hasOwn(AGGREGATIONS, call.name) ? AGGREGATIONS[call.name] : undefined;
  if (make === undefined) return undefined;
  const [subject, percent, ...rest] = call.arguments;
  if (call.name === 'count' && (subject === undefined || subject.kind === 'star') && percent === undefined) return () => make(() => 1, 0);
  const percentage = percent?.kind === 'literal' && typeof percent.value === 'number' ? percent.value : undefined;
  const wantsPercent = call.name === 'pct';
  if (subject === undefined || rest.length > 0 || wantsPercent !== (percent !== undefined))
    throw new MalformedQuery(`${call.name} takes ${wantsPercent ? 'a field and a percentage' : 'one argument'}`, call.span);
  if (wantsPercent && (percentage === undefined || percentage < 0 || percentage > 100))
    throw new MalformedQuery('The percentage of pct is a number from 0 to 100', call.span);
  if (call.name === 'earliest' || call.name === 'latest')
    compile({ kind: 'field', name: '@timestamp', text: '@timestamp', span: call.span }, context);
  const value = compile(subject, context);
  return () => make(value, percentage ?? 0);
}

function overNumbers(compute: (numbers: number[], percent: number) => Value): Make {
  return (value, percent) => {
    const numbers: number[] = [];
    return {
      add: (row) => {
        const number = toNumber(value(row));
        if (number !== null) numbers.push(number);
      },
      result: () => compute(numbers, percent),
    };
  };
}

function best(better: (value: Value, so_far: Value) => boolean): Make {
  return (value) => {
    let found: Value = null;
    return {
      add: (row) => {
        const candidate = value(row);
        if (candidate !== null && (found === null || better(candidate, found))) found = candidate;
      },
      result: () => found,
    };
  };
}

/** The value of the event with that timestamp; events that lack the field don't count. */
function byTime(better: (time_ms: number, so_far_ms: number) => boolean): Make {
  return (value) => {
    let found: Value = null;
    let found_ms: number | undefined;
    return {
      add: (row) => {
        const candidate = value(row);
        const time_ms = toNumber(row.get('@timestamp'));
        if (candidate === null || time_ms === null || (found_ms !== undefined && !better(time_ms, found_ms))) return;
        found = candidate;
        found_ms = time_ms;
      },
      result: () => found,
    };
  };
}

function total(numbers: readonly number[]): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}

function percentile(numbers: readonly number[], percent: number): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  const place = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (place - Math.floor(place));
}
