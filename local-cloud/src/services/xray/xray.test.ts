import { createSocket } from 'node:dgram';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Span } from '../../kernel/span.ts';
import { ACCOUNT } from '../../testing/test-cloud.ts';
import { createTracing } from '../../tracing/tracing-service.ts';
import { type LambdaCloud, startLambdaCloud } from '../lambda/testing/lambda-cloud.ts';
import { daemonAddress } from './daemon.ts';
import { segmentSchema, spansOfDocument } from './segment-document.ts';
import { createXray } from './xray-service.ts';

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const SCOPE = { account: ACCOUNT, region: 'us-east-2' };
const SENDS = `
const { createSocket } = require('node:dgram');
exports.handler = async (event, context) => {
  const [host, port] = process.env.AWS_XRAY_DAEMON_ADDRESS.split(':');
  const Parent = /Parent=([0-9a-f]+)/.exec(process.env._X_AMZN_TRACE_ID)[1];
  const now = Date.now() / 1000;
  const document = {
    name: '## sends', id: '0000000000000001', trace_id: '${ROOT}', parent_id: Parent, type: 'subsegment', start_time: now - 1, end_time: now,
    annotations: { device_id: 'pump-1' }, metadata: { lambda: { request_id: context.awsRequestId } },
    subsegments: [{ name: 'DynamoDB', id: '0000000000000002', start_time: now - 0.5, end_time: now, namespace: 'aws', aws: { operation: 'PutItem', table_name: 'fleet' }, error: true, cause: { exceptions: [{ id: '0000000000000003', type: 'ConditionalCheckFailedException' }] } }],
  };
  const socket = createSocket('udp4');
  await new Promise((done) => socket.send('{"format": "json", "version": 1}\\n' + JSON.stringify(document), Number(port), host, done));
  socket.close();
};`;

let cloud: LambdaCloud;

beforeAll(async () => {
  cloud = await startLambdaCloud({ services: [createTracing, createXray] });
  await cloud.create('sends', SENDS);
});
afterAll(() => cloud.test.stop());

const spans = async () => ((await (await fetch(`${cloud.test.endpoint}/_local/traces/${ROOT}`)).json()) as { spans?: Span[] }).spans ?? [];
const invoke = () =>
  cloud.test.cloud.call('lambda', 'Invoke', { FunctionName: 'sends' }, { ...cloud.test.caller(), traceHeader: `Root=${ROOT};Sampled=1` });

describe('the daemon', () => {
  it("refuses what the function's role may not put, and says so", async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    await invoke();
    await vi.waitFor(() => expect(told).toHaveBeenCalledWith(expect.stringContaining('xray:PutTraceSegments')));
    expect((await spans()).map(({ service }) => service)).not.toContain('sdk');
    told.mockRestore();
  });

  it("makes a function's documents a part of its trace, with what they are annotated by", async () => {
    await cloud.allow({ Action: ['logs:*', 'xray:PutTraceSegments'], Resource: '*' });
    await invoke();
    await vi.waitFor(async () => expect((await spans()).map(({ service }) => service)).toContain('sdk'));
    const all = await spans();
    const handler = all.find(({ operation }) => operation === '## sends');
    expect(handler).toMatchObject({ ...SCOPE, service: 'function', resource: 'sends', attributes: { device_id: 'pump-1' } });
    expect(all.find(({ span_id }) => span_id === handler?.parent_id)).toMatchObject({ service: 'function', operation: 'invocation' });
    expect(all.find(({ service }) => service === 'sdk')).toMatchObject({
      parent_id: handler?.span_id,
      operation: 'DynamoDB PutItem',
      resource: 'fleet',
      errorCode: 'ConditionalCheckFailedException',
    });
    const found = (await (await fetch(`${cloud.test.endpoint}/_local/traces?device=pump-1`)).json()) as { traces: { trace_id: string }[] };
    expect(found.traces.map(({ trace_id }) => trace_id)).toEqual([ROOT]);
  });

  it('tells what is no document, and goes on', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    const socket = createSocket('udp4');
    const [host = '', port = ''] = daemonAddress(cloud.test.cloud)?.split(':') ?? [];
    for (const text of [
      '',
      'x',
      '{"format":"json","version":2}\n{}',
      '{"format":"json","version":1}\n{"metadata":{"lambda":{"request_id":"none"}}}',
    ])
      socket.send(text, Number(port), host);
    await vi.waitFor(() => expect(told.mock.calls.flat().join('\n')).toMatch(/no function runs the request none/));
    expect(told.mock.calls.flat().join('\n')).toMatch(/not understood/);
    socket.close();
    told.mockRestore();
  });
});

describe('PutTraceSegments', () => {
  it('answers which documents it did not take, and why', async () => {
    const put = (...TraceSegmentDocuments: string[]) =>
      cloud.test.cloud.call('xray', 'PutTraceSegments', { TraceSegmentDocuments }, cloud.test.caller());
    const good = { name: 'x', id: '00000000000000aa', trace_id: ROOT, start_time: 1, end_time: 2 };
    expect(await put(JSON.stringify(good), JSON.stringify({ ...good, trace_id: '1-2' }))).toEqual({
      UnprocessedTraceSegments: [{ ErrorCode: 'InvalidDocument', Message: expect.stringContaining('trace_id') }],
    });
    expect(await put('no JSON', JSON.stringify({ ...good, id: '00000000000000ab' }))).toEqual({
      UnprocessedTraceSegments: [{ ErrorCode: 'InvalidDocument', Message: 'no JSON' }],
    });
    expect((await spans()).map(({ span_id }) => span_id)).toEqual(expect.arrayContaining([good.id, '00000000000000ab']));
  });

  it('is spoken over the wire, with BatchGetTraces', async () => {
    const response = await fetch(`${cloud.test.endpoint}/Traces`, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20261122/us-east-2/xray/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify({ TraceIds: [ROOT, ROOT.replace('5', '6')] }),
    });
    const answer = (await response.json()) as { Traces: { Id: string; Segments: { Id: string; Document: string }[] }[] };
    expect(answer.Traces.map(({ Id }) => Id)).toEqual([ROOT]);
    for (const { Id, Document } of answer.Traces[0]?.Segments ?? []) expect(segmentSchema.parse(JSON.parse(Document)).id).toBe(Id);
  });
});

it('a document has as many spans as parts that have ended, each below its own', () => {
  const part = fc.record({ start: fc.nat(), length: fc.nat(), ended: fc.boolean() });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 20 }), (parts) => {
      const id = (index: number) => String(index).padStart(16, '0');
      // Each below the one before it.
      const document = parts.reduceRight<Record<string, unknown> | undefined>((below, { start, length, ended }, index) => {
        const times = { start_time: start + 1, ...(ended ? { end_time: start + 1 + length } : { in_progress: true }) };
        const whole = index === 0 ? { trace_id: ROOT, parent_id: 'ffffffffffffffff' } : {};
        return { name: 'part', id: id(index), ...times, ...whole, ...(below === undefined ? {} : { subsegments: [below] }) };
      }, undefined);
      const made = spansOfDocument(segmentSchema.parse(document), SCOPE, 'sends');
      const firstOpen = parts.findIndex(({ ended }) => !ended);
      expect(made.map(({ span_id }) => span_id)).toEqual(
        parts.slice(0, firstOpen < 0 ? parts.length : firstOpen).map((_, index) => id(index)),
      );
      made.forEach(({ parent_id, duration_ms }, index) => {
        expect(parent_id).toBe(index === 0 ? 'ffffffffffffffff' : id(index - 1));
        expect(duration_ms).toBeGreaterThanOrEqual(0);
      });
    }),
  );
});
