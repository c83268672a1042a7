import { describe, expect, it } from 'vitest';
import { acceptBatch } from './put-log-events.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (...offsets: number[]) => offsets.map((offset) => ({ timestamp: NOW + offset, message: 'm' }));

describe('a batch of PutLogEvents', () => {
  it('is taken whole when every event is in time, and counted with 26 bytes an event', () => {
    const batch = acceptBatch(
      [
        { timestamp: NOW, message: 'é' },
        { timestamp: NOW, message: 'abc' },
      ],
      NOW,
      0,
    );
    expect(batch).toMatchObject({ bytes: 2 + 3 + 52, rejected: undefined });
    expect(batch.accepted).toHaveLength(2);
  });

  it.each([
    ['exactly 14 days old and exactly 2 hours ahead are in time', at(-14 * DAY), 0, 1, undefined],
    ['2 hours ahead', at(2 * HOUR), 0, 1, undefined],
    ['older than 14 days: the index behind the last', at(-15 * DAY, -14 * DAY - 1, -1, 0), 0, 2, { tooOldLogEventEndIndex: 2 }],
    ['too new: the index of the first', at(0, 2 * HOUR + 1, 3 * HOUR), 0, 1, { tooNewLogEventStartIndex: 1 }],
    ['expired by a retention of a day', at(-2 * DAY, -1, 0), NOW - DAY, 2, { expiredLogEventEndIndex: 1 }],
    [
      'old, good and new at once, though the batch spans more than a day',
      at(-20 * DAY, 0, 5 * HOUR),
      NOW - 30 * DAY,
      1,
      { tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 2 },
    ],
    ['all too old', at(-20 * DAY, -16 * DAY), 0, 0, { tooOldLogEventEndIndex: 2 }],
  ])('%s', (_name, events, cutoff, accepted, rejected) => {
    const batch = acceptBatch(events, NOW, cutoff);
    expect(batch.accepted).toHaveLength(accepted);
    expect(batch.rejected).toEqual(rejected);
  });

  it.each([
    ['out of order', at(1, 0), 'chronological order'],
    ['over 24 hours', at(-DAY - 1, 0), 'span more than 24 hours'],
    ['empty', [], "at 'logEvents'"],
    ['an empty message', [{ timestamp: NOW, message: '' }], "at 'logEvents.1.member.message'"],
    ['10,001 events', at(...Array.from({ length: 10_001 }, () => 0)), 'less than or equal to 10000'],
    ['over 1 MiB with the overhead', [{ timestamp: NOW, message: 'x'.repeat(1_048_551) }], 'Upload too large: 1048577 bytes'],
  ])('fails as a whole: %s', (_name, events, text) => {
    expect(() => acceptBatch(events, NOW, 0)).toThrow(text);
  });

  it('takes an event that fills the 1 MiB exactly', () => {
    expect(acceptBatch([{ timestamp: NOW, message: 'x'.repeat(1_048_550) }], NOW, 0).bytes).toBe(1_048_576);
  });
});
