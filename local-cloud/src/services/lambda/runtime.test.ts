import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LambdaCloud, startLambdaCloud } from './testing/lambda-cloud.ts';

let cloud: LambdaCloud;
beforeAll(async () => {
  cloud = await startLambdaCloud();
});
afterAll(() => cloud.test.stop());

describe('what the code finds', () => {
  it('has the environment that AWS documents and nothing of this process', async () => {
    process.env['LEAKED_FROM_HOST'] = 'yes';
    await cloud.create('env', 'exports.handler = async () => process.env;', {
      MemorySize: 256,
      Environment: { Variables: { TABLE_NAME: 'main' } },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: '/custom/env', ApplicationLogLevel: 'DEBUG' },
    });
    const { payload } = await cloud.invoke('env');
    expect(payload).toMatchObject({
      TABLE_NAME: 'main',
      _HANDLER: 'index.handler',
      AWS_REGION: 'us-east-2',
      AWS_DEFAULT_REGION: 'us-east-2',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'env',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/custom/env',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      AWS_LAMBDA_LOG_FORMAT: 'JSON',
      AWS_LAMBDA_LOG_LEVEL: 'DEBUG',
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
      AWS_SESSION_TOKEN: expect.any(String),
      AWS_ENDPOINT_URL: cloud.test.endpoint,
      TZ: ':UTC',
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
    });
    expect(payload).not.toHaveProperty('LEAKED_FROM_HOST');
  });

  it('gives a context', async () => {
    await cloud.create(
      'context',
      'exports.handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis(), zone: new Date().getTimezoneOffset(), event });',
      { Timeout: 10 },
    );
    const { payload, requestId } = await cloud.invoke('context', { a: 1 });
    expect(payload).toMatchObject({
      awsRequestId: requestId,
      functionName: 'context',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-2:111122223333:function:context',
      memoryLimitInMB: '128',
      logGroupName: '/aws/lambda/context',
      zone: 0,
      event: { a: 1 },
    });
    expect((payload as { left: number }).left).toBeGreaterThan(9_000);
    expect((payload as { left: number }).left).toBeLessThanOrEqual(10_000);
  });

  it('resolves CommonJS and ES modules, nested handlers, and the supplied SDK in both', async () => {
    await cloud.create(
      'cjs',
      {
        'lib/entry.js': "const { SQSClient } = require('@aws-sdk/client-sqs'); exports.outer = { inner: async () => typeof SQSClient };",
      },
      { Handler: 'lib/entry.outer.inner' },
    );
    await cloud.create('mjs', {
      'index.mjs':
        "import { SQSClient } from '@aws-sdk/client-sqs'; const kind = await Promise.resolve(typeof SQSClient); export const handler = async () => kind;",
    });
    await cloud.create('esm', {
      'package.json': '{"type":"module"}',
      'index.js': "import { kind } from './other.js'; await 0; export const handler = async () => kind;",
      'other.js': "import { part } from 'part'; export const kind = part;",
      'node_modules/part/package.json': '{"name":"part","main":"main.js"}',
      'node_modules/part/main.js': "exports.part = 'bundled';",
    });
    expect((await cloud.invoke('cjs')).payload).toBe('function');
    expect((await cloud.invoke('mjs')).payload).toBe('function');
    expect((await cloud.invoke('esm')).payload).toBe('bundled');
  });

  it("doesn't find a package that only this machine has, nor take its kind of module", async () => {
    const above = mkdtempSync(join(tmpdir(), 'above-'));
    mkdirSync(join(above, 'node_modules', 'stray'), { recursive: true });
    writeFileSync(join(above, 'node_modules', 'stray', 'index.js'), 'exports.stray = true;');
    writeFileSync(join(above, 'package.json'), '{"type":"module"}');
    const below = await startLambdaCloud({ directory: join(above, 'state') });
    try {
      await below.create('required', "const { stray } = require('stray'); exports.handler = async () => stray;");
      await below.create('imported', { 'index.mjs': "import { stray } from 'stray'; export const handler = async () => stray;" });
      await below.create('plain', 'exports.handler = async () => 1;');
      for (const name of ['required', 'imported']) {
        expect(await below.invoke(name)).toMatchObject({
          error: 'Unhandled',
          payload: { errorType: 'Runtime.ImportModuleError', errorMessage: expect.stringContaining("Cannot find module 'stray'") },
        });
      }
      expect((await below.invoke('plain')).payload).toBe(1);
    } finally {
      await below.test.stop();
      rmSync(above, { recursive: true, force: true });
    }
  });

  it('names a handler that is missing, malformed or of the callback kind', async () => {
    await cloud.create('missing', 'exports.other = async () => 1;');
    await cloud.create('nofile', 'exports.handler = async () => 1;', { Handler: 'main.handler' });
    await cloud.create('callback', 'exports.handler = (event, context, callback) => callback(null, 1);');
    await cloud.create('syntax', 'exports.handler = async () => {');
    const errors = await Promise.all(['missing', 'nofile', 'callback', 'syntax'].map((name) => cloud.invoke(name)));
    expect(errors.map(({ payload }) => (payload as { errorType: string }).errorType)).toEqual([
      'Runtime.HandlerNotFound',
      'Runtime.ImportModuleError',
      'Runtime.CallbackHandlerDeprecated',
      'Runtime.UserCodeSyntaxError',
    ]);
  });
});

