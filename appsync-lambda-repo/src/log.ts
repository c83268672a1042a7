/** What a piece of work needs of a logger; Powertools' logger fits. */
export interface Log {
  info(message: string, details: Record<string, unknown>): void;
  error(message: string, details: Record<string, unknown>): void;
}

/** Milliseconds since 1970, as Date.now gives them. */
export type Clock = () => number;

/** An error as log fields. For logs only: what is in a message is nobody else's business. */
export function errorDetails(error: unknown): { error_name: string; error_message: string } {
  return error instanceof Error
    ? { error_name: error.name, error_message: error.message }
    : { error_name: 'unknown', error_message: String(error) };
}
