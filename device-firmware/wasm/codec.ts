import type { Instance } from './instance.ts';

/** In the order of the core's RunState. */
const runStates = ['stopped', 'waiting', 'starting', 'solar', 'grid', 'mixed', 'fault'] as const;
export type CoreRunState = (typeof runStates)[number];
/** In the order of the core's Field, with the steps that make one unit. */
const numberFields = [
  ['dc_bus_v', 1],
  ['solar_w', 1],
  ['grid_w', 1],
  ['motor_w', 1],
  ['motor_a', 10],
  ['motor_hz', 10],
  ['temp_c', 1],
  ['fault_code', 1],
  ['signal_pct', 1],
] as const;

/** A status document, as the contract has it; null: no reading. */
export interface CoreDocument extends Readonly<Record<(typeof numberFields)[number][0], number | null>> {
  readonly boot_id: number;
  readonly seq: number;
  readonly time: number;
  readonly run_state: CoreRunState | null;
}

export type ReadStatus =
  | { readonly ok: true; readonly documents: readonly CoreDocument[] }
  | { readonly ok: false; readonly reason: string };

/** The core's own reading and writing of packs, so that the contract's vectors can be held against it. */
export interface Codec {
  /** The canonical pack of 1 to 15 documents; undefined when they aren't consecutive or exceed 780 bytes. */
  encodePack(documents: readonly CoreDocument[]): string | undefined;
  /** @param published_at_s When Particle took the text, in epoch seconds. */
  readStatus(text: string, published_at_s?: number): ReadStatus;
  /** The packs that a device makes of these documents. */
  cutQueue(documents: readonly CoreDocument[], pack_minutes: number, every_s?: number): string[];
}

const noReading = -(2 ** 31);
const noRunState = 0xff;
const wordsPerDocument = 13;

export function codecOf(instance: Instance): Codec {
  const { exports } = instance;

  const put = (documents: readonly CoreDocument[]): void => {
    const words = instance.documentWords(documents.length);
    documents.forEach((document, index) => {
      const at = index * wordsPerDocument;
      words[at] = document.boot_id;
      words[at + 1] = document.seq;
      words[at + 2] = document.time;
      words[at + 3] = document.run_state === null ? noRunState : runStates.indexOf(document.run_state);
      numberFields.forEach(([name, stepsPerUnit], field) => {
        const value = document[name];
        words[at + 4 + field] = value === null ? noReading : Math.round(value * stepsPerUnit);
      });
    });
  };

  const take = (count: number): CoreDocument[] => {
    const words = instance.documentWords(count);
    return Array.from({ length: count }, (_, index) => {
      const at = index * wordsPerDocument;
      const readings = numberFields.map(([name, stepsPerUnit], field): [string, number | null] => {
        const steps = words[at + 4 + field];
        return [name, steps === undefined || steps === noReading ? null : steps / stepsPerUnit];
      });
      return {
        boot_id: (words[at] ?? 0) >>> 0,
        seq: (words[at + 1] ?? 0) >>> 0,
        time: (words[at + 2] ?? 0) >>> 0,
        run_state: runStates[(words[at + 3] ?? noRunState) & 0xff] ?? null,
        ...(Object.fromEntries(readings) as Record<(typeof numberFields)[number][0], number | null>),
      };
    });
  };

  return {
    encodePack: (documents) => {
      if (documents.length > 15) return undefined;
      put(documents);
      const length = exports.encode_pack(documents.length);
      return length === 0 ? undefined : instance.takeText(length);
    },
    readStatus: (text, published_at_s = 0) => {
      const read = exports.read_status(instance.putText(text), published_at_s);
      if (read > 0) return { ok: true, documents: take(read) };
      return { ok: false, reason: instance.takeText(exports.refusal(-read)) };
    },
    cutQueue: (documents, pack_minutes, every_s = 60) => {
      const packs: string[] = [];
      for (const document of documents) {
        put([document]);
        const length = exports.cut_add(pack_minutes, every_s);
        if (length > 0) packs.push(instance.takeText(length));
      }
      const length = exports.cut_end();
      if (length > 0) packs.push(instance.takeText(length));
      return packs;
    },
  };
}
