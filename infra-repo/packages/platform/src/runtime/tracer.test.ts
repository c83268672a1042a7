import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from './logger.ts';
import { readTraceHeader, traceHeader, writeTraceHeader } from './trace-position.ts';
import type { SegmentDocument } from './trace-segment.ts';
import { annotate, subsegment, traced, tracedClient, tracedFetch, withinMessage } from './tracer.ts';

const root = '1-5759e988-bd862e3fe1be46a994272793';
const parent = '53995c3f42cd8ad8';
const sampled = `Root=${root};Parent=${parent};Sampled=1`;
const context = { awsRequestId: 'request-1' };

let daemon: Socket;
let sent: SegmentDocument[];

beforeEach(async () => {
  sent = [];
  daemon = createSocket('udp4');
  daemon.on('message', (bytes) => {
    const [header = '', text = ''] = bytes.toString().split('\n');
    expect(JSON.parse(header)).toEqual({ format: 'json', version: 1 });
    sent.push(JSON.parse(text));
  });
  await new Promise<void>((resolve) => daemon.bind(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_XRAY_DAEMON_ADDRESS', `127.0.0.1:${(daemon.address() as AddressInfo).port}`);
  vi.stubEnv('_X_AMZN_TRACE_ID', sampled);
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'record-event');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await new Promise<void>((resolve) => daemon.close(() => resolve()));
});

/** A client as the SDK's are, as far as the tracer touches it. */
function fakeClient(answer: () => Promise<{ output: object }>) {
  const headers: Record<string, string> = {};
  type Middleware = (next: typeof answer, context: object) => (args: object) => Promise<unknown>;
  let middleware: Middleware = () => () => Promise.reject(new Error('not traced'));
  const add = (added: Middleware) => {
    middleware = added;
  };
  const client = tracedClient({ middlewareStack: { add } });
  expect(client).toBeDefined();
  const send = () =>
    middleware(answer, { clientName: 'DynamoDBClient', commandName: 'PutItemCommand' })({
      input: { TableName: 'fleet' },
      request: { headers },
    });
  return { headers, send };
}

describe('a sampled invocation', () => {
  it('sends one document: the handler with what it was about, and the calls below it, each handed on as the parent', async () => {
    const { headers, send } = fakeClient(async () => ({ output: { $metadata: { requestId: 'call-1' } } }));
    const handler = traced('receive-status', async () => {
      annotate({ device_id: 'pump-1', first_seq: 7 });
      await send();
      return 'done';
    });
    expect(await handler({}, context)).toBe('done');
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    const [document] = sent;
    expect(document).toMatchObject({
      name: '## receive-status',
      type: 'subsegment',
      trace_id: root,
      parent_id: parent,
      annotations: { device_id: 'pump-1', first_seq: 7 },
      metadata: { lambda: { request_id: 'request-1' } },
      subsegments: [{ name: 'DynamoDB', namespace: 'aws', aws: { operation: 'PutItem', table_name: 'fleet', request_id: 'call-1' } }],
    });
    expect(headers).toEqual({ 'X-Amzn-Trace-Id': `Root=${root};Parent=${document?.subsegments?.[0]?.id};Sampled=1` });
    expect(document?.end_time).toBeGreaterThanOrEqual(document?.start_time ?? Number.NaN);
  });

  it("tells whose error it was by the error's type alone, and throws it on", async () => {
    const refused = Object.assign(new Error('hunter2'), { name: 'ConditionalCheckFailedException', $fault: 'client' });
    const { send } = fakeClient(() => Promise.reject(refused));
    const handler = traced('receive-status', async () => {
      await send().catch(() => {});
      throw new RangeError('hunter2');
    });
    await expect(handler({}, context)).rejects.toThrow(RangeError);
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(sent).toMatchObject([
      {
        fault: true,
        cause: { exceptions: [{ type: 'RangeError' }] },
        subsegments: [{ error: true, cause: { exceptions: [{ type: 'ConditionalCheckFailedException' }] } }],
      },
    ]);
    expect(JSON.stringify(sent)).not.toContain('hunter2');
  });

  it('traces a fetch, and keeps its headers', async () => {
    let asked = new Headers();
    const fetch = tracedFetch('AppSync', async (_url, init) => {
      asked = new Headers(init?.headers);
      return new Response(null, { status: 204 });
    });
    await traced('receive-status', () => fetch('http://127.0.0.1/', { headers: { authorization: 'signed' } }))({}, context);
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.subsegments).toMatchObject([{ name: 'AppSync', namespace: 'remote', http: { response: { status: 204 } } }]);
    expect(Object.fromEntries(asked)).toEqual({
      authorization: 'signed',
      'x-amzn-trace-id': `Root=${root};Parent=${sent[0]?.subsegments?.[0]?.id};Sampled=1`,
    });
  });

  it('sends what ends after its handler by itself, and what is too long in pieces', async () => {
    const later = Promise.withResolvers<void>();
    let late: Promise<void> | undefined;
    await traced('late', async () => {
      late = subsegment('later', () => later.promise);
    })({}, context);
    later.resolve();
    await late;
    await traced('long', async () => {
      for (let index = 0; index < 40; index += 1) await subsegment(`call ${index}`, async () => annotate({ text: 'x'.repeat(2000) }));
    })({}, context);
    await vi.waitFor(() => expect(sent.length).toBe(43));
    const [first, second] = sent;
    expect(second).toMatchObject({ name: 'later', type: 'subsegment', parent_id: first?.id, trace_id: root });
    const long = sent.find(({ name }) => name === '## long');
    expect(sent.filter(({ parent_id }) => parent_id === long?.id)).toHaveLength(40);
  });
});

