export interface ParticleTimeouts {
  /** Particle itself waits for a device that is silent. */
  readonly call_ms: number;
  readonly request_ms: number;
}

/** How long Particle is waited for. A function that calls a device must be given more. */
export const particleTimeouts: ParticleTimeouts = { call_ms: 25_000, request_ms: 10_000 };
