import { decodeStatus, packDocuments, statusDocumentSchema } from '@enstratus/contract';
import invalid from '@enstratus/contract/vectors/invalid.json' with { type: 'json' };
import packSeconds from '@enstratus/contract/vectors/pack-seconds.json' with { type: 'json' };
import packs from '@enstratus/contract/vectors/packs.json' with { type: 'json' };
import plainDocuments from '@enstratus/contract/vectors/plain-documents.json' with { type: 'json' };
import queues from '@enstratus/contract/vectors/queues.json' with { type: 'json' };
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCore } from '../wasm/build.ts';
import { type Cores, loadCores } from '../wasm/core.ts';
import { randomOf } from './life/world.ts';

let cores: Cores;
beforeAll(async () => {
  await buildCore();
  cores = await loadCores();
});

const checked = (documents: readonly unknown[]) => documents.map((document) => statusDocumentSchema.parse(document));

describe("the contract's vectors through WebAssembly", () => {
  it.each(packs)('pack: $name', ({ text, documents, canonical }) => {
    expect(cores.readStatus(text)).toEqual({ ok: true, documents });
    expect(cores.encodePack(checked(documents)) === text).toBe(canonical);
  });

  it.each(plainDocuments)('plain document: $name', ({ text, documents, pack, ...vector }) => {
    expect(cores.readStatus(text, 'published_at' in vector ? vector.published_at : undefined)).toEqual({ ok: true, documents });
    expect(cores.encodePack(checked(documents))).toBe(pack);
  });

  it.each(invalid)('invalid: $name', ({ text, reason }) => {
    expect(cores.readStatus(text)).toEqual({ ok: false, reason });
  });

  it.each(queues)('queue: $name', ({ documents, pack_minutes, packs: cut }) => {
    expect(cores.cutQueue(checked(documents), pack_minutes)).toEqual(cut);
  });

  it.each(packSeconds)('second of packs: $name', ({ id, second }) => {
    expect(cores.packSecond(id)).toBe(second);
  });
});

it('any queue of documents is cut into the packs that the contract cuts it into', () => {
  const anyQueue = fc.record({
    seed: fc.integer(),
    length: fc.integer({ min: 1, max: 80 }),
    pack_minutes: fc.integer({ min: 1, max: 15 }),
    every_s: fc.constantFrom(1, 10, 60, 60, 300, 3600),
    swing: fc.constantFrom(0.001, 0.1, 1),
  });
  fc.assert(
    fc.property(anyQueue, ({ seed, length, pack_minutes, every_s, swing }) => {
      const random = randomOf(seed);
      let time = 1_763_760_000;
      let seq = 0;
      const documents = Array.from({ length }, () => {
        const skips = random() < 0.1;
        time += every_s * (skips ? 1 + Math.floor(random() * 3) : 1);
        seq += random() < 0.05 ? 2 : 1;
        const reading = (min: number, max: number, stepsPerUnit = 1) =>
          random() < 0.05 ? null : Math.round((min + (max - min) * swing * random()) * stepsPerUnit) / stepsPerUnit;
        return statusDocumentSchema.parse({
          boot_id: 7,
          seq,
          time,
          run_state: random() < 0.9 ? 'solar' : 'mixed',
          dc_bus_v: reading(0, 1200),
          solar_w: reading(0, 150_000),
          grid_w: reading(0, 150_000),
          motor_w: reading(0, 150_000),
          motor_a: reading(0, 500, 10),
          motor_hz: reading(0, 400, 10),
          temp_c: reading(0, 150),
          fault_code: reading(0, 65_535),
          signal_pct: reading(0, 100),
        });
      });
      const cut = packDocuments(documents, { pack_minutes, every_s });
      expect(cores.cutQueue(documents, pack_minutes, every_s)).toEqual(cut);
      for (const text of cut) {
        const decoded = decodeStatus(text);
        expect(cores.readStatus(text)).toEqual({ ok: true, documents: decoded.ok ? decoded.documents : [] });
      }
    }),
  );
});
