import {
  type DeviceState,
  type DeviceStateChanged,
  encodePack,
  eventIds,
  packDocuments,
  type RunState,
  type StatusDocument,
} from '@enstratus/contract';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { documents } from '../testing/documents.ts';
import { deviceId, IngestWorld } from '../testing/ingest-world.ts';
import { AwsError } from '../testing/memory-table.ts';

const minute = 60;
const boot_id = 7;
let world: IngestWorld;
let begin: number;

beforeEach(() => {
  world = new IngestWorld();
  begin = world.now_s - 3600;
});

const changes = () => world.events.published.filter((event): event is DeviceStateChanged => event.type === 'device.state_changed');
const told = () => changes().map(({ time, from, to }) => [Date.parse(time) / 1000 - begin, from.run_state, to.run_state]);
/** A document at a second of the hour, in a state. */
const at = (second: number, run_state: RunState, fault_code = run_state === 'fault' ? 23 : 0): StatusDocument => {
  const [document] = documents({ boot_id, seq: Math.ceil(second / minute), time: begin + second }, 1, () => ({ run_state, fault_code }));
  return document as StatusDocument;
};
const tell = (second: number, run_state: RunState) => world.post(JSON.stringify({ v: 1, ...at(second, run_state) }), 'status/changed');
/** Posts the pack of the documents of some minutes, with the state of each. */
const pack = (first: number, states: readonly RunState[]) =>
  world.post(encodePack(states.map((state, index) => at((first + index) * minute, state))));

