import { decodePack, encodePack, packDocuments, type StatusDocument } from '@enstratus/contract';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { documents } from '../testing/documents.ts';
import { IngestWorld } from '../testing/ingest-world.ts';
import { AwsError } from '../testing/memory-table.ts';

let world: IngestWorld;
let time: number;

beforeEach(() => {
  world = new IngestWorld();
  time = world.now_s - 86_400;
});

const pack = (boot_id: number, seq: number, count: number) =>
  encodePack(documents({ boot_id, seq, time: time + boot_id * 10_000 + seq * 60 }, count));
const told = () =>
  world.events.published.flatMap((event) =>
    event.type === 'device.gap_found' || event.type === 'device.gap_closed'
      ? [[event.type.replace('device.gap_', ''), event.boot_id, event.first_missing_seq, event.last_missing_seq]]
      : [],
  );

describe('gaps in a device’s sequence', () => {
  it('are found, and closed when what was missing comes', async () => {
    await world.post(pack(1, 0, 5));
    await world.post(pack(1, 20, 5));
    expect(world.gaps).toEqual([[1, 5, 19]]);
    await world.post(pack(1, 5, 15));
    expect(world.gaps).toEqual([]);
    expect(told()).toEqual([
      ['found', 1, 5, 19],
      ['closed', 1, 5, 19],
    ]);
  });

  it('shrink from either end and split in the middle without being told anew', async () => {
    await world.post(pack(1, 0, 5));
    await world.post(pack(1, 50, 5));
    await world.post(pack(1, 5, 5));
    expect(world.gaps).toEqual([[1, 10, 49]]);
    await world.post(pack(1, 45, 5));
    expect(world.gaps).toEqual([[1, 10, 44]]);
    await world.post(pack(1, 20, 10));
    expect(world.gaps).toEqual([
      [1, 10, 19],
      [1, 30, 44],
    ]);
    expect(told()).toEqual([['found', 1, 5, 49]]);
    await world.post(pack(1, 10, 10));
    await world.post(pack(1, 30, 15));
    expect(world.gaps).toEqual([]);
    expect(told().slice(1)).toEqual([
      ['closed', 1, 10, 19],
      ['closed', 1, 30, 44],
    ]);
  });

  it('are written once where a clock that went wrong puts the packs of two boots among each other', async () => {
    const at = (boot_id: number, seq: number, minute: number) => encodePack(documents({ boot_id, seq, time: time + minute * 60 }, 5));
    for (const text of [at(1, 0, 0), at(2, 10, 100), at(2, 200, 300)]) expect((await world.post(text)).status).toBe(200);
    expect(await world.post(at(1, 50, 200))).toMatchObject({ status: 200, body: { accepted: 5 } });
    expect(world.gaps).toContainEqual([2, 0, 9]);
  });

  it('are found with the next pack when the one after them was stored and then cut off', async () => {
    await world.post(pack(1, 0, 5));
    world.events.before = () => Promise.reject(new AwsError('Throttled'));
    expect((await world.post(pack(1, 20, 5))).status).toBe(503);
    world.events.before = async () => {};
    expect(world.gaps).toEqual([]);
    await world.post(pack(1, 25, 5));
    expect(world.gaps).toEqual([[1, 5, 19]]);
    expect(told()).toEqual([['found', 1, 5, 19]]);
    await world.post(pack(1, 30, 5));
    expect(told()).toEqual([['found', 1, 5, 19]]);
  });

  it('begin at 0 in a boot that follows another, and not in the first that is seen', async () => {
    await world.post(pack(4, 30, 5));
    expect(world.gaps).toEqual([]);
    await world.post(pack(5, 3, 5));
    expect(world.gaps).toEqual([[5, 0, 2]]);
    await world.post(pack(5, 0, 3));
    expect(world.gaps).toEqual([]);
    await world.post(pack(3, 0, 5));
    expect(world.gaps).toEqual([[4, 0, 29]]);
  });

  it('are not told from documents without a sequence of their own, nor from a clock that went wrong', async () => {
    await world.post(pack(0, 0, 1));
    await world.post(pack(0, 9, 1));
    await world.post(encodePack(documents({ boot_id: 9, seq: 40, time: time + 20_000 }, 2)));
    await world.post(encodePack(documents({ boot_id: 8, seq: 40, time: time + 30_000 }, 2)));
    expect(world.gaps).toEqual([]);
  });

  it('know their times and live as long as packs', async () => {
    await world.post(pack(1, 0, 5));
    await world.post(pack(1, 20, 5));
    const [gap] = world.table.list('DEVICE#pump-1', 'GAP#');
    const before_time = time + 10_000 + 20 * 60;
    expect(gap).toMatchObject({ after_time: time + 10_000 + 4 * 60, before_time, found_at: world.now_s, ttl: before_time + 35 * 86_400 });
  });

  it('that can not be told are told when the pack comes again', async () => {
    await world.post(pack(1, 0, 5));
    world.events.before = () => Promise.reject(new AwsError('Throttled'));
    expect((await world.post(pack(1, 20, 5))).status).toBe(503);
    expect(world.gaps).toEqual([]);
    world.events.before = async () => {};
    expect((await world.post(pack(1, 20, 5))).body).toEqual({ duplicate: true });
    expect(world.gaps).toEqual([[1, 5, 19]]);
    expect(told()).toEqual([['found', 1, 5, 19]]);
  });
});

