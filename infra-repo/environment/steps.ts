/** A step that was done, as it stands in the summary. Seconds since the command began, and how long it took. */
export interface DoneStep {
  readonly step: string;
  readonly began_s: number;
  readonly duration_s: number;
}

/** Tells what is going on, step by step, and remembers how long each took. Steps may go on side by side. */
export class Steps {
  readonly #started = performance.now();
  readonly #done: DoneStep[] = [];
  readonly #write: (line: string) => void;

  /** @param write Takes one line without its end. */
  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** Runs a step; `tell` adds a line below it. */
  async run<T>(step: string, work: (tell: (line: string) => void) => Promise<T>): Promise<T> {
    const began_s = this.elapsed_s();
    this.#write(`  ${step} …`);
    const result = await work((line) => this.#write(`      ${line}`));
    const duration_s = tenths(this.elapsed_s() - began_s);
    this.#done.push({ step, began_s: tenths(began_s), duration_s });
    this.#write(`✔ ${step} (${duration_s.toFixed(1)} s)`);
    return result;
  }

  note(line: string): void {
    this.#write(line);
  }

  /** What was done, in the order in which it began. */
  get done(): readonly DoneStep[] {
    return this.#done.toSorted((one, other) => one.began_s - other.began_s);
  }

  elapsed_s(): number {
    return (performance.now() - this.#started) / 1000;
  }

  /** The steps as a table for people, the whole time below it. */
  table(): string {
    const rows = this.done.map(({ step, began_s, duration_s }) => [step, began_s.toFixed(1), duration_s.toFixed(1)] as const);
    const width = Math.max(...rows.map(([step]) => step.length), 'in all'.length);
    const line = (step: string, began: string, took: string) => `  ${step.padEnd(width)}  ${began.padStart(8)}  ${took.padStart(8)}`;
    return [line('step', 'after s', 'took s'), ...rows.map((row) => line(...row)), line('in all', '', this.elapsed_s().toFixed(1))].join(
      '\n',
    );
  }
}

const tenths = (seconds: number): number => Math.round(seconds * 10) / 10;
