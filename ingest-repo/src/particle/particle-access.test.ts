import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryParticle } from '../testing/memory-particle.ts';
import { particleAccess } from './particle-access.ts';
import type { ParticleConnection } from './particle-cloud.ts';
import { ParticleAccessDenied, ParticleOutage } from './particle-failure.ts';

let token: string;
let reads: number;
let now_ms: number;
const read = async (): Promise<ParticleConnection> => {
  reads += 1;
  return { url: 'https://api.particle.io', product: 'p', token };
};
/** A cloud that lets in who has the token `good`. */
const connect = (connection: ParticleConnection) => {
  const cloud = new MemoryParticle();
  cloud.before = async () => {
    if (connection.token !== 'good') throw new ParticleAccessDenied('HTTP 401', 401);
  };
  return cloud;
};

beforeEach(() => {
  token = 'good';
  reads = 0;
  now_ms = 1;
});

describe('access to Particle', () => {
  const access = () => particleAccess({ read, connect, clock: () => now_ms });

  it('reads its settings when they are needed, and again after 5 minutes', async () => {
    const withParticle = access();
    expect(reads).toBe(0);
    for (let times = 0; times < 3; times += 1) await withParticle((particle) => particle.webhooks());
    expect(reads).toBe(1);
    now_ms += 5 * 60_000;
    await withParticle((particle) => particle.webhooks());
    expect(reads).toBe(2);
  });

  it('takes up a token that was rotated, at once and by many at the same time', async () => {
    token = 'old';
    const withParticle = access();
    await expect(withParticle((particle) => particle.webhooks())).rejects.toThrow('401');
    expect(reads).toBe(1);
    token = 'good';
    await Promise.all([1, 2, 3].map(() => withParticle((particle) => particle.webhooks())));
    const before = reads;
    await withParticle((particle) => particle.webhooks());
    expect(reads).toBe(before);
  });

  it('that was kept and is denied is read anew and tried once more', async () => {
    const withParticle = access();
    let tries = 0;
    const work = async () => {
      tries += 1;
      if (tries === 2) throw new ParticleAccessDenied('HTTP 401', 401);
    };
    await withParticle(work);
    await withParticle(work);
    expect([tries, reads]).toEqual([3, 2]);
  });

  it('is denied when a fresh token is, and passes on what else fails', async () => {
    const withParticle = access();
    let tries = 0;
    const denied = async () => {
      tries += 1;
      throw new ParticleAccessDenied('HTTP 403', 403);
    };
    await expect(withParticle(denied)).rejects.toThrow('403');
    expect(tries).toBe(1);
    await expect(withParticle(() => Promise.reject(new ParticleOutage('HTTP 503', 503)))).rejects.toThrow('503');
  });
});
