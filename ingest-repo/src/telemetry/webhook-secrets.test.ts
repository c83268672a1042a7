import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryLog } from '../testing/memory-aws.ts';
import { type AcceptsSecret, webhookSecrets } from './webhook-secrets.ts';

const second = 1000;
let value: string;
let now: number;
let reads: number;
let failure: Error | undefined;
let log: MemoryLog;
let accepts: AcceptsSecret;

beforeEach(() => {
  value = 'current';
  now = 0;
  reads = 0;
  failure = undefined;
  log = new MemoryLog();
  accepts = webhookSecrets({
    log,
    read: async () => {
      reads += 1;
      if (failure !== undefined) throw failure;
      return value;
    },
    clock: () => now,
  });
});

describe('the secret of the webhook', () => {
  it('is read once for many requests', async () => {
    for (let request = 0; request < 20; request += 1) expect(await accepts('current')).toBe(true);
    expect(reads).toBe(1);
  });

  it.each(['', 'curren', 'current ', 'CURRENT', 'current,next', ','])('is not %j', async (given) => {
    value = 'current, next';
    expect(await accepts(given)).toBe(false);
  });

  it('may be either of two during a rotation', async () => {
    value = 'next, current';
    expect([await accepts('next'), await accepts('current'), await accepts('other')]).toEqual([true, true, false]);
  });

  it('that is new is known as soon as it is used, however fresh the cache is', async () => {
    await accepts('current');
    value = 'next,current';
    now = 10 * second;
    expect(await accepts('next')).toBe(true);
    expect(await accepts('current')).toBe(true);
    expect(reads).toBe(2);
  });

  it('that was taken out works no longer than 5 minutes', async () => {
    await accepts('current');
    value = 'next';
    now = 300 * second - 1;
    expect(await accepts('current')).toBe(true);
    now = 300 * second;
    expect(await accepts('current')).toBe(false);
  });

  it('is not read faster than every 10 s, however many wrong ones come', async () => {
    for (let tenth = 0; tenth < 300; tenth += 1) {
      now = tenth * 100;
      expect(await accepts(`wrong ${tenth}`)).toBe(false);
    }
    expect(reads).toBe(3);
  });

  it('that was read before goes on when it can not be read again', async () => {
    await accepts('current');
    failure = new Error('throttled');
    now = 400 * second;
    expect(await accepts('current')).toBe(true);
    expect(await accepts('other')).toBe(false);
    expect(log.lines[0]).toMatchObject({ level: 'error', message: 'webhook secret not read', details: { error_message: 'throttled' } });
  });

  it('is not believed for ever when it can not be read again', async () => {
    await accepts('current');
    failure = new Error('denied');
    now = 3599 * second;
    expect(await accepts('current')).toBe(true);
    now = 3700 * second;
    await expect(accepts('current')).rejects.toThrow('denied');
  });

  it('that was never read is an error, not a wrong secret', async () => {
    failure = new Error('denied');
    await expect(accepts('current')).rejects.toThrow('denied');
    failure = undefined;
    expect(await accepts('current')).toBe(true);
  });

  it('that is empty lets nobody in', async () => {
    value = ' , ';
    expect([await accepts(''), await accepts(' ')]).toEqual([false, false]);
  });
});
