/** What went wrong on the inside while something was fuzzed: nobody outside sees it, so the console and the process are watched. */
export class QuietConsole {
  readonly #said: string[] = [];
  readonly #error = console.error;
  readonly #log = console.log;
  readonly #onRejection = (reason: unknown) => this.#said.push(`unhandled rejection: ${textOf(reason)}`);

  constructor() {
    console.error = (...parts: unknown[]) => {
      const text = parts.map(textOf).join(' ');
      // The rest is for the developer: a message that went to a dead letter queue, a log that its function's role may not write.
      if (/failed inside|\n\s+at /.test(text)) this.#said.push(text);
    };
    process.on('unhandledRejection', this.#onRejection);
    process.on('uncaughtExceptionMonitor', this.#onRejection);
  }

  /** Says nothing of the mails that a fuzzed pool sends, but what a long campaign tells of itself. */
  silenceLog(): void {
    console.log = (...parts: unknown[]) => {
      if (String(parts[0]).startsWith('fuzz ')) this.#log(...parts);
    };
  }

  /** Throws what was said since the last look. */
  check(): void {
    const said = this.#said.splice(0);
    if (said.length > 0) throw new Error(`the inside failed:\n${said.join('\n')}`);
  }

  restore(): void {
    console.error = this.#error;
    console.log = this.#log;
    process.off('unhandledRejection', this.#onRejection);
    process.off('uncaughtExceptionMonitor', this.#onRejection);
  }
}

function textOf(part: unknown): string {
  return part instanceof Error ? (part.stack ?? part.message) : String(part);
}
