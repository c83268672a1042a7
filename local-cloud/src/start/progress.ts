/** Prints what is going on, step by step, with times. */
export interface Progress {
  /** Runs a step; `tell` adds a line below it. */
  step<T>(title: string, work: (tell: (line: string) => void) => Promise<T>): Promise<T>;
  note(line: string): void;
}

/** Progress on the console, one line when a step begins and one when it has ended. */
export function consoleProgress(write: (text: string) => void = (text) => process.stdout.write(text)): Progress {
  return {
    async step(title, work) {
      const started = performance.now();
      write(`  ${title} …\n`);
      const result = await work((line) => write(`      ${line}\n`));
      write(`✔ ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
      return result;
    },
    note: (line) => write(`${line}\n`),
  };
}

/** Something that the user can mend: told as one sentence, without a stack trace. */
export class StartError extends Error {}
