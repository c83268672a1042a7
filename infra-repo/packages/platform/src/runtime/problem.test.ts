import { describe, expect, it } from 'vitest';
import { problem } from './problem.ts';

describe('problem', () => {
  it('is a problem document by RFC 9457 in a reply of payload format 2.0', () => {
    const reply = problem({ status: 401, detail: 'The secret is wrong.' });
    expect(reply.statusCode).toBe(401);
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(reply.body)).toEqual({ type: 'about:blank', title: 'Unauthorized', status: 401, detail: 'The secret is wrong.' });
  });

  it('takes a type, a title, members and headers, none of which can unseat the standard ones', () => {
    const reply = problem({
      status: 503,
      type: 'https://enstratus.example/problems/busy',
      title: 'Too much at once',
      members: { status: 200, retry: true },
      headers: { 'retry-after': '30', 'content-type': 'text/html' },
    });
    expect(reply.headers).toMatchObject({ 'retry-after': '30', 'content-type': 'application/problem+json' });
    expect(JSON.parse(reply.body)).toEqual({
      type: 'https://enstratus.example/problems/busy',
      title: 'Too much at once',
      status: 503,
      retry: true,
    });
  });
});
