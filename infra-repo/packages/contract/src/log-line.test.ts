import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseLogLine, toLogLine } from './log-line.ts';
import { anyRun, quietRun } from './testing/arbitrary-documents.ts';

it('gives back the document, whatever it holds', () => {
  fc.assert(
    fc.property(anyRun(fc.constant(1)), ([document]) => {
      if (document === undefined) return;
      expect(parseLogLine(toLogLine(document), document.time * 1000)).toEqual(document);
    }),
  );
});

it('is compact: ingestion is the dearest line of the bill', () => {
  const [document] = quietRun({ boot_id: 7, seq: 18_231, time: 1_763_759_640 }, 1);
  if (document === undefined) throw new Error('no document');
  expect(toLogLine(document)).toBe(
    '{"boot_id":7,"seq":18231,"run_state":"solar","dc_bus_v":600,"solar_w":4000,"grid_w":0,"motor_w":3800,"motor_a":8,"motor_hz":47.5,"temp_c":41,"signal_pct":68}',
  );
  expect(toLogLine(document).length).toBeLessThanOrEqual(160);
});

it('tells a fault code of 0 from one that could not be read', () => {
  const [document] = quietRun({ boot_id: 7, seq: 1, time: 1_763_759_640 }, 1);
  if (document === undefined) throw new Error('no document');
  expect(parseLogLine(toLogLine({ ...document, fault_code: null }), 1_763_759_640_000)?.fault_code).toBeNull();
  expect(parseLogLine(toLogLine(document), 1_763_759_640_000)?.fault_code).toBe(0);
});

it('knows a line that is no document', () => {
  for (const line of ['', 'START RequestId', '{}', '{"boot_id":1,"seq":2,"temp_c":4000}', '{"boot_id":1,"seq":2,"temp_c":[40]}', '[]']) {
    expect(parseLogLine(line, 1_763_759_640_000)).toBeUndefined();
  }
});
