import { encodePack } from '@enstratus/contract';
import { beforeEach, expect, it } from 'vitest';
import { documents } from '../testing/documents.ts';
import { IngestWorld } from '../testing/ingest-world.ts';

let world: IngestWorld;

beforeEach(() => {
  world = new IngestWorld({ environments: 2 });
});

const start = { boot_id: 7, seq: 0, time: 1_763_790_000 };
const pack = (index: number) => encodePack(documents({ ...start, seq: index * 15, time: start.time + index * 900 }, 15));

it('a pack that another environment has stored already is stored and told once, though it may be logged twice', async () => {
  await world.post(pack(0)); // by the first environment
  await world.post(pack(1)); // by the second
  expect(await world.post(pack(1))).toEqual({ status: 200, body: { duplicate: true } }); // by the first, to which it is the next
  expect(world.documents.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, seq) => seq));
  expect(world.gaps).toEqual([]);
  expect(new Set(world.events.published.map((event) => event.event_id)).size).toBe(world.events.published.length);
});

it('a device is read by one GetItem, and again after six hours', async () => {
  world = new IngestWorld();
  const reads: number[] = [];
  for (let index = 0; index < 26; index += 1) {
    world.now_s = start.time + (index + 1) * 900;
    world.table.commands.length = 0;
    await world.post(pack(index));
    reads.push(world.table.commands.filter((command) => command === 'GetCommand').length);
  }
  expect(reads.flatMap((count, index) => (count === 0 ? [] : [[index, count]]))).toEqual([
    [0, 1],
    [24, 1],
  ]);
});

it('a state that another environment has changed is changed back', async () => {
  const fault = encodePack(
    documents({ ...start, seq: 15, time: start.time + 900 }, 15).map((document) => ({
      ...document,
      run_state: 'fault' as const,
      fault_code: 9,
    })),
  );
  await world.post(pack(0));
  await world.post(fault);
  expect(world.state.run_state).toBe('fault');
  await world.post(pack(2));
  expect(world.state.run_state).toBe('solar');
});
