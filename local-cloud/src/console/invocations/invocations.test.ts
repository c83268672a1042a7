import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InvocationRecord } from '../../services/lambda/invocation.ts';
import { InvocationStore } from './invocation-store.ts';
import { HIDDEN, withoutSecrets } from './without-secrets.ts';

const record = (requestId: string, more: Partial<InvocationRecord> = {}): InvocationRecord => ({
  account: '111122223333',
  region: 'us-east-2',
  functionName: 'takes',
  functionArn: 'arn',
  executedVersion: '$LATEST',
  requestId,
  traceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
  source: 'url',
  duration_ms: 1.23456,
  billed_ms: 2,
  coldStart: false,
  memory_mb: 128,
  maxMemoryUsed_mb: 20,
  start_ms: 0,
  event: '{}',
  answer: 'null',
  log: [],
  ...more,
});

describe('the store', () => {
  it('drops the oldest when there are too many, or too much', () => {
    const store = new InvocationStore({ invocations: 3, characters: 100, longest: 60 });
    for (const id of ['a', 'b', 'c', 'd']) store.add(record(id));
    expect(store.find({ limit: 9 }).map(({ request_id }) => request_id)).toEqual(['d', 'c', 'b']);
    store.add(record('long', { log: [{ at_ms: 0, text: 'x'.repeat(95) }], event: 'y'.repeat(61) }));
    expect(store.get('long')).not.toHaveProperty('event');
    expect(store.get('long')?.log[0]?.text).toHaveLength(60);
    store.add(record('longer', { log: [{ at_ms: 0, text: 'x'.repeat(95) }] }));
    expect(store.find({ limit: 9 }).map(({ request_id }) => request_id)).toEqual(['longer']);
  });

  it('keeps the latest attempt of a request', () => {
    const store = new InvocationStore();
    store.add(record('a', { errorType: 'RangeError' }));
    store.add(record('a'));
    expect(store.find({ limit: 9 })).toHaveLength(1);
    expect(store.get('a')).not.toHaveProperty('error_type');
  });
});

describe('secrets', () => {
  it('are left out wherever they stand, also in JSON within texts', () => {
    const body = JSON.stringify({ password: 'hush', kept: 1 });
    const shown = withoutSecrets(
      JSON.stringify({ headers: { 'X-Webhook-Secret': 'hush' }, list: [{ accessToken: 'hush' }], body, nextToken: 'n' }),
    );
    expect(shown).not.toContain('hush');
    expect(JSON.parse(shown)).toEqual({
      headers: { 'X-Webhook-Secret': HIDDEN },
      list: [{ accessToken: HIDDEN }],
      body: JSON.stringify({ password: HIDDEN, kept: 1 }),
      nextToken: 'n',
    });
    expect(withoutSecrets('no JSON')).toBe('no JSON');
  });

  it('leaves everything else as it was', () => {
    const plain = fc.dictionary(
      fc.constantFrom('a', 'b', 'body'),
      fc.oneof(fc.integer(), fc.constant(null), fc.constantFrom('x', '<b>', 'y z')),
    );
    fc.assert(fc.property(plain, (value) => void expect(JSON.parse(withoutSecrets(JSON.stringify(value)))).toEqual(value)));
  });
});
