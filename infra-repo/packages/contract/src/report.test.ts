import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeviceReport, decodeReport, deviceReportSchema, reportItemSchema } from './report.ts';
import { arbitraryReport, report } from './testing/arbitrary-reports.ts';

const without = (name: string) => Object.fromEntries(Object.entries(report).filter(([key]) => key !== name));
const text = (changes: object) => JSON.stringify({ ...report, ...changes });

describe('a report', () => {
  it('is read as it was written, as a text and as an object', () => {
    fc.assert(
      fc.property(arbitraryReport, (written: DeviceReport) => {
        expect(decodeReport(JSON.stringify(written))).toEqual({ ok: true, report: written });
        expect(decodeReport(written)).toEqual({ ok: true, report: written });
      }),
    );
  });

  it.each<[string, string, string | undefined, string]>([
    ['cut off', 'not_json', undefined, text({}).slice(0, 100)],
    ['an array', 'wrong_shape', undefined, '[]'],
    ['a key that stands twice', 'wrong_shape', 'v', text({}).replace('{', '{"v":1,')],
    ['over 780 bytes', 'too_large', undefined, text({}).padEnd(781)],
    ['of another version', 'unknown_version', 'v', text({ v: 2, more: 1 })],
    ['with an unknown key', 'unknown_field', 'colour', text({ colour: 'red' })],
    ['without its boot', 'missing_field', 'boot_id', JSON.stringify(without('boot_id'))],
    ['without its version', 'missing_field', 'v', JSON.stringify(without('v'))],
    ['with a text for a number', 'wrong_type', 'uptime_s', text({ uptime_s: '7' })],
    ['with a number for a word', 'wrong_type', 'wanted', text({ wanted: 1 })],
    ['with another word', 'out_of_range', 'wanted', text({ wanted: 'dance' })],
    ['with half a second', 'wrong_resolution', 'uptime_s', text({ uptime_s: 1.5 })],
    ['with a frequency between two steps', 'wrong_resolution', 'limit_hz', text({ limit_hz: 47.53 })],
    ['with a frequency that is too high', 'out_of_range', 'limit_hz', text({ limit_hz: 401 })],
    ['with a text of other letters', 'out_of_range', 'firmware', text({ firmware: '1.0 beta' })],
    ['from before 2020', 'out_of_range', 'time', text({ time: 5 })],
  ])('%s is refused as %s', (_, reason, field, given) => {
    const decoded = decodeReport(given);
    expect(decoded).toMatchObject({ ok: false, reason });
    expect('field' in decoded ? decoded.field : undefined).toBe(field);
  });

  it('of any text is a report or a reason', () => {
    const any = fc.oneof(
      fc.string(),
      fc.json(),
      fc.dictionary(fc.constantFrom(...Object.keys(report)), fc.jsonValue()).map((value) => text(value)),
    );
    fc.assert(
      fc.property(any, (given) => {
        const decoded = decodeReport(given);
        if (decoded.ok) expect(deviceReportSchema.parse(JSON.parse(given))).toEqual(decoded.report);
      }),
    );
  });

  it('stands in the table below 1 KB', () => {
    const longest = {
      ...report,
      firmware: 'f'.repeat(64),
      drive: 'd'.repeat(64),
      command_id: 'c'.repeat(40),
      command_result: -2_147_483_648,
    };
    const item = {
      pk: `DEVICE#${'9'.repeat(31)}`,
      sk: 'REPORT',
      report: longest,
      boot_id: 4_294_967_295,
      uptime_s: 4_294_967_295,
      received_at: 4_294_967_295,
    };
    expect(reportItemSchema.parse(item)).toEqual(item);
    expect(JSON.stringify(item).length).toBeLessThan(1024);
  });
});
