import type { StatusDocument } from '@enstratus/contract';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCore } from '../wasm/build.ts';
import { type Cores, loadCores } from '../wasm/core.ts';
import { readingsOf } from './life/scripted-drive.ts';
import { documentsOf, type Fate, identity, randomOf, type Torn, World } from './life/world.ts';

/** How many times as many runs as in the short tier. */
const more = process.env['ENSTRATUS_LONG'] === undefined ? 1 : 10;

let cores: Cores;
beforeAll(async () => {
  await buildCore();
  cores = await loadCores();
});

type Step =
  | { readonly kind: 'run'; readonly minutes: number; readonly network: 'good' | 'lossy' | 'away' }
  | {
      readonly kind: 'cut';
      readonly atWrite: number;
      readonly torn: Torn;
      readonly within_min: number;
      readonly off_min: number;
      readonly clockAfter_s: number;
    }
  | { readonly kind: 'restart' }
  | { readonly kind: 'resend'; readonly from: number; readonly count: number };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('run' as const),
      minutes: fc.integer({ min: 1, max: 150 }),
      network: fc.constantFrom('good' as const, 'lossy' as const, 'away' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('cut' as const),
      atWrite: fc.integer({ min: 1, max: 40 }),
      torn: fc.constantFrom<Torn>('nothing', 'half', 'half_over_old', 'whole'),
      within_min: fc.integer({ min: 1, max: 60 }),
      off_min: fc.integer({ min: 0, max: 90 }),
      clockAfter_s: fc.constantFrom(0, 0, 7, 95, 1800),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('resend' as const),
      from: fc.integer({ min: 0, max: 100 }),
      count: fc.integer({ min: 1, max: 100 }),
    }),
  },
);

/** Its packs wait for a second of its own, or for none. */
const anyId = fc.oneof({ weight: 4, arbitrary: fc.stringMatching(/^[0-9a-f]{24}$/) }, fc.constant(''));

const fates: readonly Fate[] = ['acknowledged', 'acknowledged', 'repeated', 'late', 'taken_for_lost', 'lost', 'unanswered', 'refused'];

/** Lives through the steps, and after them long enough in a good world for everything to arrive. */
function live(world: World, steps: readonly Step[], seed: number): void {
  const random = randomOf(seed);
  let commands = 0;
  world.boot();
  for (const step of steps) {
    switch (step.kind) {
      case 'run':
        world.connect(step.network !== 'away');
        world.fate = () => (step.network === 'lossy' ? (fates[Math.floor(random() * fates.length)] ?? 'lost') : 'acknowledged');
        world.run(step.minutes * 60 + Math.floor(random() * 60));
        break;
      case 'cut':
        world.cutPowerAtWrite(step.atWrite, step.torn);
        world.run(step.within_min * 60);
        world.cutPower();
        world.run(step.off_min * 60);
        world.boot(step.clockAfter_s);
        break;
      case 'restart':
        world.call('command', `r${commands++},reboot`);
        world.run(40);
        break;
      case 'resend':
        world.call('resend', `1,${step.from},${step.from + step.count}`);
        break;
    }
    if (!world.isOn) world.boot();
  }
  world.connect(true);
  world.fate = () => 'acknowledged';
  world.run(4 * 3600);
  // What isn't packed yet.
  while (world.call('settings', 'pack_minutes=1') !== 0) world.run(1);
  toQuietMoment(world);
}

/** Ten minutes on, and to a moment at which no pack waits or is on its way; there is one in each minute, since samples come a minute apart. */
function toQuietMoment(world: World): void {
  world.run(600);
  for (let quarters = 0; world.report()['packs_unsent'] !== 0; quarters++) {
    if (quarters > 8 * 60) throw new Error('A pack waits for more than two minutes');
    world.run(0.25);
  }
}

/** Documents that were sampled, and that the cloud has not. */
function missing(world: World): string[] {
  const received = new Set(world.documents().map(identity));
  return [...world.sampled].filter((sampled) => !received.has(sampled));
}

