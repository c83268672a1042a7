import { encodePack, type RunState, type StatusDocument } from '@enstratus/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { documents } from '../testing/documents.ts';
import { IngestWorld } from '../testing/ingest-world.ts';
import { AwsError } from '../testing/memory-table.ts';
import { storedPack } from './device-table.ts';
import type { KnownLatest } from './latest-item.ts';
import { isPlainNext, placeInSequence } from './plain-next.ts';

const start = { boot_id: 7, seq: 0, time: 1_763_790_000 };
const sent = (index: number, run_state: RunState = 'solar', boot_id = 7): StatusDocument[] =>
  documents({ boot_id, seq: index * 15, time: start.time + index * 900 }, 15, () => ({ run_state }));
const stored = (index: number, run_state?: RunState) => {
  const own = sent(index, run_state);
  return storedPack(encodePack(own), own);
};

/** As the second pack leaves the item, the first one before it. */
const asLeft: KnownLatest = {
  document: stored(1).last,
  time: stored(1).last.time,
  last_contact_at: stored(1).last.time,
  watched_until: undefined,
  packed: placeInSequence(stored(1)),
  packed_before: placeInSequence(stored(0)),
  noted: { state: { run_state: 'solar', fault_code: 0 }, state_time: start.time, followed_until: start.time, told_changes: [] },
};
const told = (time: number) => ({ time, boot_id: 7, seq: 15, from: asLeft.noted.state, to: asLeft.noted.state });

describe('nothing but the newest status follows from a pack', () => {
  it('that follows one that followed one, all in the state that is noted', () => {
    expect(isPlainNext(asLeft, stored(2))).toBe(true);
    expect(isPlainNext({ ...asLeft, noted: { ...asLeft.noted, told_changes: [told(stored(0).last.time)] } }, stored(2))).toBe(true);
  });

  it.each<[string, KnownLatest, ReturnType<typeof stored>]>([
    ['a pack is missing before it', asLeft, stored(3)],
    ['it is the first', { ...asLeft, document: undefined, packed: undefined, packed_before: undefined }, stored(2)],
    ['one was missing before the last', { ...asLeft, packed_before: [7, 0, 9, start.time] }, stored(2)],
    ['the last one was the first', { ...asLeft, packed_before: placeInSequence(stored(1)) }, stored(2)],
    ['the last one was the first of its boot', { ...asLeft, packed_before: [6, 0, 14, start.time] }, stored(2)],
    [
      'a sample has come since the last one',
      { ...asLeft, document: { ...stored(1).last, seq: 30, time: stored(1).last.time + 30 } },
      stored(2),
    ],
    ['it ends in another state', asLeft, stored(2, 'grid')],
    ['the last one ended in a state that is not noted', { ...asLeft, document: { ...stored(1).last, run_state: 'grid' } }, stored(2)],
    [
      'a change was told during the last one',
      { ...asLeft, noted: { ...asLeft.noted, told_changes: [told(stored(1).first.time)] } },
      stored(2),
    ],
    ['no state is noted', { ...asLeft, noted: { ...asLeft.noted, state: { run_state: null, fault_code: null } } }, stored(2)],
  ])('unless %s', (_, before, pack) => {
    expect(isPlainNext(before, pack)).toBe(false);
  });

  it('unless it has no boot of its own', () => {
    const ofNone = (index: number) => storedPack('', sent(index, 'solar', 0));
    const [zero, one, two] = [ofNone(0), ofNone(1), ofNone(2)];
    const before = { ...asLeft, document: one.last, packed: placeInSequence(one), packed_before: placeInSequence(zero) };
    expect(isPlainNext(before, two)).toBe(false);
  });
});

describe('what a crash right after the newest status left out', () => {
  let world: IngestWorld;

  beforeEach(async () => {
    world = new IngestWorld();
    for (const index of [0, 1, 2]) await world.post(encodePack(sent(index)));
  });

  async function crash(pack: StatusDocument[]): Promise<void> {
    world.table.before = async (command) => {
      if (command === 'QueryCommand' && world.table.commands.includes('UpdateCommand')) throw new AwsError('TimeoutError');
    };
    world.table.commands.length = 0;
    expect((await world.post(encodePack(pack))).status).toBe(503);
    world.table.before = async () => {};
    expect(world.latest?.document).toEqual(pack.at(-1));
  }

  it('the next pack makes good: a gap', async () => {
    await crash(sent(5));
    expect(world.gaps).toEqual([]);
    await world.post(encodePack(sent(6)));
    expect(world.gaps).toEqual([[7, 45, 74]]);
  });

  it('the next pack makes good: a state, though it has gone back by then', async () => {
    await crash(sent(3, 'grid'));
    await world.post(encodePack(sent(4)));
    expect(world.events.published.at(-1)).toMatchObject({ from: { run_state: 'grid' }, to: { run_state: 'solar' }, seq: 60 });
  });
});