describe("a message's own trace", () => {
  const own = '1-6b0de420-bd862e3fe1be46a994272793';
  const line = (log: () => void) => {
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    const write = vi.spyOn(console, 'info').mockImplementation(() => {});
    log();
    return JSON.parse(String(write.mock.calls[0]?.[0])) as Record<string, unknown>;
  };

  it('holds what is done for it, its log lines too', async () => {
    let written: unknown;
    const handler = traced('record-event', () =>
      withinMessage(`Root=${own};Parent=0123456789abcdef;Sampled=1`, async () => {
        annotate({ device_id: 'pump-1' });
        await subsegment('DynamoDB', async () => {});
        written = line(() => createLogger('record-event').info('recorded'))['xray_trace_id'];
      }),
    );
    await handler({}, context);
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    const message = sent.find(({ trace_id }) => trace_id === own);
    expect(message).toMatchObject({
      name: 'record-event',
      parent_id: '0123456789abcdef',
      annotations: { device_id: 'pump-1' },
      subsegments: [{ name: 'DynamoDB' }],
    });
    expect(message).not.toHaveProperty('type');
    expect(written).toBe(own);
  });

  it('is handed on as it came when nobody samples it', async () => {
    const unsampled = `Root=${own};Parent=0123456789abcdef;Sampled=0`;
    vi.stubEnv('_X_AMZN_TRACE_ID', `Root=${root}`);
    const seen = await traced('record-event', () => withinMessage(unsampled, async () => traceHeader()))({}, context);
    expect(seen).toBe(unsampled);
    expect(sent).toEqual([]);
  });
});

describe('an invocation that nobody samples', () => {
  it.each([`Root=${root}`, `Root=${root};Parent=${parent};Sampled=0`, undefined])('hands on %s and sends nothing', async (header) => {
    vi.stubEnv('_X_AMZN_TRACE_ID', header);
    const { headers, send } = fakeClient(async () => ({ output: {} }));
    await traced('receive-status', async () => {
      annotate({ device_id: 'pump-1' });
      await send();
    })({}, context);
    expect(headers).toEqual(header === undefined ? {} : { 'X-Amzn-Trace-Id': header });
    expect(sent).toEqual([]);
  });

  it('is one without a daemon, too', async () => {
    vi.stubEnv('AWS_XRAY_DAEMON_ADDRESS', undefined);
    expect(await traced('receive-status', async () => traceHeader())({}, context)).toBe(sampled);
  });
});

it('a header is read as it was written', () => {
  const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
  fc.assert(
    fc.property(
      hex(8),
      hex(24),
      fc.option(hex(16), { nil: undefined }),
      fc.option(fc.constantFrom('0' as const, '1' as const), { nil: undefined }),
      (time, random, above, decision) => {
        const header = { root: `1-${time}-${random}`, parent: above, sampled: decision };
        expect(readTraceHeader(`${writeTraceHeader(header)};Lineage=a87bd80c:0`)).toEqual(header);
      },
    ),
  );
  fc.assert(fc.property(fc.string(), (text) => void readTraceHeader(text)));
});
