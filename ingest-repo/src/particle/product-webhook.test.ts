import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryParticle } from '../testing/memory-particle.ts';
import { type EnsureWebhook, productWebhook } from './product-webhook.ts';

let particle: MemoryParticle;
let now_ms: number;
let secret: string;
let ensure: EnsureWebhook;
const environment = (url = 'https://hook.example/') => productWebhook({ url, secret: async () => secret, clock: () => now_ms });
const ours = { name: 'enstratus-status', event: 'status', url: 'https://hook.example/', headers: { 'x-webhook-secret': 'one' } };
const methods = () => particle.asked.map(([method]) => method);

beforeEach(() => {
  particle = new MemoryParticle();
  now_ms = 1;
  secret = 'one';
  ensure = environment();
});

describe("the product's webhook", () => {
  it('is made once, and believed for 10 minutes', async () => {
    await ensure(particle);
    expect([...particle.hooks.values()]).toEqual([ours]);
    particle.asked.length = 0;
    now_ms += 10 * 60_000 - 1;
    await ensure(particle);
    expect(methods()).toEqual([]);
    now_ms += 1;
    await ensure(particle);
    expect(methods()).toEqual(['webhooks', 'webhook']);
  });

  it('gets the new secret, and the new address', async () => {
    await ensure(particle);
    secret = 'two';
    await environment()(particle);
    expect([...particle.hooks.values()]).toEqual([{ ...ours, headers: { 'x-webhook-secret': 'two' } }]);
    await environment('https://other.example/')(particle);
    expect([...particle.hooks.values()]).toEqual([{ ...ours, url: 'https://other.example/', headers: { 'x-webhook-secret': 'two' } }]);
  });

  it('that was made by hand is taken over, and one of somebody else is left alone', async () => {
    const other = { name: 'theirs', event: 'status', url: 'https://theirs.example/', headers: {} };
    particle.hooks.set('hand', { ...ours, name: '', headers: { 'X-Webhook-Secret': 'old' } });
    particle.hooks.set('other', other);
    await ensure(particle);
    expect([...particle.hooks]).toEqual([
      ['hand', ours],
      ['other', other],
    ]);
  });

  it('that several make at the same time is one when they are through, and nobody fails', async () => {
    await Promise.all([ensure(particle), environment()(particle), environment()(particle)]);
    expect([...particle.hooks.values()]).toEqual([ours]);
  });

  it('that stands there twice is one when it is looked at by two', async () => {
    particle.hooks.set('b', ours).set('a', ours);
    await Promise.all([ensure(particle), environment()(particle)]);
    expect([...particle.hooks]).toEqual([['a', ours]]);
  });

  it('is tried again after a failure', async () => {
    particle.before = () => Promise.reject(new Error('away'));
    await expect(ensure(particle)).rejects.toThrow('away');
    particle.before = async () => {};
    await ensure(particle);
    expect(particle.hooks.size).toBe(1);
  });
});
