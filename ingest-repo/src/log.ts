/** What a piece of work needs of a logger; Powertools' logger fits. */
export interface Log {
  info(message: string, details: Record<string, unknown>): void;
  warn(message: string, details: Record<string, unknown>): void;
  error(message: string, details: Record<string, unknown>): void;
}

/** Milliseconds since 1970, as Date.now gives them. */
export type Clock = () => number;
