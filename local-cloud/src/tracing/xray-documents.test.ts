import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../kernel/span.ts';
import { segmentSchema } from '../services/xray/segment-document.ts';
import { batchGetTraces, segmentDocument } from './xray-documents.ts';

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const trace_id = fc.tuple(hex(8), hex(24)).map(([time, random]) => `1-${time}-${random}`);
const span: fc.Arbitrary<Span> = fc.record({
  trace_id,
  span_id: hex(16),
  parent_id: optional(hex(16)),
  account: fc.constant('111122223333'),
  region: fc.constant('us-east-2'),
  service: fc.constantFrom('dynamodb', 'function', 'lambda', 'particle', 'logs', 'http'),
  operation: fc.string(),
  resource: optional(fc.string({ minLength: 1 })),
  start_ms: fc.double({ min: 1, max: 2e12, noNaN: true }),
  duration_ms: fc.double({ min: 0, max: 1e6, noNaN: true }),
  errorCode: optional(
    fc.constantFrom('AccessDeniedException', 'ThrottlingException', 'InternalFailure', 'RangeError', 'HTTP 404', 'HTTP 503'),
  ),
  attributes: optional(fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(fc.string(), fc.integer(), fc.boolean()))),
});

describe('a segment document', () => {
  it("has X-Ray's form, whatever the span", () => {
    fc.assert(
      fc.property(span, (one) => {
        const document = segmentDocument(one);
        const parsed = segmentSchema.parse(JSON.parse(JSON.stringify(document)));
        expect(parsed).toMatchObject({ id: one.span_id, trace_id: one.trace_id });
        expect(parsed.name).toMatch(/^[\p{L}\p{N}\s_.:/%&#=+\\\-@]{1,200}$/u);
        expect(parsed.end_time).toBeGreaterThanOrEqual(parsed.start_time);
        for (const key of Object.keys(parsed.annotations ?? {})) expect(key).toMatch(/^[A-Za-z0-9_]+$/);
        expect([parsed.error, parsed.fault].filter(Boolean)).toHaveLength(one.errorCode === undefined ? 0 : 1);
      }),
    );
  });

  it.each([
    ['AccessDeniedException', { error: true }],
    ['HTTP 404', { error: true }],
    ['TooManyRequestsException', { error: true, throttle: true }],
    ['RangeError', { fault: true }],
    ['HTTP 503', { fault: true }],
  ])('says whose failure %s is', (errorCode, blamed) => {
    const one: Span = {
      trace_id: '1-0',
      span_id: '1',
      account: 'a',
      region: 'r',
      service: 'sqs',
      operation: 'o',
      start_ms: 1,
      duration_ms: 1,
      errorCode,
    };
    const { error, fault, throttle } = segmentDocument(one);
    expect({ error, fault, throttle }).toEqual(blamed);
  });
});

it('BatchGetTraces answers the whole trace in seconds, and leaves an unknown one out', () => {
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 20 }), (spans) => {
      const [answer] = batchGetTraces('1-1-1', { trace_id: '1-1-1', spans, left_out: 0 }).Traces;
      const first = Math.min(...spans.map(({ start_ms }) => start_ms));
      const last = Math.max(...spans.map(({ start_ms, duration_ms }) => start_ms + duration_ms));
      expect(answer?.Segments).toHaveLength(spans.length);
      expect(answer?.Duration).toBeCloseTo((last - first) / 1000, 3);
    }),
  );
  expect(batchGetTraces('1-1-1', undefined)).toEqual({ Traces: [], UnprocessedTraceIds: [] });
});