describe('how an invocation ends', () => {
  it('answers what the handler returns, null for undefined', async () => {
    await cloud.create('echo', 'exports.handler = async (event) => event.value;');
    expect((await cloud.invoke('echo', { value: { deep: [1, 'ä'] } })).payload).toEqual({ deep: [1, 'ä'] });
    expect((await cloud.invoke('echo', {})).payload).toBeNull();
    expect((await cloud.invoke('echo')).payload).toBeNull();
  });

  it('answers an error and keeps the environment', async () => {
    await cloud.create(
      'fails',
      "let count = 0; exports.handler = async () => { count += 1; const error = new TypeError('no ' + count); throw error; };",
    );
    expect(await cloud.invoke('fails')).toMatchObject({
      error: 'Unhandled',
      payload: { errorType: 'TypeError', errorMessage: 'no 1', trace: expect.arrayContaining(['TypeError: no 1']) },
      log: expect.stringContaining('ERROR\tInvoke Error'),
    });
    expect((await cloud.invoke('fails')).payload).toMatchObject({ errorMessage: 'no 2' });
  });

  it('stops what takes too long, a busy loop too, and starts afresh', async () => {
    await cloud.create(
      'slow',
      "let count = 0; exports.handler = async (event) => { count += 1; console.log('begun'); if (event.busy) for (;;); if (event.wait) await new Promise((r) => setTimeout(r, 60000)); return count; };",
      { Timeout: 1 },
    );
    expect((await cloud.invoke('slow', {})).payload).toBe(1);
    for (const event of [{ busy: true }, { wait: true }]) {
      const { error, payload, requestId, log } = await cloud.invoke('slow', event);
      expect({ error, payload }).toEqual({
        error: 'Unhandled',
        payload: { errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${requestId} Error: Task timed out after 1.00 seconds` },
      });
      expect(log).toContain('begun');
      expect(log).toContain(`${requestId} Task timed out after 1.00 seconds`);
      expect((await cloud.invoke('slow', {})).payload).toBe(1);
    }
  });

  it.each([
    ['process.exit', 'process.exit(7)', 'Runtime.ExitError', /RequestId: \S+ Error: Runtime exited with error: exit status 7/],
    [
      'an unhandled rejection',
      "Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 50))",
      'Runtime.UnhandledPromiseRejection',
      /Error: lost/,
    ],
    [
      'a throw outside',
      "setTimeout(() => { throw new RangeError('outside') }); await new Promise((r) => setTimeout(r, 50))",
      'RangeError',
      /outside/,
    ],
    ['a promise that never settles', 'await new Promise(() => {})', 'Runtime.NodeJsExit', /never settled/],
    [
      'too much memory',
      'const kept = []; for (;;) kept.push(new Array(100000).fill(Math.random()))',
      'Runtime.OutOfMemory',
      /signal: killed/,
    ],
  ])('ends the environment on %s', async (what, code, errorType, message) => {
    const name = what.replaceAll(/[^a-z]/gi, '-');
    await cloud.create(
      name,
      `let count = 0; exports.handler = async (event) => { count += 1; if (event.bad) { console.log('last words'); ${code} } return count; };`,
      { Timeout: 20 },
    );
    expect((await cloud.invoke(name, {})).payload).toBe(1);
    expect(await cloud.invoke(name, { bad: true })).toMatchObject({
      error: 'Unhandled',
      log: expect.stringContaining('last words'),
      payload: { errorType, errorMessage: expect.stringMatching(message) },
    });
    expect((await cloud.invoke(name, {})).payload).toBe(1);
  });

  it('refuses an answer over 6 MB', async () => {
    await cloud.create('large', "exports.handler = async () => 'x'.repeat(6 * 1024 * 1024 + 200);");
    expect((await cloud.invoke('large')).payload).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
  });

  it('runs one request an environment at a time and keeps environments warm', async () => {
    await cloud.create(
      'serial',
      'const id = Math.random(); let inside = 0; exports.handler = async () => { inside += 1; const seen = inside; await new Promise((r) => setTimeout(r, 700)); inside -= 1; return { id, seen }; };',
    );
    const parallel = await Promise.all(Array.from({ length: 4 }, () => cloud.invoke('serial')));
    const answers = parallel.map(({ payload }) => payload as { id: number; seen: number });
    expect(answers.every(({ seen }) => seen === 1)).toBe(true);
    const ids = new Set(answers.map(({ id }) => id));
    expect(ids.size).toBeGreaterThan(1);
    const again = (await cloud.invoke('serial')).payload as { id: number };
    expect(ids.has(again.id)).toBe(true);
  });
});
