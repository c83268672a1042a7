import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeStatus, encodePack, numberFields, type ReadingName, runStates, type StatusDocument, timeRange } from '@enstratus/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileWithCore, hasCompiler } from './vectors/core-program.ts';

const texts = 2_000;
const publishedAt = 1_763_759_671;

const reading = (name: ReadingName): fc.Arbitrary<number | null> => {
  const field = numberFields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`${name} is no field`);
  const scale = field.resolution === 1 ? 1 : 10;
  return fc.option(
    fc.integer({ min: field.min * scale, max: field.max * scale }).map((steps) => steps / scale),
    { freq: 8 },
  );
};
const sample = fc.record({
  run_state: fc.option(fc.constantFrom(...runStates), { freq: 8 }),
  ...(Object.fromEntries(numberFields.map((field) => [field.name, reading(field.name)])) as Record<
    ReadingName,
    fc.Arbitrary<number | null>
  >),
});

/** Consecutive documents that fit in a pack; samples stay as they are more often than not. */
const consecutive: fc.Arbitrary<StatusDocument[]> = fc
  .record({
    boot_id: fc.nat(0xffff_ffff),
    seq: fc.nat(0xffff_0000),
    time: fc.integer({ min: timeRange.min, max: timeRange.max - 100_000 }),
    every_s: fc.constantFrom(60, 1, 30, 3600),
    samples: fc.array(fc.tuple(sample, fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 6 }),
  })
  .map(({ boot_id, seq, time, every_s, samples }) =>
    samples
      .flatMap(([values, times]) => Array.from({ length: times }, () => values))
      .slice(0, 15)
      .map((values, index) => ({ boot_id, seq: seq + index, time: time + index * every_s, ...values })),
  )
  .map((documents) => {
    for (let count = documents.length; ; count -= 1) {
      try {
        encodePack(documents.slice(0, count));
        return documents.slice(0, count);
      } catch (error) {
        if (!(error instanceof RangeError) || count === 1) throw error;
      }
    }
  });

const packText = consecutive.map(encodePack);
const plainText = fc
  .tuple(consecutive, fc.boolean(), fc.subarray(['v', 'boot_id', 'seq', 'time'] as const))
  .map(([documents, asTexts, left]) => {
    const entries = Object.entries({ v: 1, ...documents[0] }).filter(([name]) => !left.some((key) => key === name));
    return JSON.stringify(
      Object.fromEntries(asTexts ? entries.map(([name, value]) => [name, value === null ? '' : String(value)]) : entries),
    );
  });

/** What may stand in a value's or an entry's place, and what may be slipped in anywhere. */
const values = [
  '0',
  '-0',
  '1',
  '-1',
  '15',
  '0.5',
  '-2.5',
  '0.05',
  '8.15',
  '1e2',
  '1E-7',
  '81e-1',
  '1e30',
  '1e400',
  '4294967295',
  '4294967296',
  'null',
  'true',
]
  .concat([
    '"8.1"',
    '"007"',
    '""',
    '"null"',
    '"solar"',
    '"sol\\u0061r"',
    '[]',
    '[0]',
    '[null]',
    '{}',
    '{"v":[1]}',
    '01',
    '+1',
    '"\\ud83d"',
    '"é"',
    '1577836799',
  ])
  .concat(['8.1000000000000000000001', '8.10000001', '0.99999995', '2.499999', '-40.4', '[1,2,3]', '[0,0,"grid"]']);
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
  '"x":1,',
  '"v":1,',
  '"\\u0076":1,',
  '"every_s":30,',
  '\u00a0',
  '\u0001',
  'é',
  '😀',
];

const changed = fc
  .tuple(fc.oneof(packText, plainText), fc.array(fc.tuple(fc.boolean(), fc.nat(), fc.nat(), fc.nat(3)), { maxLength: 2 }))
  .map(([text, changes]) =>
    changes.reduce((before, [replaces, place, choice, cut]) => {
      const parts = [...before.matchAll(/(?<=[:,[])[^:,[\]{}]+(?=[,\]}])|\[[^\]]*\]/g)];
      const part = parts[place % Math.max(1, parts.length)];
      if (replaces && part !== undefined) {
        return before.slice(0, part.index) + values[choice % values.length] + before.slice(part.index + part[0].length);
      }
      const at = place % (before.length + 1);
      return before.slice(0, at) + slips[choice % slips.length] + before.slice(at + cut);
    }, text),
  );

/** What the cloud makes of a text, in the words of test/vectors/read_texts.cpp. */
function asTheCloud(text: string, published_at: number | undefined): string {
  const decoded = decodeStatus(text, published_at);
  if (!decoded.ok) return decoded.reason;
  const documents = decoded.documents.map((document) => [
    document.boot_id,
    document.seq,
    document.time,
    document.run_state ?? '',
    ...numberFields.map((field) => {
      const value = document[field.name];
      return value === null ? null : Math.round(value / field.resolution);
    }),
  ]);
  return `${JSON.stringify(documents)}\t${canonical(decoded.documents)}`;
}

/** Nothing where only a number with an exponent made the text short enough. */
function canonical(documents: readonly StatusDocument[]): string {
  try {
    return encodePack(documents);
  } catch (error) {
    if (error instanceof RangeError) return '';
    throw error;
  }
}

describe.skipIf(!hasCompiler)(`the core and the cloud read alike${hasCompiler ? '' : ' (skipped: there is no g++ here)'}`, () => {
  let folder = '';
  let program = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'enstratus-read-'));
    program = await compileWithCore('read_texts', folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const asTheCore = (published: readonly (readonly [string, number | undefined])[]): string[] => {
    const input = published.map(([text, at]) => `${at ?? 0} ${Buffer.from(text).toString('hex')}\n`).join('');
    const outcome = spawnSync(program, { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    expect(outcome.stderr).toBe('');
    return outcome.stdout.split('\n').slice(0, -1);
  };

  it.each([
    ['packs as they are', packText, 1],
    ['plain documents as they are', plainText, 1],
    ['texts with values and bytes changed', changed, 5],
  ])('%s', (_name, arbitrary, reasons) => {
    const published = fc.sample(fc.tuple(arbitrary, fc.constantFrom(undefined, publishedAt)), texts);
    const expected = published.map(([text, at]) => asTheCloud(text, at));
    // A text is told with each line that differs.
    const actual = asTheCore(published);
    const told = (lines: readonly string[]) =>
      lines.map((line, index) => `${line} <- ${published[index]?.[0]}`).filter((_line, index) => expected[index] !== actual[index]);
    expect(actual).toHaveLength(texts);
    expect(told(actual)).toEqual(told(expected));
    expect(new Set(expected.map((line) => line.split('\t')[0]?.slice(0, 5))).size).toBeGreaterThanOrEqual(reasons);
  });
});
