import { createSocket } from 'node:dgram';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { daemonAddress } from '../src/services/xray/daemon.ts';
import { segmentSchema } from '../src/services/xray/segment-document.ts';
import type { Answer } from './answer-verdict.ts';
import { credential } from './aws-messages.ts';
import { run } from './campaign.ts';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { fuzzService } from './fuzz-service.ts';
import { bytesAsText, type HttpMessage, nearMessage } from './http-message.ts';
import { nearMiss, oddText } from './odd-values.ts';
import { inputsOf } from './schema-arbitrary.ts';

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
/** Many documents are of this trace, more than are kept of one. */
const SHARED = '1-67f5a0a0-000000000000000000000001';
const traceId = fc.oneof(
  fc.constant(SHARED),
  hex(24).map((rest) => `1-67f5a0a0-${rest}`),
);
const now_s = Date.now() / 1000;
const known: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  id: hex(16),
  trace_id: traceId,
  parent_id: hex(16),
  name: fc.constantFrom('handler', 'DynamoDB', '漢字', '## x'),
  start_time: fc.constantFrom(now_s - 1, now_s, 1, 1e300, 5e-324),
  end_time: fc.constantFrom(now_s, now_s + 1, 2, 1e300),
  namespace: fc.constantFrom('aws', 'remote'),
  type: fc.constant('subsegment'),
};
const names = (member: string) => (Object.hasOwn(known, member) ? known[member] : undefined);
/** Segments and subsegments as their JSON, and what is near one. */
const span = fc.record(
  {
    ...{
      name: known['name'] ?? fc.string(),
      id: hex(16),
      trace_id: traceId,
      start_time: fc.constant(now_s - 1),
      end_time: fc.constant(now_s),
    },
    ...{ parent_id: hex(16), annotations: fc.constant({ device: 'pump-1' }), error: fc.boolean() },
    subsegments: fc.array(
      fc.record({ name: fc.constant('below'), id: hex(16), start_time: fc.constant(now_s), end_time: fc.constant(now_s) }),
      {
        maxLength: 2,
      },
    ),
  },
  { requiredKeys: ['name', 'id', 'trace_id', 'start_time'] },
);
const segment: fc.Arbitrary<string> = fc.oneof(
  { weight: 9, arbitrary: span.map((value) => JSON.stringify(value)) },
  { weight: 9, arbitrary: nearMiss(inputsOf(segmentSchema, names)).map((value) => JSON.stringify(value) ?? '') },
  { weight: 1, arbitrary: oddText },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(70_000), '{"subsegments":['.repeat(3000), 'null', '[]', '{') },
);

function message(path: string, input: unknown): HttpMessage {
  const headers = { authorization: credential('xray'), 'content-type': 'application/json' };
  return { method: 'POST', path, headers, body: bytesAsText(JSON.stringify(input) ?? '') };
}

const messages: fc.Arbitrary<HttpMessage> = nearMessage(
  fc.oneof(
    nearMiss(fc.record({ TraceSegmentDocuments: fc.array(segment, { minLength: 1, maxLength: 3 }) })).map((input) =>
      message('/TraceSegments', input),
    ),
    nearMiss(fc.record({ TraceIds: fc.array(traceId, { minLength: 1, maxLength: 3 }) })).map((input) => message('/Traces', input)),
  ),
);

const put = z.strictObject({ TraceSegmentDocuments: z.array(z.string()).min(1).max(50) });
const notTaken = z.object({ UnprocessedTraceSegments: z.array(z.unknown()) });
const traces = z.object({ Traces: z.array(z.object({ Segments: z.array(z.object({ Id: z.string() })) })) });

/** Each document of an answered PutTraceSegments is either told as not taken, or read by BatchGetTraces when its work has ended. */
async function isRead({ cloud, caller }: FurnishedCloud, { method, path, headers, body }: HttpMessage, answer: Answer): Promise<boolean> {
  if (path !== '/TraceSegments' || headers['authorization'] !== credential('xray')) return false;
  const sent = put.safeParse(jsonOf(Buffer.from(body, 'latin1').toString('utf8')));
  if (!sent.success || method !== 'POST') return false;
  // A page's origin or a session that nobody has.
  if (answer.status === 403) return false;
  // One that is no document is no reason to refuse those beside it.
  expect(answer.status, answer.body).toBe(200);
  const { TraceSegmentDocuments } = sent.data;
  const { UnprocessedTraceSegments } = notTaken.parse(JSON.parse(answer.body));
  const taken = TraceSegmentDocuments.flatMap((text) => documentOf(text) ?? []);
  expect(TraceSegmentDocuments.length - taken.length).toBe(UnprocessedTraceSegments.length);
  const [first] = taken.filter(({ end_time, trace_id }) => end_time !== undefined && trace_id !== SHARED);
  if (first === undefined) return false;
  const found = traces.parse(await cloud.call('xray', 'BatchGetTraces', { TraceIds: [first.trace_id] }, caller));
  expect(found.Traces.flatMap(({ Segments }) => Segments.map(({ Id }) => Id))).toContain(first.id);
  return true;
}

function documentOf(text: string): z.output<typeof segmentSchema> | undefined {
  return Buffer.byteLength(text) > 64 * 1024 ? undefined : segmentSchema.safeParse(jsonOf(text)).data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

describe('X-Ray, whatever it is sent', () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
  });
  afterAll(() => furnished.stop());

  it('over HTTP', { timeout: 600_000 }, async () => {
    await fuzzService(furnished, {
      border: 'REST xray',
      shortRuns: 300,
      inputs: messages,
      write: (one) => one,
      confirm: (one, answer) => isRead(furnished, one, answer),
    });
  });

  it('to its daemon', { timeout: 600_000 }, async () => {
    const [host, port] = daemonAddress(furnished.cloud)?.split(':') ?? [];
    const socket = createSocket('udp4');
    const header = fc.constantFrom(
      '{"format":"json","version":1}\n',
      '{"format": "json", "version": 1}\n',
      '{"format":"json"}\n',
      '\n',
      '',
    );
    try {
      await run({
        border: 'UDP xray',
        shortRuns: 300,
        inputs: fc.tuple(header, segment).map(([line, document]) => bytesAsText(line + document).slice(0, 60_000)),
        check: async (datagram) => {
          await new Promise((done) => socket.send(Buffer.from(datagram, 'latin1'), Number(port), host, done));
          furnished.console.check();
        },
      });
      // The daemon is there as before: it closes with its cloud, and the address still is its own.
      expect(daemonAddress(furnished.cloud)).toBe(`${host}:${port}`);
    } finally {
      socket.close();
    }
  });
});
