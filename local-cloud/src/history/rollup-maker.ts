import { encodeRollup, rollUpDay, rollupLead_s, type Sample, samplesOfPack, startOfUtcDay, utcDayOf } from '@enstratus/contract';

/** A UTC day, `YYYY-MM-DD`, and its hours as `encodeRollup` writes them. */
export interface DayRollup {
  readonly day: string;
  readonly rollup: string;
}

/**
 * Makes rollups of the packs that a device publishes while its time runs fast. Packs come in the order of their documents, as a device sends them; a day is made
 * when a document of the second next one comes, and what comes of it later is left out.
 */
export class RollupMaker {
  readonly #rollups: DayRollup[] = [];
  /** Those that aren't made yet, in the order in which they began. */
  readonly #days = new Map<string, Sample[]>();
  #newest: string | undefined;
  #newestEnd = 0;
  #madeUntil = '';
  /** What a rollup needs of the day before. */
  #lead: readonly Sample[] = [];

  /** Takes a pack. @param every_s How far apart the device samples now. Throws RangeError for a text that is no pack. */
  take(pack: string, every_s: number): void {
    for (const sample of samplesOfPack(pack, every_s)) this.#add(sample);
  }

  /** All days there are, the last one as far as it went. */
  made(): readonly DayRollup[] {
    this.#rollUp(0);
    return this.#rollups;
  }

  #add(sample: Sample): void {
    const { time } = sample.document;
    if (time >= this.#newestEnd) {
      this.#newest = utcDayOf(time);
      this.#newestEnd = startOfUtcDay(this.#newest) + 86_400;
      this.#days.set(this.#newest, []);
      this.#rollUp(2);
    }
    const day = time >= this.#newestEnd - 86_400 ? this.#newest : utcDayOf(time);
    if (day === undefined || day <= this.#madeUntil) return;
    const there = this.#days.get(day);
    if (there === undefined) this.#days.set(day, [sample]);
    else there.push(sample);
  }

  /** Makes all days but the newest `kept`. */
  #rollUp(kept: number): void {
    for (const day of [...this.#days.keys()].toSorted().slice(0, Math.max(0, this.#days.size - kept))) {
      const samples = this.#days.get(day) ?? [];
      this.#days.delete(day);
      this.#rollups.push({ day, rollup: encodeRollup(rollUpDay(day, [...this.#lead, ...samples])) });
      this.#madeUntil = day;
      const last = samples.at(-1);
      const leadFrom = startOfUtcDay(day) + 86_400 - rollupLead_s;
      this.#lead = samples.filter((one) => one === last || one.document.time >= leadFrom);
    }
  }
}
