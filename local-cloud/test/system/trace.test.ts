import { randomBytes } from 'node:crypto';
import { CreateLogGroupCommand, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { deviceLogGroupName, parameterNames } from '@enstratus/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { clientOptions } from '../../src/tools/running-system.ts';
import { spanSchema } from '../../src/tracing/span-schema.ts';
import { FieldControllers } from './field-controllers.ts';
import { SignedIn } from './graphql-client.ts';
import { ParticleClient } from './particle-client.ts';
import { System } from './system.ts';

/** Other tests make deliveries fail too, and Particle then skips some to this host, to try them again after 30 seconds and a minute. */
const PATIENCE_MS = 120_000;

const listSchema = z.object({ traces: z.array(z.looseObject({ trace_id: z.string() })) });
const traceSchema = z.object({ trace_id: z.string(), spans: z.array(spanSchema.extend({ linked_by: z.array(z.unknown()).optional() })) });
type Trace = z.output<typeof traceSchema>;
type Span = Trace['spans'][number];

let system: System;
let particle: ParticleClient;
let field: FieldControllers;

beforeAll(() => {
  system = new System();
  particle = new ParticleClient(system);
  field = new FieldControllers();
});
afterAll(() => particle.stop());

const local = async (path: string): Promise<unknown> => (await fetch(`${system.endpoints.aws}/_local/traces${path}`)).json();
const trace = async (id: string): Promise<Trace> => traceSchema.parse(await local(`/${id}`));
const traces = async (query: string): Promise<Trace[]> =>
  Promise.all(listSchema.parse(await local(`?${query}`)).traces.map(({ trace_id }) => trace(trace_id)));

const newHeader = () => {
  const id = `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  return { id, header: `Root=${id};Parent=${randomBytes(8).toString('hex')};Sampled=1` };
};

/** The first span that is this. */
function one(spans: readonly Span[], service: string, operation: string, resource?: RegExp): Span {
  const found = spans.filter(
    (span) => span.service === service && span.operation === operation && (resource === undefined || resource.test(span.resource ?? '')),
  );
  if (found[0] === undefined) throw new Error(`no ${service} ${operation} ${resource ?? ''} in\n${outline(spans)}`);
  return found[0];
}

const outline = (spans: readonly Span[]): string =>
  spans
    .map(
      ({ service, operation, resource = '', span_id, parent_id = '-' }) => `${parent_id} > ${span_id} ${service} ${operation} ${resource}`,
    )
    .join('\n');

/** What stands above a span, from the root down. */
function above(span: Span, spans: readonly Span[]): string[] {
  const parent = spans.find(({ span_id }) => span_id === span.parent_id);
  return parent === undefined ? [] : [...above(parent, spans), `${parent.service} ${parent.operation}`];
}

/** One root, and every other span's parent is there. */
function expectTree(spans: readonly Span[]): void {
  const ids = new Set(spans.map(({ span_id }) => span_id));
  expect(ids.size).toBe(spans.length);
  expect(spans.filter(({ parent_id }) => parent_id !== undefined && !ids.has(parent_id)).map(({ operation }) => operation)).toEqual([]);
  expect(spans.filter(({ parent_id }) => parent_id === undefined)).toHaveLength(1);
}

const path = (span: Span, spans: readonly Span[]): string[] => [...above(span, spans), `${span.service} ${span.operation}`];

describe('one trace', () => {
  it("leads from a device's publish to the last write, to those who watch it, and back to the device", { timeout: 400_000 }, async () => {
    const device = await system.registered((await field.mounted()).particle_id);
    const person = await SignedIn.new(system, 'dealer', '/enfusion/test-partner/test-dealer');
    const watching = await person.watch(device.deviceId);
    const watch = 'mutation Watch($device_id: ID!) { watchDevice(device_id: $device_id) { watched_until } }';
    expect((await person.ask(watch, { device_id: device.deviceId })).errors).toBeUndefined();
    let every_s = 2;
    /** A sample that is taken at another distance than those before it closes their pack ("Cutting the queue" in PROTOCOL.md). */
    const closePack = async () => {
      const shown = watching.told.length;
      await vi.waitFor(() => expect(watching.told.length).toBeGreaterThan(shown + 1), { timeout: PATIENCE_MS });
      every_s = 5 - every_s;
      expect(await particle.call(device.particleId, 'settings', `every_s=${every_s}`)).toBe(0);
    };
    expect(await particle.call(device.particleId, 'settings', `every_s=${every_s}`)).toBe(0);
    await closePack();
    await vi.waitFor(async () => expect(await system.documents(device)).not.toEqual([]), { timeout: PATIENCE_MS });

    // While its log group is away a pack is lost: what comes after it shows a gap, of which everybody hears.
    const group = { logGroupName: deviceLogGroupName(device.deviceId) };
    await system.logs.send(new DeleteLogGroupCommand(group));
    await closePack();
    const failed = await vi.waitFor(
      async () => {
        const [first] = await traces(`device=${device.deviceId}&errors=true&limit=5`).then((all) =>
          all.filter(({ spans }) => spans.some(({ operation, errorCode }) => operation === 'delivery' && errorCode === 'HTTP 503')),
        );
        if (first === undefined) throw new Error('no trace of a failed delivery');
        return first;
      },
      { timeout: PATIENCE_MS, interval: 100 },
    );
    expect(one(failed.spans, 'logs', 'PutLogEvents').errorCode).toBe('ResourceNotFoundException');
    await system.logs.send(new CreateLogGroupCommand(group));
    await closePack();

    const { trace_id, spans } = await vi.waitFor(
      async () => {
        const all = await traces(`device=${device.deviceId}&function=receive`);
        const found = all.find(
          ({ spans: each }) => each.some(({ operation }) => operation === 'device function') && has(each, 'sns', 'Publish'),
        );
        if (found === undefined) throw new Error(`no such trace among ${all.length}`);
        return found;
      },
      // ask-device looks at a gap 20 seconds after it was found.
      { timeout: PATIENCE_MS, interval: 500 },
    );
    watching.stop();
    expect(new Set(spans.map((span) => span.trace_id))).toEqual(new Set([trace_id]));
    expectTree(spans);
    const published = one(spans, 'particle', 'publish');
    expect(published).toEqual(spans[0]);
    expect(published.attributes).toMatchObject({ event_name: 'status', particle_id: device.particleId });
    const receives = [
      'particle publish',
      'particle delivery',
      'lambda InvokeFunctionUrl',
      'function invocation',
      'function ## receive-status',
    ];
    const told = [...receives, 'sdk SNS Publish', 'sns Publish', 'sns delivery', 'sqs SendMessage'];
    const mutation = [...receives, 'http AppSync', 'appsync publishDeviceStatus'];
    const records = spans.find(({ resource = '', operation }) => /RecordEvent/.test(resource) && operation === resource);
    const asks = spans.findLast(({ resource = '', operation }) => /AskDevice/.test(resource) && operation === resource);
    if (records === undefined || asks === undefined) throw new Error(outline(spans));
    expect(path(one(spans, 'logs', 'PutLogEvents'), spans)).toEqual([...receives, 'sdk CloudWatchLogs PutLogEvents', 'logs PutLogEvents']);
    expect(path(one(spans, 'dynamodb', 'PutItem'), spans)).toEqual([...receives, 'sdk DynamoDB PutItem', 'dynamodb PutItem']);
    expect(path(one(spans, 'appsync', 'real-time delivery'), spans)).toEqual([...mutation, 'appsync real-time delivery']);
    expect(path(one(spans, 'appsync', 'resolver'), spans)).toEqual([...mutation, 'appsync resolver']);
    expect(path(records, spans)).toEqual([...told, `function ${records.operation}`]);
    const write = spans.findLast(({ service, operation }) => service === 'dynamodb' && operation === 'PutItem');
    expect(write === undefined ? [] : path(write, spans)).toEqual([...path(records, spans), 'sdk DynamoDB PutItem', 'dynamodb PutItem']);
    const called = one(spans, 'particle', 'device function');
    expect(called.attributes).toMatchObject({ function_name: 'resend', particle_id: device.particleId });
    expect(path(called, spans).slice(-3)).toEqual([
      `function ${asks.operation}`,
      'particle POST /v1/products/:product/devices/:device/:function',
      'particle device function',
    ]);
    // What the handlers said it is about.
    expect(one(spans, 'function', '## receive-status').attributes).toMatchObject({ device_id: device.deviceId, event_name: 'status' });
    expect(records.attributes).toMatchObject({ device_id: device.deviceId, event_type: 'device.gap_found' });
    // The batch has a trace of its own; each leads to the other.
    const sent = spans.find(({ span_id }) => span_id === records.parent_id);
    const [back] = z.array(z.object({ trace_id: z.string() })).parse(sent?.linked_by);
    const batch = await trace(back?.trace_id ?? '');
    expectTree(batch.spans);
    expect(one(batch.spans, 'lambda', 'batch').links).toContainEqual(expect.objectContaining({ trace_id, span_id: sent?.span_id }));
    expect(one(batch.spans, 'function', 'invocation').attributes?.['request_id']).toBe(records.attributes?.['request_id']);
    const xray = z
      .object({ Traces: z.array(z.object({ Segments: z.array(z.object({ Id: z.string() })) })) })
      .parse(await local(`/${trace_id}?format=xray`));
    expect(xray.Traces[0]?.Segments.map(({ Id }) => Id)).toEqual(spans.map(({ span_id }) => span_id));
  });

  it('is that of a request in the browser, and of a registration down to Particle', async () => {
    const device = await system.newDevice();
    const person = await SignedIn.new(system, 'dealer', '/enfusion/test-partner/test-dealer');
    const text = 'query Seen($device_id: ID!) { device(device_id: $device_id) { name } }';
    expect((await person.ask(text, { device_id: device.deviceId })).errors).toBeUndefined();
    const seen = await vi.waitFor(async () => {
      const all = await traces('function=AnswerQuery');
      const found = all.find(({ spans }) => has(spans, 'appsync', 'Seen') && has(spans, 'function', 'invocation'));
      if (found === undefined) throw new Error('no trace of the query');
      return found;
    });
    expectTree(seen.spans);
    expect(path(one(seen.spans, 'dynamodb', 'GetItem'), seen.spans)).toEqual([
      'appsync Seen',
      'appsync resolver',
      'lambda Invoke',
      'function invocation',
      'dynamodb GetItem',
    ]);
    const [registered] = await traces(`device=${device.deviceId}&function=RegisterDevice`);
    expectTree(registered?.spans ?? []);
    expect(registered?.spans.filter(({ service }) => service === 'particle').map(({ operation }) => operation)).toContain(
      'POST /v1/products/:product/devices',
    );
    expect(has(registered?.spans ?? [], 'dynamodb', 'TransactWriteItems')).toBe(true);
    // A function's lines are delivered within half a second.
    await vi.waitFor(async () => expect(await linesOf('register-device', registered?.trace_id ?? '')).toContain('device registered'), {
      timeout: 20_000,
    });
  });
});

describe("a function's log lines", () => {
  it('are found by the id of the trace, those on a message by the id of the message', { timeout: 90_000 }, async () => {
    const device = await system.newDevice();
    const posted = newHeader();
    const response = await fetch(system.endpoints.webhook.url, {
      method: 'POST',
      headers: { [system.endpoints.webhook.secretHeader]: system.endpoints.webhook.secret, 'x-amzn-trace-id': posted.header },
      body: new URLSearchParams({ event: 'status', data: 'no pack', published_at: new Date().toISOString(), coreid: device.particleId }),
    });
    expect(await response.json()).toEqual({ quarantined: 'not_json' });
    const sns = new SNSClient(clientOptions(system.endpoints));
    const told = newHeader();
    sns.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['x-amzn-trace-id'] = told.header;
        return next(args);
      },
      { step: 'build' },
    );
    const TopicArn = await system.parameter(parameterNames.deviceEventsTopicArn);
    const MessageAttributes = { type: { DataType: 'String', StringValue: 'device.state_changed' } };
    await sns.send(new PublishCommand({ TopicArn, Message: 'no event', MessageAttributes }));
    await vi.waitFor(async () => expect(await linesOf('receive-status', posted.id)).toEqual(['document quarantined']), { timeout: 20_000 });
    await vi.waitFor(async () => expect(await linesOf('record-event', told.id)).toContain('record failed'), { timeout: 40_000 });
  });
});

const has = (spans: readonly Span[], service: string, operation: string): boolean =>
  spans.some((span) => span.service === service && span.operation === operation);

/** The messages of a function's lines under a trace, asked of Logs Insights. */
async function linesOf(name: string, trace_id: string): Promise<(string | undefined)[]> {
  const query = `fields message | filter xray_trace_id = "${trace_id}"`;
  return (await system.insights(`/enstratus/functions/ingest-repo/${name}`, query, 1)).map(({ message }) => message);
}
