import { decodeFailureReasons, decodePack, decodeReport, decodeSample, decodeStatus, statusDocumentSchema } from '@enstratus/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { run } from './campaign.ts';
import { cores, nearTexts, packsFrom, plainTexts } from './pack-texts.ts';

const PUBLISHED_AT = 1_763_759_671;
const starts = fc.record({
  boot_id: fc.nat(0xffff_ffff),
  seq: fc.nat(0xffff_0000),
  time: fc.integer({ min: 1_577_836_800, max: 4_294_000_000 }),
});

describe('the pack decoder, whatever the text', () => {
  it('gives documents within their ranges or a reason, and the same as the core of the device', { timeout: 600_000 }, async () => {
    await run({
      border: 'pack decoder',
      inputs: nearTexts(
        fc.oneof(
          packsFrom(starts).map(({ text }) => text),
          plainTexts(starts),
        ),
      ),
      shortRuns: 1000,
      check: (text) => {
        const read = decodeStatus(text, PUBLISHED_AT);
        const readByCore = cores.readStatus(text, PUBLISHED_AT);
        // A text that is not well-formed UTF-16 is never what came over the network: the core sees other bytes.
        if (text.isWellFormed())
          expect(read.ok ? { ok: true, documents: read.documents } : { ok: false, reason: read.reason }).toEqual(
            readByCore.ok ? { ok: true, documents: readByCore.documents } : { ok: false, reason: readByCore.reason },
          );
        if (read.ok) {
          for (const document of read.documents) expect(statusDocumentSchema.safeParse(document).error).toBeUndefined();
          expect(decodePack(read.pack)).toEqual({ ok: true, documents: read.documents });
        } else {
          expect(decodeFailureReasons).toContain(read.reason);
          expect(read.detail.length).toBeLessThan(300);
        }
        for (const other of [decodeSample(text), decodeReport(text), decodePack(text)]) expect(typeof other.ok).toBe('boolean');
        try {
          const value = JSON.parse(text) as unknown;
          if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
            const object = value as Record<string, unknown>;
            for (const other of [decodeStatus(object), decodeSample(object), decodeReport(object)]) expect(typeof other.ok).toBe('boolean');
          }
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
        }
      },
    });
  });
});
