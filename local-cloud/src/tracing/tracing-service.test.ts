import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Span } from '../kernel/span.ts';
import { type LambdaCloud, startLambdaCloud } from '../services/lambda/testing/lambda-cloud.ts';
import { createTracing } from './tracing-service.ts';

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const CALLS_SQS = `
const { SQSClient, ListQueuesCommand } = require('@aws-sdk/client-sqs');
const client = new SQSClient({});
exports.handler = async () => { await client.send(new ListQueuesCommand({})); return process.env._X_AMZN_TRACE_ID; };`;

let cloud: LambdaCloud;

beforeAll(async () => {
  cloud = await startLambdaCloud({ services: [createTracing] });
  await cloud.allow({ Action: ['logs:*', 'sqs:ListQueues'], Resource: '*' });
  await cloud.create('lists-queues', CALLS_SQS);
  await cloud.create('fails', "exports.handler = async () => { throw new RangeError('no'); };");
});
afterAll(() => cloud.test.stop());

const ask = async (query: string) => {
  const response = await fetch(`${cloud.test.endpoint}/_local/traces${query}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const spansOf = async (id: string) => (await ask(`/${id}`)).body['spans'] as Span[];

/** Runs a function under a trace header, as a service of AWS would. */
async function invoke(name: string, traceHeader: string): Promise<unknown> {
  const answer = await cloud.test.cloud.call<{ Payload: Buffer }>(
    'lambda',
    'Invoke',
    { FunctionName: name },
    { ...cloud.test.caller(), traceHeader },
  );
  return JSON.parse(answer.Payload.toString());
}

describe('/_local/traces', () => {
  it("holds a function's calls under its own segment, its loading beside it", async () => {
    const header = await invoke('lists-queues', `Root=${ROOT};Sampled=1`);
    await vi.waitFor(async () => expect(await spansOf(ROOT)).toHaveLength(4));
    const spans = await spansOf(ROOT);
    const of = (service: string, operation: string) => spans.find((span) => span.service === service && span.operation === operation);
    const [call, init, code, list] = [
      of('lambda', 'Invoke'),
      of('function', 'init'),
      of('function', 'invocation'),
      of('sqs', 'ListQueues'),
    ];
    expect(spans[0]).toEqual(call);
    expect(call?.parent_id).toBeUndefined();
    expect([init?.parent_id, code?.parent_id]).toEqual([call?.span_id, call?.span_id]);
    expect(list?.parent_id).toBe(code?.span_id);
    expect(header).toBe(`Root=${ROOT};Parent=${code?.span_id};Sampled=1`);
    expect(code).toMatchObject({ resource: 'lists-queues', attributes: { cold_start: true, memory_mb: 128 } });
    expect(list?.start_ms).toBeGreaterThanOrEqual(code?.start_ms ?? Number.NaN);
    expect((list?.start_ms ?? 0) + (list?.duration_ms ?? 0)).toBeLessThanOrEqual((code?.start_ms ?? 0) + (code?.duration_ms ?? 0));
  });

  it('lists the newest first, by function and by what failed', async () => {
    const failed = ROOT.replace('5759e988', '5759e989');
    await invoke('fails', `Root=${failed}`);
    await invoke('lists-queues', `Root=${ROOT.replace('5759e988', '5759e98a')}`);
    const ids = async (query: string) => ((await ask(query)).body['traces'] as { trace_id: string }[]).map(({ trace_id }) => trace_id);
    await expect.poll(() => ids('?errors=true')).toEqual([failed]);
    expect(await ids('?function=fail')).toEqual([failed]);
    expect((await ids('?function=lists-queues&limit=1'))[0]).toBe(ROOT.replace('5759e988', '5759e98a'));
    const { body } = await ask('?function=fails');
    expect(body['traces']).toEqual([
      {
        trace_id: failed,
        started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        duration_ms: expect.any(Number),
        begins_with: { service: 'lambda', operation: 'Invoke', resource: 'fails' },
        spans: 3,
        errors: 1,
      },
    ]);
  });

  it('gives a function that is invoked without a trace one of its own', async () => {
    const answer = await cloud.lambda.send(new InvokeCommand({ FunctionName: 'lists-queues' }));
    const header = JSON.parse(Buffer.from(answer.Payload ?? '').toString()) as string;
    const id = /Root=([^;]+)/.exec(header)?.[1] ?? '';
    await vi.waitFor(async () =>
      expect((await spansOf(id)).map(({ service, parent_id }) => [service, parent_id === undefined])).toEqual([
        ['function', true],
        ['sqs', false],
      ]),
    );
  });

  it('answers in the shape of BatchGetTraces', async () => {
    const { body } = await ask(`/${ROOT}?format=xray`);
    expect(body).toMatchObject({ Traces: [{ Id: ROOT, LimitExceeded: false }], UnprocessedTraceIds: [] });
  });

  it.each([
    ['?limit=0', 400, 'limit'],
    ['?colour=red', 400, 'colour'],
    ['/1-0?format=otlp', 400, 'format'],
    ['/1-0', 404, 'No trace "1-0"'],
  ])('refuses %s with %i and says why', async (query, status, reason) => {
    expect(await ask(query)).toEqual({ status, body: { error: expect.stringContaining(reason) } });
  });
});
