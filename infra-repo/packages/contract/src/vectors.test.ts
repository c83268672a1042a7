import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { decodeFailureReasons } from './decoding.ts';
import { decodePack, encodePack, packDocuments } from './pack.ts';
import { statusDocumentSchema } from './status-document.ts';
import { statusFields } from './status-fields.ts';
import { decodeStatus } from './status-input.ts';

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const vectors = <Shape extends z.ZodType>(name: string, shape: Shape): z.infer<Shape>[] =>
  z.array(shape).parse(JSON.parse(read(`vectors/${name}`)));

const documents = z.array(statusDocumentSchema).min(1);
const packs = vectors(
  'packs.json',
  z.strictObject({ name: z.string(), canonical: z.boolean(), bytes: z.int(), text: z.string(), documents }),
);
const plain = vectors(
  'plain-documents.json',
  z.strictObject({ name: z.string(), published_at: z.int().optional(), text: z.string(), documents, pack: z.string() }),
);
const invalid = vectors(
  'invalid.json',
  z.strictObject({ name: z.string(), text: z.string(), reason: z.enum(decodeFailureReasons), field: z.string().optional() }),
);
const packSeconds = vectors(
  'pack-seconds.json',
  z.strictObject({ name: z.string(), id: z.string().regex(/^[0-9a-f]{24}$/), second: z.int().min(0).max(59) }),
);
const queues = vectors('queues.json', z.strictObject({ name: z.string(), pack_minutes: z.int(), documents, packs: z.array(z.string()) }));

describe('packs', () => {
  it.each(packs)('$name', (vector) => {
    expect(decodePack(vector.text)).toEqual({ ok: true, documents: vector.documents });
    expect(decodeStatus(vector.text)).toEqual({ ok: true, documents: vector.documents, pack: vector.text });
    expect(Buffer.byteLength(vector.text)).toBe(vector.bytes);
    expect(vector.bytes).toBeLessThanOrEqual(780);
    expect(encodePack(vector.documents) === vector.text).toBe(vector.canonical);
  });

  it('15 typical documents of a cloudy day fit in one', () => {
    const cloudy = packs.find((vector) => vector.name.includes('cloudy day'));
    expect(cloudy?.documents).toHaveLength(15);
    expect(new Set(cloudy?.documents.map((document) => document.solar_w)).size).toBeGreaterThan(10);
    expect(new Set(cloudy?.documents.map((document) => document.run_state))).toEqual(new Set(['solar', 'mixed']));
  });
});

describe('plain documents', () => {
  it.each(plain)('$name', (vector) => {
    expect(decodeStatus(vector.text, vector.published_at)).toEqual({ ok: true, documents: vector.documents, pack: vector.pack });
    expect(decodeStatus(JSON.parse(vector.text), vector.published_at)).toMatchObject({ documents: vector.documents });
    expect(decodePack(vector.pack)).toEqual({ ok: true, documents: vector.documents });
  });
});

describe('invalid texts', () => {
  it.each(invalid)('$name', (vector) => {
    const { text, reason, field } = vector;
    expect(decodeStatus(text)).toMatchObject({ ok: false, reason, ...(field === undefined ? {} : { field }) });
  });

  it('show every reason', () => {
    expect(new Set(invalid.map((vector) => vector.reason))).toEqual(new Set(decodeFailureReasons));
  });
});

describe('queues', () => {
  it.each(queues)('$name', (vector) => {
    expect(packDocuments(vector.documents, { pack_minutes: vector.pack_minutes })).toEqual(vector.packs);
  });
});

describe('seconds of packs', () => {
  /** As PROTOCOL.md says it, "The second of a pack"; in whole numbers of any size, for want of unsigned ones. */
  const secondOf = (id: string): number => {
    const word = (value: bigint) => BigInt.asUintN(32, value);
    let hash = [...Buffer.from(id)].reduce((sum, byte) => word((sum ^ BigInt(byte)) * 16_777_619n), 2_166_136_261n);
    hash = word((hash ^ (hash >> 16n)) * 0x85ebca6bn);
    hash = word((hash ^ (hash >> 13n)) * 0xc2b2ae35n);
    return Number(((hash ^ (hash >> 16n)) * 60n) >> 32n);
  };

  it.each(packSeconds)('$name', ({ id, second }) => {
    expect(secondOf(id)).toBe(second);
  });

  it('reach from the first to the last', () => {
    const seconds = packSeconds.map(({ second }) => second);
    expect([Math.min(...seconds), Math.max(...seconds)]).toEqual([0, 59]);
  });
});

describe('PROTOCOL.md', () => {
  const page = read('PROTOCOL.md');
  const rowsUnder = (heading: string) =>
    (page.split(heading)[1] ?? '')
      .split('\n## ')[0]
      ?.split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );

  it('has the table of fields that the code has', () => {
    const expected = statusFields.map((field) =>
      field.kind === 'text'
        ? [`\`${field.name}\``, 'text', '', field.values.join(', '), field.meaning]
        : [`\`${field.name}\``, field.unit, String(field.resolution), `${field.min} to ${field.max}`, field.meaning],
    );
    expect(rowsUnder('## The fields')).toEqual(expected);
  });

  it('lists the reasons that the code knows', () => {
    expect(rowsUnder('## What is refused, and why')?.map(([reason]) => reason)).toEqual(
      decodeFailureReasons.map((reason) => `\`${reason}\``),
    );
  });

  it('shows an example that is one of the vectors', () => {
    const example = /```text\n(\{"v":1.*\})\n```/.exec(page)?.[1];
    expect(packs.map((vector) => vector.text)).toContain(example);
  });
});

it('an object with anything nested in it is refused, however deep', () => {
  const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
  expect(decodeStatus({ count: 1, temp_c: deep })).toMatchObject({ ok: false, reason: 'wrong_type', field: 'temp_c' });
  expect(decodeStatus({ count: 1, temp_c: { a: 1 } })).toMatchObject({ ok: false, reason: 'wrong_type', field: 'temp_c' });
});
