import { describe, expect, it } from 'vitest';
import type { Route } from './api-request.ts';
import { Router } from './router.ts';

const route = (method: string, pattern: string): Route => ({ method, pattern, handle: () => ({ status: 200 }) });

describe('Router', () => {
  const router = new Router([
    route('GET', '/v1/devices/:device/:variable'),
    route('GET', '/v1/devices/:device/events/*prefix'),
    route('GET', '/v1/devices/:device'),
    route('GET', '/v1/devices/events/*prefix'),
  ]);

  it.each([
    ['/v1/devices/abc', '/v1/devices/:device', { device: 'abc' }],
    ['/v1/devices/abc/voltage', '/v1/devices/:device/:variable', { device: 'abc', variable: 'voltage' }],
    ['/v1/devices/abc/events', '/v1/devices/:device/events/*prefix', { device: 'abc', prefix: '' }],
    ['/v1/devices/abc/events/status/live', '/v1/devices/:device/events/*prefix', { device: 'abc', prefix: 'status/live' }],
    ['/v1/devices/events', '/v1/devices/events/*prefix', { prefix: '' }],
    ['/v1/devices/events/status%2Flive', '/v1/devices/events/*prefix', { prefix: 'status/live' }],
    ['/v1/devices/abc/', '/v1/devices/:device', { device: 'abc' }],
  ])('%s is %s', (path, pattern, params) => {
    const found = router.match('GET', path);
    expect(found?.route.pattern).toBe(pattern);
    expect(found?.params).toEqual(params);
  });

  it('knows nothing of other methods and longer paths', () => {
    expect(router.match('POST', '/v1/devices/abc')).toBeUndefined();
    expect(router.match('GET', '/v1/devices/abc/voltage/more')).toBeUndefined();
  });

  it('refuses a path that can not be decoded', () => {
    expect(() => router.match('GET', '/v1/devices/%zz')).toThrow('%zz');
  });
});
