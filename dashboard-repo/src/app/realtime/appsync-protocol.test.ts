import fc from 'fast-check';
import { expect, it } from 'vitest';
import { authorization, parseFrame, saysUnauthorized, subprotocols } from './appsync-protocol.ts';
import { reconnectDelay_ms } from './backoff.ts';

it('brings host and token as a subprotocol that is a token by RFC 7230', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\w.-]+$/), (token) => {
      const [first, header = ''] = subprotocols(authorization('https://abc.appsync-api.us-east-2.amazonaws.com/graphql', token));
      expect(first).toBe('graphql-ws');
      expect(header).toMatch(/^header-[\w-]+$/);
      expect(JSON.parse(Buffer.from(header.slice(7), 'base64url').toString())).toEqual({
        host: 'abc.appsync-api.us-east-2.amazonaws.com',
        Authorization: token,
      });
    }),
  );
});

it('has no use for what is no frame', () => {
  for (const text of ['', '{', 'null', '[]', '{"type":"hello"}', '{"type":"data"}', new ArrayBuffer(2)])
    expect(parseFrame(text)).toBeUndefined();
  fc.assert(fc.property(fc.string(), (text) => parseFrame(text) === undefined || typeof parseFrame(text) === 'object'));
});

it('knows when a fresh token may help', () => {
  const frame = (errors: unknown) => parseFrame(JSON.stringify({ type: 'connection_error', payload: { errors } }));
  const says = (errors: unknown): boolean => {
    const parsed = frame(errors);
    return parsed !== undefined && saysUnauthorized(parsed);
  };
  expect(says([{ errorType: 'UnauthorizedException', message: 'Permission denied' }])).toBe(true);
  expect(says([{ errorType: 'LimitExceededError', message: 'Rate limit exceeded' }])).toBe(false);
});

it('waits longer from time to time, never over half a minute, and never at the same moment as all others', () => {
  expect([0, 1, 2, 6, 50].map((attempt) => reconnectDelay_ms(attempt, () => 1))).toEqual([500, 1000, 2000, 30_000, 30_000]);
  expect([0, 6].map((attempt) => reconnectDelay_ms(attempt, () => 0))).toEqual([125, 7_500]);
});