describe('a change that is told at once', () => {
  it('is the state of the device and an event, and its pack tells it no more', async () => {
    await pack(0, ['solar', 'solar']);
    expect(await tell(95, 'fault')).toEqual({ status: 200, body: { accepted: 1 } });
    expect(world.state).toMatchObject({ run_state: 'fault', fault_code: 23, state_time: begin + 95 });
    expect(world.latest?.document).toEqual(at(95, 'fault'));
    expect(changes().at(-1)).toMatchObject({ event_id: eventIds.stateToldAtOnce(deviceId, boot_id, begin + 95), seq: 2 });
    await pack(2, ['fault', 'fault']);
    expect(told()).toEqual([
      [0, null, 'solar'],
      [95, 'solar', 'fault'],
    ]);
    expect(world.state).toMatchObject({ run_state: 'fault' });
    expect(world.documents).toHaveLength(4);
    expect(world.logged).toHaveLength(4);
  });

  it('takes a read and one write for state and newest status, no query of packs, and its pack two writes and a query', async () => {
    await pack(0, ['solar', 'solar']);
    world.table.commands.length = 0;
    await tell(95, 'fault');
    expect(world.table.commands).toEqual(['GetCommand', 'UpdateCommand']);
    world.table.commands.length = 0;
    await pack(2, ['fault', 'fault']);
    expect(world.table.commands).toEqual(['PutCommand', 'UpdateCommand', 'QueryCommand']);
  });

  it('takes no newer status back', async () => {
    await pack(0, ['solar', 'solar']);
    await world.post(JSON.stringify({ v: 1, ...at(100, 'solar') }), 'status/live');
    await tell(95, 'fault');
    expect(world.latest?.document).toEqual(at(100, 'solar'));
    expect(world.state).toMatchObject({ run_state: 'fault', state_time: begin + 95 });
  });

  it('is written again by what has come in between', async () => {
    await pack(0, ['solar', 'solar']);
    let updates = 0;
    world.table.before = async (command) => {
      if (command !== 'UpdateCommand') return;
      updates += 1;
      if (updates === 1) await world.post(JSON.stringify({ v: 1, ...at(100, 'solar') }), 'status/live');
    };
    await tell(95, 'fault');
    expect(world.latest?.document).toEqual(at(100, 'solar'));
    expect(world.state).toMatchObject({ run_state: 'fault' });
    expect(told().slice(1)).toEqual([[95, 'solar', 'fault']]);
  });

  it('is told to those who watch', async () => {
    await pack(0, ['solar', 'solar']);
    world.watch(world.now_s + 300);
    await tell(95, 'fault');
    expect(world.watchers.told.map((status) => status.documents)).toEqual([[at(95, 'fault')]]);
  });

  it('is followed by its pack when the next one got lost', async () => {
    await pack(0, ['solar', 'solar']);
    await tell(95, 'fault');
    await pack(2, ['solar', 'solar']);
    expect(told().slice(1)).toEqual([
      [95, 'solar', 'fault'],
      [120, 'fault', 'solar'],
    ]);
    expect(world.state).toMatchObject({ run_state: 'solar', fault_code: 0 });
  });

  it('is noticed by an environment that knows the device as settled', async () => {
    world = new IngestWorld({ environments: 2 });
    await pack(0, ['solar', 'solar']);
    await tell(62, 'solar');
    await pack(2, ['solar', 'solar']);
    await tell(185, 'fault');
    world.table.commands.length = 0;
    await pack(4, ['solar', 'solar']);
    expect(world.state).toMatchObject({ run_state: 'solar' });
    expect(told().at(-1)).toEqual([240, 'fault', 'solar']);
  });

  it('that got lost is told by its pack, though a later one was told', async () => {
    await pack(0, ['solar', 'solar']);
    await tell(310, 'stopped');
    await pack(2, ['fault', 'fault', 'solar']);
    expect(told().slice(1)).toEqual([
      [310, 'solar', 'stopped'],
      [120, 'solar', 'fault'],
      [240, 'fault', 'solar'],
    ]);
    expect(world.state).toMatchObject({ run_state: 'stopped', state_time: begin + 310 });
    const before = changes().length;
    expect((await pack(2, ['fault', 'fault', 'solar'])).body).toEqual({ duplicate: true });
    expect(changes()).toHaveLength(before);
  });

  it('that brought nothing new when it came is told by the pack that shows what was lost before it', async () => {
    await pack(0, ['solar', 'solar']);
    await tell(150, 'solar');
    await pack(2, ['fault', 'solar']);
    expect(told().slice(1)).toEqual([
      [120, 'solar', 'fault'],
      [150, 'fault', 'solar'],
    ]);
  });

  it('comes too late when a later one or its pack was there', async () => {
    await pack(0, ['solar', 'solar']);
    await tell(100, 'stopped');
    await tell(90, 'fault');
    await pack(2, ['stopped', 'stopped']);
    await tell(110, 'grid');
    expect(told().slice(1)).toEqual([[100, 'solar', 'stopped']]);
    expect(world.state).toMatchObject({ run_state: 'stopped' });
  });

  it('twice is told once', async () => {
    await tell(10, 'solar');
    await tell(10, 'solar');
    expect(changes()).toHaveLength(1);
  });

  it.each(['PublishCommand', 'UpdateCommand'])('is made good by the same delivery after a crash at %s', async (failing) => {
    await pack(0, ['solar', 'solar']);
    if (failing === 'PublishCommand') world.events.before = () => Promise.reject(new AwsError('Throttled'));
    else
      world.table.before = async (command) => {
        if (command === failing) throw new AwsError('TimeoutError');
      };
    expect((await tell(95, 'fault')).status).toBe(503);
    world.events.before = async () => {};
    world.table.before = async () => {};
    expect((await tell(95, 'fault')).status).toBe(200);
    expect(world.state).toMatchObject({ run_state: 'fault' });
    expect(new Set(changes().map(({ event_id }) => event_id)).size).toBe(2);
    expect(world.state).toMatchObject({ state_time: begin + 95 });
  });

  it('is forgotten with the pack before the last one: no pack can need it, and the item is to stay one write unit', async () => {
    const kept = () => (world.latest?.told_changes ?? []).map(([time]) => time - begin);
    await pack(0, ['solar', 'solar']);
    await tell(95, 'fault');
    await pack(2, ['fault', 'fault']);
    await tell(205, 'solar');
    expect(kept()).toEqual([95, 205]);
    await pack(4, ['solar', 'solar']);
    await tell(325, 'fault');
    expect(kept()).toEqual([205, 325]);
  });

  it('by a clock that is far ahead is refused', async () => {
    expect((await tell(3 * 3600 + 1, 'fault')).body).toEqual({ quarantined: 'time_ahead' });
    expect(world.state).toMatchObject({ run_state: 'unknown' });
  });
});

/** What a device does in some minutes: its state every 5 s. */
const states = ['solar', 'grid', 'stopped', 'fault'] as const;
const anyHistory = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom(...states)), { maxLength: 10 })
  .map((runs) => runs.flatMap(([polls, state]) => Array<RunState>(polls).fill(state)));

interface Told {
  readonly second: number;
  readonly state: RunState;
}

/** What of it is told at once, as PROTOCOL.md has it: what differs from what was told last, at most one in 10 s. */
function toldOf(history: readonly RunState[]): Told[] {
  const found: Told[] = [];
  for (const [poll, state] of history.entries()) {
    const last = found.at(-1);
    const second = poll * 5;
    if (state !== last?.state && (last === undefined || second - last.second >= 10)) found.push({ second, state });
  }
  return found;
}

