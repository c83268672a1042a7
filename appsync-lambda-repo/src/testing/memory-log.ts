import type { Log } from '../log.ts';

/** A log whose lines can be looked at. */
export class MemoryLog implements Log {
  readonly lines: { level: string; message: string; details: Record<string, unknown> }[] = [];

  info(message: string, details: Record<string, unknown>): void {
    this.lines.push({ level: 'info', message, details });
  }

  error(message: string, details: Record<string, unknown>): void {
    this.lines.push({ level: 'error', message, details });
  }
}
