import type { Clock } from '../log.ts';
import type { ParticleCloud, ParticleConnection } from './particle-cloud.ts';
import { ParticleAccessDenied } from './particle-failure.ts';

/** How long a connection's settings are believed without reading them again, so that a new token works soon. */
const believed_ms = 5 * 60_000;

export interface ConnectionSource {
  /** Url, product and token as they are now. */
  readonly read: () => Promise<ParticleConnection>;
  readonly connect: (connection: ParticleConnection) => ParticleCloud;
  readonly clock: Clock;
}

/** Does something with Particle's cloud. Throws what the source and the work throw. */
export type WithParticle = <T>(work: (particle: ParticleCloud) => Promise<T>) => Promise<T>;

/**
 * Particle's cloud, by settings that are read when they are first needed and kept for 5 minutes. When Particle denies access with settings that were kept, they are
 * read again and the work is done once more: the token was rotated.
 */
export function particleAccess({ read, connect, clock }: ConnectionSource): WithParticle {
  let kept: { readonly cloud: ParticleCloud; readonly until_ms: number } | undefined;

  const fresh = async (): Promise<ParticleCloud> => {
    const cloud = connect(await read());
    kept = { cloud, until_ms: clock() + believed_ms };
    return cloud;
  };

  return async (work) => {
    const known = kept !== undefined && kept.until_ms > clock() ? kept.cloud : undefined;
    try {
      return await work(known ?? (await fresh()));
    } catch (error) {
      if (!(error instanceof ParticleAccessDenied)) throw error;
      if (kept?.cloud === known) kept = undefined;
      if (known === undefined) throw error;
      return work(kept === undefined ? await fresh() : kept.cloud);
    }
  };
}
