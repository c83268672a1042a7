import { describe, expect, it } from 'vitest';
import { encodePack } from './pack.ts';
import type { StatusDocument } from './status-document.ts';
import { decodeSample } from './status-input.ts';

const document: StatusDocument = {
  boot_id: 7,
  seq: 18_231,
  time: 1_763_759_655,
  run_state: 'fault',
  dc_bus_v: 612,
  solar_w: 0,
  grid_w: 0,
  motor_w: null,
  motor_a: 8.1,
  motor_hz: 0,
  temp_c: 41,
  fault_code: 23,
  signal_pct: 68,
};
const without = (name: string) => JSON.stringify(Object.fromEntries(Object.entries({ v: 1, ...document }).filter(([key]) => key !== name)));

describe('a sample that is published as it is taken', () => {
  it('is a plain document', () => {
    expect(decodeSample(JSON.stringify({ v: 1, ...document }))).toEqual({ ok: true, document });
    expect(decodeSample({ v: 1, ...document })).toEqual({ ok: true, document });
  });

  it.each(['v', 'boot_id', 'seq', 'time'])('is refused without %s, which a plain document may leave out', (field) => {
    expect(decodeSample(without(field))).toMatchObject({ ok: false, reason: 'missing_field', field });
  });

  it('takes a -0, which JSON has, for the 0 that it is', () => {
    const text = JSON.stringify({ v: 1, ...document })
      .replace('"seq":18231', '"seq":-0')
      .replace('"solar_w":0', '"solar_w":-0');
    expect(decodeSample(text)).toEqual({ ok: true, document: { ...document, seq: 0 } });
  });

  it('is no pack', () => {
    expect(decodeSample(encodePack([document]))).toMatchObject({ ok: false, reason: 'unknown_field', field: 'count' });
  });
});
