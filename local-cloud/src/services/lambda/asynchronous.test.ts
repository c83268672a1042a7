import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, PutFunctionConcurrencyCommand, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ACCOUNT, REGION, startTestCloud } from '../../testing/test-cloud.ts';
import { createLogs } from '../logs/logs-service.ts';
import { createSqs } from '../sqs/sqs-service.ts';
import { AsynchronousInvocations } from './asynchronous-invocations.ts';
import { Functions } from './functions.ts';
import { createLambda } from './lambda-service.ts';
import { type LambdaCloud, lambdaCloud, startLambdaCloud } from './testing/lambda-cloud.ts';

const DELAYS = { retry_ms: [20, 40], throttle_ms: [20, 100] } as const;
const queueArn = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
/** Fails until it was run `times` times, which it counts in a queue's place: its own environment. */
const COUNTER = `let count = 0; exports.handler = async (event) => {
  count += 1;
  if (count <= event.failures) throw new RangeError('attempt ' + count);
  return { count };
};`;

let cloud: LambdaCloud;
let sqs: SQSClient;

describe('an accepted event', () => {
  beforeEach(async () => {
    cloud = await startLambdaCloud({ delays: DELAYS });
    sqs = new SQSClient(cloud.test.client);
    await cloud.allow({ Action: ['logs:*', 'sqs:SendMessage'], Resource: '*' });
    for (const QueueName of ['dead', 'failed', 'done']) await sqs.send(new CreateQueueCommand({ QueueName }));
  });
  afterEach(() => cloud.test.stop());

  const send = async (FunctionName: string, event: unknown) => {
    const answer = await cloud.lambda.send(
      new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: Buffer.from(JSON.stringify(event)) }),
    );
    expect(answer.StatusCode).toBe(202);
    return answer.$metadata.requestId ?? '';
  };
  const next = async (queue: string): Promise<Message | undefined> => {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: `${cloud.test.endpoint}/${ACCOUNT}/${queue}`,
        WaitTimeSeconds: 5,
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages?.[0];
  };
  const destinations = (OnSuccess: string | undefined, OnFailure: string | undefined, more: object = {}) =>
    cloud.lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: 'counter',
        DestinationConfig: {
          ...(OnSuccess === undefined ? {} : { OnSuccess: { Destination: queueArn(OnSuccess) } }),
          ...(OnFailure === undefined ? {} : { OnFailure: { Destination: queueArn(OnFailure) } }),
        },
        ...more,
      }),
    );

  it('is tried three times under one request id, then lies in the dead-letter queue', async () => {
    await cloud.create('counter', COUNTER, { DeadLetterConfig: { TargetArn: queueArn('dead') } });
    const records: { requestId: string; errorType?: string }[] = [];
    (cloud.test.cloud.service('lambda') as ReturnType<typeof createLambda>).onInvocation((record) => records.push(record));
    const requestId = await send('counter', { failures: 9, id: 'a' });
    const message = await next('dead');
    expect(JSON.parse(message?.Body ?? '')).toEqual({ failures: 9, id: 'a' });
    expect(message?.MessageAttributes).toMatchObject({
      RequestID: { DataType: 'String', StringValue: requestId },
      ErrorCode: { DataType: 'Number', StringValue: '200' },
      ErrorMessage: { DataType: 'String', StringValue: 'attempt 3' },
    });
    expect(records.map((record) => [record.requestId, record.errorType])).toEqual(Array(3).fill([requestId, 'RangeError']));
  });

  it('goes to the destination of its end', async () => {
    await cloud.create('counter', COUNTER);
    await destinations('done', 'failed');
    const requestId = await send('counter', { failures: 1 });
    expect(JSON.parse((await next('done'))?.Body ?? '')).toMatchObject({
      version: '1.0',
      requestContext: {
        requestId,
        condition: 'Success',
        approximateInvokeCount: 2,
        functionArn: expect.stringMatching(/:counter:\$LATEST$/),
      },
      requestPayload: { failures: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      responsePayload: { count: 2 },
    });
    await destinations('done', 'failed', { MaximumRetryAttempts: 0 });
    await send('counter', { failures: 99 });
    expect(JSON.parse((await next('failed'))?.Body ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 },
      responseContext: { functionError: 'Unhandled' },
      responsePayload: { errorType: 'RangeError', errorMessage: 'attempt 3' },
    });
  });

  it('waits while the function is throttled, and is handed on when nothing may ever run', async () => {
    await cloud.create('counter', 'exports.handler = (event) => new Promise((done) => setTimeout(done, 150, event));');
    await cloud.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'counter', ReservedConcurrentExecutions: 1 }));
    await destinations('done', 'failed');
    await Promise.all([1, 2, 3].map((id) => send('counter', { id })));
    const done = [await next('done'), await next('done'), await next('done')];
    expect(
      done.map((message) => (JSON.parse(message?.Body ?? '') as { responsePayload: { id: number } }).responsePayload.id).sort(),
    ).toEqual([1, 2, 3]);

    await cloud.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'counter', ReservedConcurrentExecutions: 0 }));
    await send('counter', { id: 4 });
    expect(JSON.parse((await next('failed'))?.Body ?? '')).toMatchObject({
      requestContext: { condition: 'ZeroReservedConcurrency', approximateInvokeCount: 0 },
    });
  });

  it('is run again after a stop that cut it off', async () => {
    await cloud.test.stop();
    cloud = await startLambdaCloud({ delays: DELAYS, stopGrace_ms: 50 });
    sqs = new SQSClient(cloud.test.client);
    await cloud.allow({ Action: ['logs:*', 'sqs:SendMessage'], Resource: '*' });
    await sqs.send(new CreateQueueCommand({ QueueName: 'done' }));
    await cloud.create(
      'counter',
      'exports.handler = (event) => new Promise((done) => setTimeout(done, Number(process.env.WAIT), event));',
      {
        Timeout: 60,
        Environment: { Variables: { WAIT: '50000' } },
      },
    );
    await destinations('done', undefined);
    const requestId = await send('counter', { id: 'cut' });
    await expect
      .poll(
        async () =>
          (await cloud.test.cloud.call<{ logGroups: unknown[] }>('logs', 'DescribeLogGroups', {}, cloud.test.caller())).logGroups.length,
      )
      .toBe(1);
    cloud = lambdaCloud(await cloud.test.restart());
    sqs = new SQSClient(cloud.test.client);
    const Environment = { Variables: { WAIT: '0' } };
    await cloud.test.cloud.call('lambda', 'UpdateFunctionConfiguration', { FunctionName: 'counter', Environment }, cloud.test.caller());
    // The first run after the start may still be one of 50 seconds.
    cloud = lambdaCloud(await cloud.test.restart());
    sqs = new SQSClient(cloud.test.client);
    expect(JSON.parse((await next('done'))?.Body ?? '')).toMatchObject({ requestContext: { requestId, approximateInvokeCount: 1 } });
  });

  it('is tried again less and less often, and told once, when the local cloud itself fails', async () => {
    await cloud.create('counter', COUNTER);
    const functions = new Functions(cloud.test.cloud);
    const scope = { account: ACCOUNT, region: REGION };
    const tried_ms: number[] = [];
    const failing = async () => {
      tried_ms.push(performance.now());
      if (tried_ms.length > 4) return { payload: '1' };
      throw new TypeError('broken inside');
    };
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    const delays = { retry_ms: [1, 1], throttle_ms: [50, 100] } as const;
    const invocations = new AsynchronousInvocations(functions, failing, { delays, atOnce: 2 });
    try {
      const record = functions.in(scope).get('counter');
      invocations.accept(scope, { record, requestId: 'r', event: '{}', traceHeader: '', invokedArn: record.arn });
      await expect.poll(() => tried_ms.length, { timeout: 5_000 }).toBe(5);
      const gaps_ms = tried_ms.slice(1).map((time_ms, index) => time_ms - (tried_ms[index] ?? 0));
      // A timer may be a few milliseconds early by the wall clock.
      for (const [index, least_ms] of [50, 100, 100, 100].entries()) expect(gaps_ms[index]).toBeGreaterThan(least_ms - 10);
      expect(told.mock.calls).toEqual([[expect.stringContaining('event r of counter could not be dealt with'), expect.any(TypeError)]]);
    } finally {
      told.mockRestore();
      await invocations.stop();
    }
  });

  it('is told lost when the role may not write to the dead-letter queue', async () => {
    await cloud.allow({ Action: 'logs:*', Resource: '*' });
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    try {
      await cloud.create('counter', COUNTER, { DeadLetterConfig: { TargetArn: queueArn('dead') } });
      const requestId = await send('counter', { failures: 9 });
      await vi.waitFor(
        () => expect(told.mock.calls.flat().join('\n')).toContain(`event ${requestId} of counter is lost after 3 attempts`),
        5_000,
      );
      expect(told.mock.calls.flat().join('\n')).toContain('not authorized to perform: sqs:SendMessage');
    } finally {
      told.mockRestore();
    }
  });
});

it('survives kill -9 of the process that accepted it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'local-cloud-'));
  const child = spawn(process.execPath, [fileURLToPath(new URL('./testing/accept-events.ts', import.meta.url)), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  try {
    await vi.waitFor(() => expect(told.split('\n').filter((line) => line.startsWith('accepted')).length).toBeGreaterThan(20), 15_000);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const accepted = [...told.matchAll(/^accepted (\d+)$/gm)].map((match) => Number(match[1]));

    const test = await startTestCloud([createLogs, createSqs, (made) => createLambda(made, { delays: DELAYS })], { directory });
    cloud = lambdaCloud(test);
    const seen = new Set<number>();
    const url = `${test.endpoint}/${ACCOUNT}/done`;
    const receiver = new SQSClient(test.client);
    await vi.waitFor(async () => {
      const { Messages = [] } = await receiver.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
      for (const { Body } of Messages) seen.add((JSON.parse(Body ?? '') as { requestPayload: { id: number } }).requestPayload.id);
      expect(accepted.filter((id) => !seen.has(id))).toEqual([]);
    }, 15_000);
    expect(accepted.length).toBeGreaterThan(20);
    await test.stop();
  } finally {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
});