function expectTruth(world: World): void {
  const contents = new Map<string, string>();
  const packs = new Map<string, string>();
  const last = new Map<number, { seq: number; time: number }>();
  for (const { text } of world.ofName('status')) {
    const documents = documentsOf(text);
    const [first] = documents;
    if (first === undefined) throw new Error('an empty pack');
    expect(packs.get(identity(first)) ?? text).toBe(text);
    packs.set(identity(first), text);
    for (const document of documents) {
      const content = JSON.stringify(document);
      expect(contents.get(identity(document)) ?? content).toBe(content);
      contents.set(identity(document), content);
      expectReadings(world, document);
    }
  }
  const inOrder = [...contents.values()].map((content) => JSON.parse(content)).sort((a, b) => a.boot_id - b.boot_id || a.seq - b.seq);
  for (const document of inOrder) {
    const before = last.get(document.boot_id);
    if (before !== undefined) expect(document.time).toBeGreaterThan(before.time);
    expect(document.time % 60).toBe(0);
    last.set(document.boot_id, document);
  }
  world.published.forEach((one, index) => {
    const before = world.published[index - 1];
    // A restart doesn't know when the text before it went out.
    if (before?.boot === one.boot) expect(one.utc_ms - before.utc_ms).toBeGreaterThanOrEqual(1000);
  });
}

/** A sample that had to wait for its time may stand half a minute beside it. */
function expectReadings(world: World, document: StatusDocument): void {
  const shown = [0, -1].map((beside) => {
    const minute = document.time / 60 + beside;
    const silent = world.silentMinutes.has(minute);
    return Object.fromEntries(Object.entries(readingsOf(minute)).map(([name, value]) => [name, silent ? null : value]));
  });
  const readings: Readonly<Record<string, unknown>> = { ...document };
  const said = Object.fromEntries(Object.keys(shown[0] ?? {}).map((name) => [name, readings[name]]));
  expect(shown).toContainEqual(said);
}

/** Minutes for which a document must be there, and isn't: power was on, and the clock known, and known for two seconds already. */
function minutesWithout(world: World): number[] {
  const times = new Set(world.documents().map(({ time }) => time / 60));
  return [...world.timedMinutes].filter((minute) => !times.has(minute) && !world.cutMinutes.has(minute));
}

/** Asked for everything that it ever made, the device sends each pack again, byte for byte. */
function expectAllAgain(world: World): void {
  const since_ms = world.utc_ms;
  const before = world.ofName('status').filter(({ text }) => documentsOf(text).every(({ time }) => time < world.utc_s - 60));
  const boots = Number(world.report()['boot_id']);
  let promised = 0;
  for (let boot_id = 1; boot_id <= boots; boot_id++) {
    promised += world.call('resend', `${boot_id},0,4294967295`) ?? 0;
    world.run(600);
  }
  const again = new Set(world.ofName('status', since_ms).map(({ text }) => text));
  const distinct = new Set(before.map(({ text }) => text));
  for (const text of distinct) expect(again).toContain(text);
  expect(promised).toBeGreaterThanOrEqual(distinct.size);
}

describe('a device in a hostile world', () => {
  it('tells the truth, and every sample, whatever is lost, repeated or cut short', { timeout: 300_000 }, () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 12 }), fc.integer(), anyId, (steps, seed, id) => {
        const world = new World(cores, { id, max_packs: 400 });
        world.drive.running = true;
        world.silentMinutes = new Set([29396007, 29396031, 29396032]);
        live(world, steps, seed);
        expectTruth(world);
        expect(missing(world)).toEqual([]);
        expect(world.report()).toMatchObject({ dropped_documents: 0, packs_unsent: 0 });
        expect(minutesWithout(world)).toEqual([]);
        expectAllAgain(world);
        world.cutPower();
      }),
      { numRuns: 25 * more },
    );
  });

  it('loses nothing to flash that refuses a write now and then', { timeout: 300_000 }, () => {
    const withoutCuts = anyStep.filter((step) => step.kind !== 'cut');
    fc.assert(
      fc.property(fc.array(withoutCuts, { minLength: 1, maxLength: 8 }), fc.integer(), anyId, (steps, seed, id) => {
        const world = new World(cores, { id, max_packs: 400 });
        const random = randomOf(seed);
        world.flashFails = () => random() < 0.1;
        live(world, steps, seed);
        world.flashFails = () => false;
        toQuietMoment(world);
        expectTruth(world);
        expect(missing(world)).toEqual([]);
        expect(world.report()).toMatchObject({ dropped_documents: 0, packs_unsent: 0 });
        world.cutPower();
      }),
      { numRuns: 15 * more },
    );
  });

  it('counts what it had to overwrite', { timeout: 300_000 }, () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 12 }), fc.integer(), anyId, (steps, seed, id) => {
        const world = new World(cores, { id, max_packs: 4 });
        world.drive.running = true;
        live(world, steps, seed);
        expectTruth(world);
        expect(world.report()['dropped_documents']).toBeGreaterThanOrEqual(missing(world).length);
        world.cutPower();
      }),
      { numRuns: 25 * more },
    );
  });
});