describe('whatever gets lost, comes late or twice', () => {
  const samplesOf = (history: readonly RunState[]) => history.flatMap((state, poll) => (poll % 12 === 0 ? [at(poll * 5, state)] : []));
  const fate = fc.record({ isLost: fc.boolean(), late_s: fc.oneof(fc.constant(0), fc.nat(400)), isTwice: fc.boolean() });

  it('the state ends right, each change between two samples is told, no event says two things, and no pack tells again what was told', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyHistory,
        fc.array(fate, { minLength: 60, maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(120),
        async (history, fates, pack_minutes, packDelay) => {
          world = new IngestWorld({ environments: 2 });
          const samples = samplesOf(history);
          const tellings = toldOf(history);
          const packs = packDocuments(samples, { pack_minutes }).map((text, index) => {
            const last = samples.slice(0, (index + 1) * pack_minutes).at(-1);
            return { at: (last?.time ?? 0) - begin + packDelay, post: () => world.post(text), text, second: undefined };
          });
          const deliveries = tellings.flatMap(({ second, state }, index) => {
            const { isLost, late_s, isTwice } = fates[index] as (typeof fates)[number];
            const post = () => tell(second, state);
            const one = { at: second + late_s, post, text: undefined, second };
            return isLost ? [] : isTwice ? [one, { ...one, at: one.at + 30 }] : [one];
          });
          const order = [...packs, ...deliveries].toSorted((a, b) => a.at - b.at);
          const heard: { second: number; beforePacks: number }[] = [];
          let packsDone = 0;
          for (const { post, second } of order) {
            expect((await post()).status).toBe(200);
            if (second === undefined) packsDone += 1;
            // One that comes after a later one is too late to say anything.
            else if (heard.every((earlier) => earlier.second < second)) heard.push({ second, beforePacks: packsDone });
          }

          const lastSample = samples.at(-1);
          const lastHeard = Math.max(-1, ...heard.map(({ second }) => second));
          const stateOf = (second: number) => tellings.find((telling) => telling.second === second)?.state;
          const isTold = lastSample === undefined || begin + lastHeard > lastSample.time;
          const expected = isTold ? stateOf(lastHeard) : lastSample.run_state;
          expect(world.state).toMatchObject({ run_state: expected ?? 'unknown' });

          const contents = new Map<string, string>();
          for (const event of changes()) {
            const content = JSON.stringify(event);
            expect(contents.get(event.event_id) ?? content).toBe(content);
            contents.set(event.event_id, content);
          }

          const events = changes().map(({ event_id, time, to }) => ({ event_id, time: Date.parse(time) / 1000, to }));
          for (const [index, sample] of samples.entries()) {
            const before = samples[index - 1];
            if (before?.run_state === sample.run_state) continue;
            const between = events.filter(({ time }) => time > (before?.time ?? 0) && time <= sample.time);
            expect(between.map(({ to }) => to.run_state)).toContain(sample.run_state);
            // In which pack it is, and what was heard before that came.
            const packIndex = Math.floor(index / pack_minutes);
            const inTime = heard.filter(
              ({ second, beforePacks }) =>
                beforePacks <= packIndex && begin + second > (before?.time ?? 0) && begin + second <= sample.time,
            );
            if (inTime.length > 0 && stateOf(inTime.at(-1)?.second ?? -1) === sample.run_state) {
              expect(between.map(({ event_id }) => event_id)).not.toContain(eventIds.stateChanged(deviceId, boot_id, sample.seq));
            }
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('the state ends right when a change and packs are written at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<number>(130, 170, 190, 250, 300, 310),
        fc.constantFrom(...states),
        fc.boolean(),
        fc.integer({ min: 1, max: 3 }),
        // A live sample, which says nothing of packs, may be newer than all of them.
        fc.option(fc.constantFrom(150, 200, 260, 320), { nil: undefined }),
        fc.scheduler(),
        async (second, state, isFluttering, environments, live, scheduler) => {
          world = new IngestWorld({ environments });
          await pack(0, ['solar', 'solar']);
          await pack(2, ['solar']);
          world.table.before = async (command) => scheduler.schedule(Promise.resolve(), command);
          const minuteOf = (index: number): RunState => (!isFluttering && index * minute >= second ? state : 'solar');
          const posts = [tell(second, state), pack(3, [minuteOf(3), minuteOf(4)]).then(() => pack(5, [minuteOf(5)]))];
          if (live !== undefined) posts.push(world.post(JSON.stringify({ v: 1, ...at(live, 'solar') }), 'status/live'));
          await scheduler.waitFor(Promise.all(posts));
          world.table.before = async () => {};
          const isNewest = second > 300;
          const expected: DeviceState = { run_state: isNewest ? state : minuteOf(5), fault_code: 0 };
          expect(world.state.run_state).toBe(expected.run_state);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
