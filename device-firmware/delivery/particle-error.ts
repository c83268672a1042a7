/** Particle has refused a request, or could not be asked. */
export class ParticleError extends Error {
  /** Whether the same request may go well later: the network, too many requests, a failure on Particle's side, an answer that is no JSON. */
  readonly passes: boolean;

  constructor(message: string, { passes, cause }: { readonly passes: boolean; readonly cause?: unknown }) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'ParticleError';
    this.passes = passes;
  }
}

export const passes = (error: unknown): boolean => error instanceof ParticleError && error.passes;

export const saidBy = (error: unknown): string => (error instanceof Error ? error.message : String(error));