/** Gaps as they must be at the end, by definition: between neighbours in time. */
function expectedGaps(texts: readonly string[]): number[][] {
  const packs = texts
    .map((text) => {
      const decoded = decodePack(text);
      if (!decoded.ok) throw new Error(decoded.detail);
      return decoded.documents;
    })
    .toSorted((a, b) => (a[0]?.time ?? 0) - (b[0]?.time ?? 0));
  return packs.flatMap((after, index) => {
    const [last, first] = [packs[index - 1]?.at(-1), after[0]];
    if (last === undefined || first === undefined) return [];
    const missing = last.boot_id === first.boot_id ? last.seq + 1 : 0;
    return missing < first.seq ? [[first.boot_id, missing, first.seq - 1]] : [];
  });
}

const states = ['solar', 'grid', 'fault'] as const;

const numbers = (length: number, max: number) => fc.array(fc.integer({ min: 0, max }), { minLength: length, maxLength: length });

/** Packs of one or two boots, some of them lost, in any order, some delivered more than once. */
const anyDeliveries = fc
  .record({
    boots: fc.array(fc.integer({ min: 1, max: 14 }), { minLength: 1, maxLength: 2 }),
    pack_minutes: fc.integer({ min: 1, max: 3 }),
    lost: numbers(28, 3),
    state: numbers(28, 2),
    order: numbers(32, 1000),
    repeats: fc.array(fc.nat(), { maxLength: 4 }),
  })
  .map(({ boots, pack_minutes, lost, state, order, repeats }) => {
    let begins = 1_763_700_000;
    const packs = boots.flatMap((count, index) => {
      const sent = documents({ boot_id: index + 1, seq: 0, time: begins }, count, (minute) => ({
        run_state: states[state[index * 14 + minute] ?? 0] ?? null,
      }));
      begins += count * 60 + 30;
      return packDocuments(sent, { pack_minutes });
    });
    const kept = packs.filter((_, index) => lost[index] !== 0);
    const queue = [...kept, ...repeats.flatMap((which) => kept[which % Math.max(1, kept.length)] ?? [])];
    const shuffled = queue.map((text, index) => ({ text, place: order[index] ?? 0 })).toSorted((a, b) => a.place - b.place);
    return { kept, queue: shuffled.map(({ text }) => text) };
  });

const documentsOf = (texts: readonly string[]): StatusDocument[] =>
  texts.flatMap((text) => {
    const decoded = decodePack(text);
    return decoded.ok ? [...decoded.documents] : [];
  });

describe('however a device’s packs arrive', () => {
  it('at the same time, in any order, twice, with failures in between and reads that lag behind, they end in the same table', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyDeliveries,
        fc.uniqueArray(fc.nat(120), { maxLength: 6 }),
        fc.uniqueArray(fc.nat(120), { maxLength: 6 }),
        numbers(50, 3),
        fc.integer({ min: 1, max: 3 }),
        fc.scheduler(),
        async ({ kept, queue }, failsBefore, failsAfter, lag, environments, scheduler) => {
          world = new IngestWorld({ environments });
          let commands = 0;
          let answers = 0;
          world.table.writesBehind = () => lag[commands % lag.length] ?? 0;
          let latest = world.latest;
          world.table.before = async (command) => {
            await scheduler.schedule(Promise.resolve(), command);
            commands += 1;
            world.now_s += 1;
            expect(world.latest?.time ?? 0).toBeGreaterThanOrEqual(latest?.time ?? 0);
            expect(world.latest?.last_contact_at ?? 0).toBeGreaterThanOrEqual(latest?.last_contact_at ?? 0);
            latest = world.latest;
            if (failsBefore.includes(commands)) throw new AwsError('InternalServerError');
          };
          world.table.after = async () => {
            answers += 1;
            if (failsAfter.includes(answers)) throw new AwsError('TimeoutError');
          };
          const deliver = async (text: string): Promise<void> => {
            for (;;) {
              const { status, body } = await world.post(text);
              if (status === 503) continue;
              expect([status, 'quarantined' in (body as object)]).toEqual([200, false]);
              return;
            }
          };
          await scheduler.waitFor(Promise.all(queue.map(deliver)));
          const sent = documentsOf(kept);
          expect(world.documents).toEqual(sent);
          expect(world.gaps).toEqual(expectedGaps(kept));
          expect(world.state.run_state).toBe(sent.at(-1)?.run_state ?? 'unknown');
          expect(world.latest?.document).toEqual(sent.at(-1));
          const logged = new Map(world.logged.map((document) => [`${document?.boot_id}#${document?.seq}`, document]));
          expect([...logged.values()].toSorted((a, b) => (a?.time ?? 0) - (b?.time ?? 0))).toEqual(sent);
        },
      ),
      { numRuns: 150 },
    );
  });
});
