import { numberFields, runStates, type StatusDocument } from '@enstratus/contract';
import { type Cores, loadCores } from '@enstratus/device-firmware/core';
import fc from 'fast-check';
import { nearMiss, oddText } from './odd-values.ts';

/** The core with which devices write and read packs. */
export const cores: Cores = await loadCores();

const scaleOf = (resolution: number): number => (resolution === 1 ? 1 : 10);
const readings = fc.record({
  run_state: fc.option(fc.constantFrom(...runStates), { freq: 8 }),
  ...(Object.fromEntries(
    numberFields.map(({ name, min, max, resolution }) => [
      name,
      fc.option(
        fc.integer({ min: min * scaleOf(resolution), max: max * scaleOf(resolution) }).map((steps) => steps / scaleOf(resolution)),
        { freq: 8 },
      ),
    ]),
  ) as Record<(typeof numberFields)[number]['name'], fc.Arbitrary<number | null>>),
});

export interface Start {
  readonly boot_id: number;
  readonly seq: number;
  /** Epoch seconds. */
  readonly time: number;
}

/** Consecutive documents, a minute apart, that fit in a pack, and the pack that the core makes of them. */
export function packsFrom(
  starts: fc.Arbitrary<Start>,
): fc.Arbitrary<{ readonly documents: readonly StatusDocument[]; readonly text: string }> {
  const runs = fc.array(fc.tuple(readings, fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 6 });
  return fc.tuple(starts, runs).map(([start, all]) => {
    const documents = all
      .flatMap(([values, times]) => Array.from({ length: times }, () => values))
      .slice(0, 15)
      .map((values, index) => ({ boot_id: start.boot_id, seq: start.seq + index, time: start.time + index * 60, ...values }));
    for (let count = documents.length; count > 0; count--) {
      const text = cores.encodePack(documents.slice(0, count));
      if (text !== undefined) return { documents: documents.slice(0, count), text };
    }
    throw new Error('the core makes no pack of a single document');
  });
}

/** The same documents alone, as devices without packing send them. */
export function plainTexts(starts: fc.Arbitrary<Start>): fc.Arbitrary<string> {
  return fc.tuple(starts, readings, fc.subarray(['v', 'boot_id', 'seq', 'time']), fc.boolean()).map(([start, values, left, asTexts]) => {
    const entries = Object.entries({ v: 1, ...start, ...values }).filter(([name]) => !left.includes(name));
    return JSON.stringify(
      Object.fromEntries(asTexts ? entries.map(([name, value]) => [name, value === null ? '' : String(value)]) : entries),
    );
  });
}

const slips = [
  '',
  ' ',
  '\n',
  ',',
  '"',
  '{',
  '}',
  '[',
  ']',
  ':',
  '\\',
  '0',
  '-',
  '.',
  'e9',
  'null',
  '"x":1,',
  '"v":1,',
  '"\\u0076":1,',
  '"count":2,',
  '"every_s":30,',
  '\u00a0',
  '\u0001',
  '\u0000',
  'é',
  '😀',
  '\ud800',
  '1e400',
];
const values = [
  '0',
  '-0',
  '1',
  '0.05',
  '8.15',
  '1e2',
  '4294967295',
  '4294967296',
  '99999999999999999999',
  '8.1000000000000000000001',
  'null',
  'true',
  '"8.1"',
  '""',
  '"solar"',
  '[]',
  '[0]',
  '[null]',
  '{}',
  '01',
  '1577836799',
  '[1,2,3]',
  '[0,0,"grid"]',
];

interface Slip {
  readonly at: number;
  readonly cut: number;
  readonly text: string;
  /** A whole value or entry gives way, not a few characters. */
  readonly isValue: boolean;
}
const slip: fc.Arbitrary<Slip> = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  cut: fc.nat(3),
  text: fc.oneof(fc.constantFrom(...slips, ...values), oddText),
  isValue: fc.boolean(),
});

function slipped(text: string, { at, cut, text: put, isValue }: Slip): string {
  const parts = [...text.matchAll(/(?<=[:,[])[^:,[\]{}]+(?=[,\]}])|\[[^\]]*\]/g)];
  const part = isValue ? parts[Math.floor(at * parts.length)] : undefined;
  if (part !== undefined) return text.slice(0, part.index) + put + text.slice(part.index + part[0].length);
  const place = Math.floor(at * (text.length + 1));
  return text.slice(0, place) + put + text.slice(place + cut);
}

/** Texts near those that a device publishes: changed by the character, by the value, and as JSON. */
export function nearTexts(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(texts, fc.array(slip, { maxLength: 2 })).map(([text, slips_]) => slips_.reduce(slipped, text)) },
    { weight: 2, arbitrary: nearMiss(texts.map((text) => JSON.parse(text) as unknown)).map((value) => JSON.stringify(value) ?? '') },
    { weight: 1, arbitrary: oddText },
  );
}
