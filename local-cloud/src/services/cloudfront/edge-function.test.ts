import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { compileFunction, FunctionFailed, FunctionInvalid, runFunction } from './edge-function.ts';
import { behavior, edgeFunction, siteResources, TestSite, viewerRequest } from './testing/test-site.ts';
import { uriOf, viewerRequestEvent } from './viewer-event.ts';

const request = {
  method: 'GET',
  uri: '/a%20b',
  rawQuery: 'x=1&y&x=2',
  headers: { host: '127.0.0.1:4567', accept: 'text/html', cookie: 'a=1; b=2', connection: 'keep-alive', 'x-amz-cf-id': '1' },
  ip: '127.0.0.1',
  httpVersion: '1.1',
};
const event = () => viewerRequestEvent(request, { id: 'E1', domainName: '127.0.0.1:4567' });
const run = (body: string) => runFunction(`function handler(event) { ${body} }`, event());

describe('the event', () => {
  it('has the shape that AWS documents', () => {
    expect(run('return event;')).toEqual({
      version: '1.0',
      context: {
        distributionDomainName: '127.0.0.1:4567',
        distributionId: 'E1',
        eventType: 'viewer-request',
        requestId: expect.stringMatching(/^[\w-]{54}$/),
      },
      viewer: { ip: '127.0.0.1' },
      request: {
        method: 'GET',
        uri: '/a%20b',
        querystring: { x: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] }, y: { value: '' } },
        headers: { host: { value: '127.0.0.1:4567' }, accept: { value: 'text/html' } },
        cookies: { a: { value: '1' }, b: { value: '2' } },
      },
    });
  });
});

describe('a function', () => {
  it('has the language alone: nothing of Node, no timers, no code from text, nothing of the last request', () => {
    for (const name of ['process', 'require', 'fetch', 'setTimeout', 'console', 'Buffer', 'global'])
      expect(run(`return { there: typeof ${name} };`), name).toEqual({ there: 'undefined' });
    for (const code of [`return eval('1');`, `return new Function('return 1')();`, `return (() => {}).constructor('return process')();`])
      expect(() => run(code)).toThrow(FunctionFailed);
    const counting =
      'let count = 0; function handler() { count += 1; globalThis.seen = (globalThis.seen || 0) + 1; return { count, seen: globalThis.seen }; }';
    for (const _ of [1, 2]) expect(runFunction(counting, event())).toEqual({ count: 1, seen: 1 });
  });

  it('cannot reach out through what it is given, nor through an error', () => {
    expect(() => run(`return { a: event.constructor.constructor('return process')().pid };`)).toThrow(FunctionFailed);
    expect(() => run(`throw { get message() { return this.constructor.constructor('return process')().pid; } };`)).toThrow();
    expect(() => run(`throw { toString() { throw 1; } };`)).toThrow(FunctionFailed);
  });

  it('is ended when it runs for too long', () => {
    expect(() => run('for (;;);')).toThrow(/timed out/);
  });

  it('fails by what it throws, and is invalid when it returns nothing', () => {
    expect(() => run(`throw new Error('no water');`)).toThrow(new FunctionFailed('no water'));
    expect(() => run('event.request;')).toThrow(FunctionInvalid);
  });

  it.each([
    ['is no JavaScript', 'function handler( {', 'is no JavaScript'],
    ['imports', `import cf from 'cloudfront'; function handler(event) { return event.request; }`, 'does not carry out modules'],
    // What such an import rejects with is an error of this process, whose constructor makes code from text.
    [
      'imports while it runs',
      `function handler(event) { import('node:fs').catch((error) => error.constructor); return event.request; }`,
      'does not carry out modules',
    ],
  ])('is refused at once when it %s', (_, code, message) => {
    expect(() => compileFunction(code)).toThrow(message);
  });

  it('that is asynchronous is not carried out', () => {
    expect(() => runFunction('async function handler(event) { return event.request; }', event())).toThrow('asynchronous handlers');
  });
});

describe('what it returns', () => {
  const uri = (body: string) => {
    const sent = event();
    return uriOf(runFunction(`function handler(event) { const request = event.request; ${body} }`, sent), sent);
  };

  it('is the request with another path, or with the same', () => {
    expect(uri('return request;')).toBe('/a%20b');
    expect(uri(`request.uri = '/index.html'; return request;`)).toBe('/index.html');
  });

  it('is invalid without a path or with another method', () => {
    expect(() => uri(`request.uri = 'index.html'; return request;`)).toThrow(FunctionInvalid);
    expect(() => uri(`request.method = 'PUT'; return request;`)).toThrow(FunctionInvalid);
    expect(() => uri('return 5;')).toThrow(FunctionInvalid);
  });

  it.each([
    [`request.headers['x-a'] = { value: '1' }; return request;`, "request's headers"],
    [`delete request.querystring.x; return request;`, "request's querystring"],
    [`request.cookies = {}; return request;`, "request's cookies"],
    [`return { statusCode: 302, headers: { location: { value: '/' } } };`, 'answers of CloudFront functions'],
  ])('is not carried out where it would have an effect: %s', (body, message) => {
    expect(() => uri(body)).toThrow(message);
  });
});

describe('on a distribution', () => {
  let site: TestSite;

  beforeAll(async () => {
    site = await TestSite.start({
      ...siteResources({
        DefaultCacheBehavior: behavior(viewerRequest('Rewrite')),
        CacheBehaviors: [
          { PathPattern: '/throws', ...behavior(viewerRequest('Throws')) },
          { PathPattern: '/invalid', ...behavior(viewerRequest('Invalid')) },
          { PathPattern: '/answers', ...behavior(viewerRequest('Answers')) },
        ],
      }),
      Rewrite: edgeFunction(
        'rewrite',
        `function handler(event) { const { request } = event; if (!request.uri.split('/').pop().includes('.')) request.uri = '/index.html'; return request; }`,
      ),
      Throws: edgeFunction('throws', 'function handler() { throw new Error("secret"); }'),
      Invalid: edgeFunction('invalid', 'function handler() {}'),
      Answers: edgeFunction('answers', 'function handler() { return { statusCode: 204 }; }'),
    });
    await site.put('index.html', 'page', { ContentType: 'text/html' });
    await site.put('app.js', 'script');
  });
  afterAll(() => site.stop());

  it('decides which object is asked for', async () => {
    for (const path of ['/', '/devices/pump-1', '/devices/', '/devices?x=a.b']) expect((await site.ask(path)).text, path).toBe('page');
    expect((await site.ask('/app.js')).text).toBe('script');
    expect((await site.ask('/none.js')).status).toBe(403);
  });

  it('is 503 when it fails, 502 when it is invalid, 501 by name for what is not carried out; its error stays inside', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const failed = await site.ask('/throws');
    expect([failed.status, failed.headers['server']]).toEqual([503, 'CloudFront']);
    expect(failed.text).not.toContain('secret');
    expect(logged).toHaveBeenCalledWith(expect.stringContaining('secret'));
    expect((await site.ask('/invalid')).status).toBe(502);
    const answers = await site.ask('/answers');
    expect([answers.status, answers.text]).toEqual([501, expect.stringContaining('answers of CloudFront functions')]);
    logged.mockRestore();
  });
});
