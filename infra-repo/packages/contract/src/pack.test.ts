import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePack, encodePack, maxPackBytes, PackError, packDocuments } from './pack.ts';
import type { StatusDocument } from './status-document.ts';
import { statusDocumentSchema } from './status-document.ts';
import { anyRun, quietRun } from './testing/arbitrary-documents.ts';

const first = { boot_id: 7, seq: 18_231, time: 1_763_759_640 };

function documentsOf(text: string): readonly StatusDocument[] {
  const decoded = decodePack(text);
  if (!decoded.ok) throw new Error(`${decoded.reason}: ${decoded.detail}`);
  return decoded.documents;
}

function encodeIfItFits(documents: readonly StatusDocument[]): string | undefined {
  try {
    return encodePack(documents);
  } catch (error) {
    if (error instanceof PackError && error.reason === 'too_large') return undefined;
    throw error;
  }
}

describe('a pack', () => {
  it('gives back exactly the documents that were put in, whatever they hold', () => {
    fc.assert(
      fc.property(anyRun(), (documents) => {
        const text = encodeIfItFits(documents);
        if (text === undefined) return;
        expect(documentsOf(text)).toEqual(documents);
        for (const document of documentsOf(text)) expect(statusDocumentSchema.safeParse(document).error).toBeUndefined();
        expect(encodePack(documentsOf(text))).toBe(text);
      }),
    );
  });

  it('carries equal readings once and moving ones as differences', () => {
    expect(encodePack(quietRun(first, 3))).toBe(
      '{"v":1,"boot_id":7,"seq":18231,"time":1763759640,"count":3,"run_state":"solar","dc_bus_v":[600,1,1],"solar_w":[4000,3,3],"grid_w":0,"motor_w":[3800,3,3],"motor_a":[8,0.1,0.1],"motor_hz":[47.5,0.1,0.1],"temp_c":41,"fault_code":0,"signal_pct":68}',
    );
  });

  it('takes a difference from the last reading that was there', () => {
    const documents = quietRun(first, 3).map((document, index) => ({ ...document, temp_c: [40, null, 38][index] ?? null }));
    expect(encodePack(documents)).toContain('"temp_c":[40,null,-2]');
    expect(documentsOf(encodePack(documents)).map((document) => document.temp_c)).toEqual([40, null, 38]);
  });

  it('does not drift over a column of tenths', () => {
    const documents = quietRun(first, 15).map((document, index) => ({ ...document, motor_a: (index * 7) / 10 }));
    expect(documentsOf(encodePack(documents)).map((document) => document.motor_a)).toEqual(documents.map((document) => document.motor_a));
  });

  it('refuses documents that do not follow one another', () => {
    const [one, two] = quietRun(first, 2) as [StatusDocument, StatusDocument];
    expect(() => encodePack([one, { ...two, seq: two.seq + 1 }])).toThrow(PackError);
    expect(() => encodePack([one, { ...two, time: one.time }])).toThrow(PackError);
    expect(() => encodePack([one, { ...two, boot_id: 8 }])).toThrow(PackError);
    expect(() => encodePack([])).toThrow(PackError);
    expect(() => encodePack([{ ...one, temp_c: 400 }])).toThrow('temp_c');
  });

  it('never throws on any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void expect(decodePack(text).ok).toBe(false)));
  });

  it('never decodes a document outside its ranges, however a pack was changed on the way', () => {
    const text = encodePack(quietRun(first, 5));
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 0, maxLength: 2 }), (at, replacement) => {
        const decoded = decodePack(text.slice(0, at) + replacement + text.slice(at + 1));
        if (!decoded.ok) return;
        for (const document of decoded.documents) expect(statusDocumentSchema.safeParse(document).error).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});

describe('cutting a queue into packs', () => {
  it('loses nothing, keeps the order and every limit', () => {
    fc.assert(
      fc.property(
        fc.array(anyRun(fc.integer({ min: 1, max: 40 })), { maxLength: 3 }),
        fc.integer({ min: 1, max: 15 }),
        (runs, pack_minutes) => {
          const queue = runs.flat();
          const packs = packDocuments(queue, { pack_minutes });
          expect(packs.flatMap((text) => documentsOf(text))).toEqual(queue);
          for (const text of packs) {
            expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxPackBytes);
            expect(documentsOf(text).length).toBeLessThanOrEqual(pack_minutes);
          }
        },
      ),
    );
  });

  it('is greedy: two neighbours that belong together never fit in one pack', () => {
    fc.assert(
      fc.property(anyRun(fc.integer({ min: 16, max: 45 })), (run) => {
        const queue = run.map((document, index) => ({ ...document, time: (run[0]?.time ?? 0) + index * 60 }));
        const packs = packDocuments(queue).map(documentsOf);
        for (const [index, pack] of packs.slice(0, -1).entries()) {
          const next = packs[index + 1]?.[0];
          if (pack.length < 15 && next !== undefined) expect(encodeIfItFits([...pack, next])).toBeUndefined();
        }
      }),
    );
  });

  it('closes a pack at pack_minutes, at a hole and at a boot', () => {
    const queue = [
      ...quietRun(first, 7),
      ...quietRun({ ...first, seq: first.seq + 8, time: first.time + 480 }, 2),
      ...quietRun({ boot_id: 8, seq: 0, time: first.time + 600 }, 1),
    ];
    expect(packDocuments(queue, { pack_minutes: 5 }).map((text) => documentsOf(text).length)).toEqual([5, 2, 2, 1]);
    expect(packDocuments([])).toEqual([]);
  });
});
