import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { GraphQLClient } from '../graphql/client.ts';
import { keepLease } from './watch-lease.ts';

class FakeDocument extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible';
  show(visibilityState: DocumentVisibilityState): void {
    this.visibilityState = visibilityState;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

let page: FakeDocument;
let browser: EventTarget;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  page = new FakeDocument();
  browser = new EventTarget();
  vi.stubGlobal('document', page);
  vi.stubGlobal('addEventListener', browser.addEventListener.bind(browser));
  vi.stubGlobal('removeEventListener', browser.removeEventListener.bind(browser));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const lease = { device_id: 'pump-1', watched_until: '2026-11-22T12:05:00Z', live_until: null, live_left_s: 0 };
const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);

function keep(request = vi.fn(async (): Promise<unknown> => ({ watchDevice: lease }))) {
  const onLease = vi.fn();
  const end = keepLease({ request } as unknown as GraphQLClient, 'pump-1', onLease);
  return { request, onLease, end };
}

it('takes the lease at once, and renews it before its five minutes are over', async () => {
  const { request, onLease } = keep();
  await minutes(0);
  expect(onLease).toHaveBeenCalledWith(lease);
  await minutes(10);
  expect(request).toHaveBeenCalledTimes(6);
});

it('lets it run out while nobody looks, and takes it again when somebody does', async () => {
  const { request } = keep();
  await minutes(1);
  page.show('hidden');
  await minutes(30);
  expect(request).toHaveBeenCalledTimes(1);
  page.show('visible');
  await minutes(0);
  expect(request).toHaveBeenCalledTimes(2);
});

it('does not take it anew for a glance at another tab', async () => {
  const { request } = keep();
  await minutes(0.5);
  page.show('hidden');
  page.show('visible');
  await minutes(0);
  expect(request).toHaveBeenCalledTimes(1);
});

it('tries again soon when it fails, and at once when the network is back', async () => {
  const request = vi.fn(async (): Promise<unknown> => ({ watchDevice: lease })).mockRejectedValueOnce(new Error('no network'));
  const { onLease } = keep(request);
  await minutes(0.3);
  expect(onLease).toHaveBeenCalledOnce();
  browser.dispatchEvent(new Event('online'));
  await minutes(0);
  expect(request).toHaveBeenCalledTimes(3);
});

it('asks no more for a device that there is not, nor after the page was left', async () => {
  const unknown = keep(vi.fn(async () => ({ watchDevice: null })));
  const left = keep();
  await minutes(0);
  left.end();
  await minutes(20);
  expect([unknown.request.mock.calls.length, left.request.mock.calls.length]).toEqual([1, 1]);
  expect(unknown.onLease).not.toHaveBeenCalled();
});
