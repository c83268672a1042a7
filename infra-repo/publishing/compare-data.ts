import { isDeepStrictEqual } from 'node:util';
import { addition, breaking, type Finding } from './finding.ts';

/** What can be written as JSON. */
export type Data = null | boolean | number | string | readonly Data[] | { readonly [name: string]: Data };

/**
 * Compares values that others read: constants, names of parameters, keys of items. What was there must be there unchanged, and lists keep their order; more may come.
 */
export function compareData(name: string, before: Data, now: Data): Finding[] {
  if (isList(before) && isList(now)) return compareLists(name, before, now);
  if (isRecord(before) && isRecord(now)) {
    const kept = Object.entries(before).flatMap(([key, value]) => {
      const current = now[key];
      return current === undefined
        ? [breaking(`${name}.${key}`, `is gone (it was ${shown(value)})`)]
        : compareData(`${name}.${key}`, value, current);
    });
    const added = Object.keys(now).filter((key) => !(key in before));
    return [...kept, ...added.map((key) => addition(`${name}.${key}`, `is new: ${shown(now[key] ?? null)}`))];
  }
  return isDeepStrictEqual(before, now) ? [] : [breaking(name, `was ${shown(before)}, is ${shown(now)}`)];
}

function compareLists(name: string, before: readonly Data[], now: readonly Data[]): Finding[] {
  const has = (list: readonly Data[], value: Data) => list.some((one) => isDeepStrictEqual(one, value));
  const gone = before.filter((value) => !has(now, value));
  const added = now.filter((value) => !has(before, value));
  const kept = now.filter((value) => has(before, value));
  const isInOrder = gone.length > 0 || isDeepStrictEqual(kept, before);
  return [
    ...gone.map((value) => breaking(name, `no longer has ${shown(value)}`)),
    ...(isInOrder ? [] : [breaking(name, 'has another order')]),
    ...added.map((value) => addition(name, `now has ${shown(value)}`)),
  ];
}

const isList = (value: Data): value is readonly Data[] => Array.isArray(value);
const isRecord = (value: Data): value is { readonly [name: string]: Data } => typeof value === 'object' && value !== null && !isList(value);

/** A value in a sentence: as JSON, cut where it gets long. */
export function shown(value: Data): string {
  const text = JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
