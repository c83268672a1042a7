import { encodeRollup, rollUpDay, rollupLead_s, type Sample, samplesOfPack, startOfUtcDay, utcDayOf } from '@enstratus/contract';

/** A UTC day, `YYYY-MM-DD`, and its hours as `encodeRollup` writes them. */
export interface DayRollup {
  readonly day: string;
  readonly rollup: string;
}

/** What remains of a device's past. */
export interface MadeHistory {
  readonly rollups: readonly DayRollup[];
  /** In the order in which they were published. */
  readonly packs: readonly string[];
}

/**
 * Turns the packs that a device publishes while its time runs fast into what is loaded of them: rollups of every day, and the newer packs themselves. Packs come
 * in the order of their documents, as a device sends them; a day is made when the first document of a later one comes.
 */
export class HistoryMaker {
  readonly #packsFrom: number;
  readonly #rollups: DayRollup[] = [];
  readonly #packs: string[] = [];
  #day = '';
  #dayEnd = 0;
  /** Of the day, and what of before it a rollup needs. */
  #samples: Sample[] = [];

  /** @param packsFrom Packs with a document from then on are kept, epoch seconds. */
  constructor({ packsFrom }: { readonly packsFrom: number }) {
    this.#packsFrom = packsFrom;
  }

  /** Takes a pack. @param every_s How far apart the device samples now. Throws RangeError for a text that is no pack. */
  take(pack: string, every_s: number): void {
    const samples = samplesOfPack(pack, every_s);
    for (const sample of samples) this.#add(sample);
    if ((samples.at(-1)?.document.time ?? 0) >= this.#packsFrom) this.#packs.push(pack);
  }

  /** Everything there is, the last day as far as it went. */
  made(): MadeHistory {
    if (this.#day !== '') this.#rollUp();
    return { rollups: this.#rollups, packs: this.#packs };
  }

  #add(sample: Sample): void {
    const { time } = sample.document;
    if (time >= this.#dayEnd) {
      if (this.#day !== '') this.#rollUp();
      this.#day = utcDayOf(time);
      const start = startOfUtcDay(this.#day);
      this.#dayEnd = start + 86_400;
      const last = this.#samples.at(-1);
      this.#samples = this.#samples.filter((one) => one === last || one.document.time >= start - rollupLead_s);
    }
    this.#samples.push(sample);
  }

  #rollUp(): void {
    this.#rollups.push({ day: this.#day, rollup: encodeRollup(rollUpDay(this.#day, this.#samples)) });
  }
}
