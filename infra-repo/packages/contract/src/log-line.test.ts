import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseLogLine, toLogLine } from './log-line.ts';
import { bootOfLogStream, deviceLogStreamName } from './names.ts';
import { anyRun, quietRun } from './testing/arbitrary-documents.ts';

const stream = 'boot-0000000007';

it('gives back the document, whatever it holds', () => {
  fc.assert(
    fc.property(anyRun(fc.constant(1)), ([document]) => {
      if (document === undefined) return;
      expect(parseLogLine(toLogLine(document), document.time * 1000, deviceLogStreamName(document.boot_id))).toEqual(document);
    }),
  );
});

it('is compact: ingestion is the dearest line of the bill', () => {
  const [document] = quietRun({ boot_id: 7, seq: 18_231, time: 1_763_759_640 }, 1);
  if (document === undefined) throw new Error('no document');
  expect(toLogLine(document)).toBe(
    '{"seq":18231,"run_state":"solar","dc_bus_v":600,"solar_w":4000,"grid_w":0,"motor_w":3800,"motor_a":8,"motor_hz":47.5,"temp_c":41,"signal_pct":68}',
  );
  expect(toLogLine(document).length).toBeLessThanOrEqual(147);
});

it('tells a fault code of 0 from one that could not be read', () => {
  const [document] = quietRun({ boot_id: 7, seq: 1, time: 1_763_759_640 }, 1);
  if (document === undefined) throw new Error('no document');
  expect(parseLogLine(toLogLine({ ...document, fault_code: null }), 1_763_759_640_000, stream)?.fault_code).toBeNull();
  expect(parseLogLine(toLogLine(document), 1_763_759_640_000, stream)?.fault_code).toBe(0);
});

it('knows a line that is no document', () => {
  for (const line of ['', 'START RequestId', '{}', '{"seq":2,"temp_c":4000}', '{"seq":2,"temp_c":[40]}', '[]']) {
    expect(parseLogLine(line, 1_763_759_640_000, stream)).toBeUndefined();
  }
});

it('tells the boot by the stream, whose names stand in the order of boots', () => {
  expect(deviceLogStreamName(7)).toBe(stream);
  const boot = fc.nat(4_294_967_295);
  fc.assert(
    fc.property(boot, boot, (one, other) => {
      expect(bootOfLogStream(deviceLogStreamName(one))).toBe(one);
      expect(deviceLogStreamName(one) < deviceLogStreamName(other)).toBe(one < other);
    }),
  );
  for (const name of [
    'status',
    '',
    'boot-',
    'boot-7',
    'boot-00000000007',
    'boot-4294967296',
    'boot-+000000007',
    'boot-00000007.0',
    'BOOT-0000000007',
  ]) {
    expect(bootOfLogStream(name)).toBeUndefined();
    expect(parseLogLine('{"seq":2}', 1_763_759_640_000, name)).toBeUndefined();
  }
});
