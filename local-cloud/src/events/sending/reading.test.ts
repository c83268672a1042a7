import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deployedFunctions, functionNamed } from './deployed-functions.ts';
import { kindFitting } from './fitting.ts';
import { readEvent } from './read-event.ts';
import { waterfall } from './waterfall.ts';

describe('what comes on standard input', () => {
  const banner = '\n> event\n> node local-cloud/bin/event.ts particle-webhook --device pump-0001\n\n';

  it('is the same event with npm’s banner and without', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, isPretty) => {
        const text = JSON.stringify(value, null, isPretty ? 2 : undefined);
        expect(readEvent(`${banner}${text}\n`)).toEqual(JSON.parse(text));
        expect(readEvent(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['', /No event came/],
    ['\n\n', /No event came/],
    [banner, /No event came/],
    ['{"a":1', /not JSON/],
    [`${banner}{"a":1}{"b":2}`, /not JSON/],
  ])('is refused when it is no event: %j', (text, reason) => {
    expect(() => readEvent(text)).toThrow(reason);
  });
});

describe('a function', () => {
  const functions = ['ingest/receive-status', 'ingest/record-event', 'infra/add-claims'].map((name) => ({
    name,
    function_name: name,
    arn: name,
    description: '',
  }));

  it('is found by its name, and those of nearly that name are told', () => {
    expect(functionNamed(functions, 'infra/add-claims').name).toBe('infra/add-claims');
    expect(() => functionNamed(functions, 'ingest/recieve-status')).toThrow('Did you mean ingest/receive-status?');
    expect(() => functionNamed(functions, 'receive-status')).toThrow('Did you mean ingest/receive-status?');
    expect(() => functionNamed(functions, 'ingest/zzz')).toThrow(/There are ingest\/receive-status, /);
  });

  it('takes events of its own kinds; one that nobody knows takes any', () => {
    const direct = { particle_id: 'x', path: '/enfusion' };
    expect(kindFitting(direct, 'ingest/register-device')?.name).toBe('register-device');
    expect(() => kindFitting(direct, 'ingest/record-event')).toThrow(
      /a register-device event, and ingest\/record-event takes device-event/,
    );
    expect(() => kindFitting([], 'ingest/record-event')).toThrow(/no kind of event that is known/);
    expect(kindFitting([], 'my/own-function')).toBeUndefined();
  });

  it('can only be looked for where something runs', async () => {
    await expect(deployedFunctions({ aws: 'http://127.0.0.1:1', region: 'us-east-2', account: '111122223333' })).rejects.toThrow(
      /ECONNREFUSED/,
    );
  });
});

describe('a waterfall', () => {
  it('has each span below the one that asked for it, in its time, with its failure', () => {
    const span = (span_id: string, parent_id: string | undefined, start_ms: number, duration_ms: number, operation: string) => ({
      trace_id: 't',
      span_id,
      ...(parent_id === undefined ? {} : { parent_id }),
      service: 'dynamodb',
      operation,
      resource: 'Table',
      start_ms,
      duration_ms,
    });
    const spans = [
      span('a', 'elsewhere', 1000, 100, 'Query'),
      span('b', 'a', 1020, 30, 'GetItem'),
      { ...span('c', 'a', 1050, 50, 'PutItem'), errorCode: 'ConditionalCheckFailedException' },
      span('d', 'b', 1025, 0.01, 'Scan'),
    ];
    const lines = waterfall({ trace_id: 't', spans }).split('\n');
    expect(lines.map((line) => line.slice(0, 24).trimEnd())).toEqual([
      'dynamodb Query Table',
      '  dynamodb GetItem Table',
      '    dynamodb Scan Table',
      '  dynamodb PutItem Table',
    ]);
    expect(lines[0]).toMatch(/ 0\.0 +100\.0 ms {2}█{40}$/);
    expect(lines[1]).toMatch(/ 20\.0 +30\.0 ms {10}█{12} +$/);
    expect(lines[2]).toMatch(/ 25\.0 +0\.0 ms {12}█ +$/);
    expect(lines[3]).toMatch(/ 50\.0 +50\.0 ms {22}█{20} {2}✖ ConditionalCheckFailedException$/);
  });

  it('draws any spans, each once', () => {
    const ids = fc.uniqueArray(fc.stringMatching(/^[a-f]{3}$/), { minLength: 1, maxLength: 12 });
    const any = ids.chain((names) =>
      fc.tuple(
        ...names.map((span_id, index) =>
          fc.record({
            trace_id: fc.constant('t'),
            span_id: fc.constant(span_id),
            // Only earlier ones, or one that is not there.
            parent_id: fc.constantFrom(...names.slice(0, index), 'none'),
            service: fc.constant('s3'),
            operation: fc.constant(span_id),
            start_ms: fc.double({ min: 0, max: 1e6, noNaN: true }),
            duration_ms: fc.double({ min: 0, max: 1e5, noNaN: true }),
          }),
        ),
      ),
    );
    fc.assert(
      fc.property(any, (spans) => {
        const lines = waterfall({ trace_id: 't', spans }).split('\n');
        expect(lines.map((line) => /s3 (\w+)/.exec(line)?.[1]).sort()).toEqual(spans.map(({ span_id }) => span_id).sort());
      }),
    );
  });
});
