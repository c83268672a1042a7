import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../kernel/span.ts';
import { findTraces, inOrder } from './trace-queries.ts';
import { TraceStore } from './trace-store.ts';

const bounds = { traces: 5, spans: 20, spansOfTrace: 6 };
const idOf = (trace: number) => `1-00000000-${String(trace).padStart(24, '0')}`;

function span(trace: number, number: number, more: Partial<Span> = {}): Span {
  return {
    account: '111122223333',
    region: 'us-east-2',
    trace_id: idOf(trace),
    span_id: String(number).padStart(16, '0'),
    service: 'dynamodb',
    operation: 'PutItem',
    start_ms: number,
    duration_ms: 1,
    ...more,
  };
}

describe('a trace store', () => {
  it('never holds more than its bounds, and of what it holds every span', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(fc.nat({ max: 4 }), { maxLength: 60, size: 'max' }),
          fc.array(fc.nat({ max: 12 }), { maxLength: 200, size: 'max' }),
        ),
        (order) => {
          const store = new TraceStore(bounds);
          order.forEach((trace, number) => {
            store.add(span(trace, number));
            const traces = store.newestFirst();
            const kept = traces.reduce((sum, { spans }) => sum + spans.length, 0);
            expect(store.size).toEqual({ traces: traces.length, spans: kept });
            expect(traces.length).toBeLessThanOrEqual(bounds.traces);
            expect(kept).toBeLessThanOrEqual(bounds.spans);
          });
          for (const { trace_id, spans, left_out } of store.newestFirst()) {
            expect(spans.length + left_out).toBe(order.filter((trace) => idOf(trace) === trace_id).length);
          }
        },
      ),
    );
  });

  it('does not begin a trace again that it has dropped', () => {
    const store = new TraceStore(bounds);
    for (let trace = 0; trace <= bounds.traces; trace += 1) store.add(span(trace, trace));
    store.add(span(0, 100));
    expect(store.get(idOf(0))).toBeUndefined();
    expect(store.newestFirst()[0]?.trace_id).toBe(idOf(bounds.traces));
  });

  it('shows a link in both of its traces', () => {
    const store = new TraceStore(bounds);
    store.add(span(1, 1, { service: 'sqs', operation: 'SendMessage' }));
    store.add(span(2, 2, { links: [{ trace_id: idOf(1), span_id: span(1, 1).span_id }] }));
    const sent = store.get(idOf(1));
    expect(sent === undefined ? [] : inOrder(sent)).toMatchObject([{ linked_by: [{ trace_id: idOf(2), span_id: span(2, 2).span_id }] }]);
  });

  it('finds traces by device, function and failure, and says with what they begin', () => {
    const store = new TraceStore(bounds);
    const publish = span(1, 1, {
      service: 'particle',
      operation: 'publish',
      resource: 'e00fce68',
      attributes: { particle_id: 'e00fce68' },
    });
    store.add(span(1, 3, { service: 'function', operation: 'invocation', resource: 'ingest-ReceiveStatus', parent_id: publish.span_id }));
    store.add(span(1, 4, { attributes: { device_id: 'pump-1' }, parent_id: publish.span_id, errorCode: 'ValidationException' }));
    store.add(publish);
    store.add(span(2, 2, { resource: '/enstratus/devices/pump-2' }));
    const found = (filter: object) => findTraces(store, { limit: 10, errors: false, ...filter }).map(({ trace_id }) => trace_id);
    expect(found({})).toEqual([idOf(2), idOf(1)]);
    expect(found({ limit: 1 })).toEqual([idOf(2)]);
    expect(found({ device: 'pump-1' })).toEqual([idOf(1)]);
    expect(found({ device: 'e00fce68' })).toEqual([idOf(1)]);
    expect(found({ device: 'pump-2' })).toEqual([idOf(2)]);
    expect(found({ device: 'pump' })).toEqual([]);
    expect(found({ function: 'receivestatus' })).toEqual([idOf(1)]);
    expect(found({ errors: true })).toEqual([idOf(1)]);
    expect(findTraces(store, { limit: 10, errors: true })).toMatchObject([
      { begins_with: { service: 'particle', operation: 'publish', resource: 'e00fce68' }, duration_ms: 4, spans: 3, errors: 1 },
    ]);
  });
});
