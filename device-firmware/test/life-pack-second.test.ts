import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildCore } from '../wasm/build.ts';
import { type Cores, loadCores } from '../wasm/core.ts';
import { documentsOf, startOfWorld_s, World } from './life/world.ts';

let cores: Cores;
beforeAll(async () => {
  await buildCore();
  cores = await loadCores();
});

/** Its second is 59 (the contract's vectors). */
const LATE_ID = 'e00fce680000000000000002';
const PACK_S = 15 * 60;

let world: World;
let second: number;
beforeEach(() => {
  second = cores.packSecond(LATE_ID);
  expect(second).toBe(59);
  world = new World(cores, { id: LATE_ID });
  world.drive.running = true;
  world.boot();
});

/** When packs were published, in seconds since the world began. */
const packsAt = (): number[] => world.published.filter(({ name }) => name === 'status').map(({ utc_ms }) => utc_ms / 1000 - startOfWorld_s);
const firstSeqs = (since_ms = 0): (number | undefined)[] => world.ofName('status', since_ms).map(({ text }) => documentsOf(text)[0]?.seq);

describe('the second of packs', () => {
  it('is the same for the same id, and spreads 5,000 ids evenly over the minute', () => {
    const lots: readonly ((number: number) => string)[] = [
      (number) => `e00fce68333a0b7e${number.toString(16).padStart(8, '0')}`,
      (number) => `${number.toString(16).padStart(8, '0')}333a0b7effffffff`,
      (number) => `e00fce68${(number * 0x10001).toString(16).padStart(16, '0')}`,
    ];
    for (const idOf of lots) {
      const devicesIn = new Array<number>(60).fill(0);
      for (let number = 0; number < 5000; number++)
        devicesIn[cores.packSecond(idOf(number))] = (devicesIn[cores.packSecond(idOf(number))] ?? 0) + 1;
      const expected = 5000 / 60;
      const chiSquare = devicesIn.reduce((sum, devices) => sum + (devices - expected) ** 2 / expected, 0);
      // 59 degrees of freedom: real chance is above this in one of a thousand lots.
      expect(chiSquare).toBeLessThan(98.3);
      expect(Math.max(...devicesIn)).toBeLessThan(1.5 * expected);
      expect(Math.min(...devicesIn)).toBeGreaterThan(0.5 * expected);
    }
  });

  it('stays over power cuts', () => {
    world.run(PACK_S + 120);
    world.cutPower();
    world.boot();
    world.run(2 * PACK_S);
    expect(packsAt().filter((at_s) => at_s % 60 === second).length).toBeGreaterThanOrEqual(2);
  });
});

describe('a pack', () => {
  it('that a sample has closed goes out at the second of its device, with samples on the full minute', () => {
    world.run(PACK_S - 60 + second - 1);
    expect(packsAt()).toEqual([]);
    world.run(3 * PACK_S);
    expect(packsAt()).toEqual([1, 2, 3].map((pack) => pack * PACK_S - 60 + second));
    expect(world.documents().every(({ time }) => time % 60 === 0)).toBe(true);
  });

  it('goes out within 59 s after the sample that closed it, whatever the id', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{24}$/), fc.integer({ min: 1, max: 15 }), (id, pack_minutes) => {
        world = new World(cores, { id });
        world.boot();
        world.run(1);
        world.call('settings', `pack_minutes=${pack_minutes}`);
        world.run(1800);
        const late = world.ofName('status').map(({ text, utc_ms }) => utc_ms / 1000 - (documentsOf(text).at(-1)?.time ?? 0));
        expect(late.length).toBeGreaterThan(0);
        // The very first one of a minute may be what the setting has closed.
        expect(new Set(late.slice(1))).toEqual(new Set(late.length > 1 ? [cores.packSecond(id)] : []));
        expect(Math.max(...late)).toBeLessThan(60);
        world.cutPower();
      }),
      { numRuns: 30 },
    );
  });

  it('does not wait where packs come more often than once a minute', () => {
    world.run(1);
    world.call('settings', 'every_s=2');
    world.run(300);
    const late = world.ofName('status').map(({ text, utc_ms }) => utc_ms / 1000 - (documentsOf(text).at(-1)?.time ?? 0));
    expect(late.length).toBeGreaterThan(8);
    expect(Math.max(...late.slice(1))).toBeLessThanOrEqual(1);
  });

  it('waits for nobody: a change, a live sample and a report go out meanwhile', () => {
    world.run(PACK_S - 60 + 5);
    expect(packsAt()).toEqual([]);
    const since_ms = world.utc_ms;
    world.drive.running = false;
    world.call('live', '300');
    world.call('command', 'a,limit,40');
    world.run(20);
    for (const name of ['status/changed', 'status/live', 'status/report'] as const) expect(world.ofName(name, since_ms)).not.toEqual([]);
    expect(packsAt()).toEqual([]);
  });

  it('that was missed does not wait: only the newest does', () => {
    world.run(10);
    world.connect(false);
    world.run(3 * PACK_S - 60);
    world.connect(true);
    world.run(20);
    expect(firstSeqs()).toEqual([0, 15]);
    world.run(60);
    expect(firstSeqs()).toEqual([0, 15, 30]);
    expect(packsAt().at(-1)).toBe(3 * PACK_S - 60 + second);
  });

  it('keeps its own pace once it was lost', () => {
    world.fate = () => 'lost';
    world.run(PACK_S + 120);
    // Heard to be lost after 20 s, tried again 10 s later, and so on.
    expect(packsAt().map((at_s) => at_s - (PACK_S - 60 + second))).toEqual([0, 30, 70]);
  });

  it.each([
    ['it is asked for', 'resend', '1,0,14', 1],
    ['a setting comes', 'settings', 'pack_minutes=15', 0],
  ] as const)('goes at once when %s', (_, name, argument, answer) => {
    world.run(PACK_S - 60 + 5);
    expect(packsAt()).toEqual([]);
    expect(world.call(name, argument)).toBe(answer);
    world.run(5);
    expect(firstSeqs()).toEqual([0]);
    world.run(60);
    expect(firstSeqs()).toEqual([0]);
  });

  it('lets packs that are asked for again go before it', () => {
    world.run(2 * PACK_S - 60 + 5);
    const since_ms = world.utc_ms;
    expect(world.call('resend', '1,0,5')).toBe(1);
    world.run(5);
    expect(firstSeqs(since_ms)).toEqual([0]);
    world.run(60);
    expect(firstSeqs(since_ms)).toEqual([0, 15]);
    expect(packsAt().at(-1)).toBe(2 * PACK_S - 60 + second);
  });

  it.each(['power', 'reboot'] as const)('is there after a cut while it waited, the same to the byte: %s', (kind) => {
    world.run(PACK_S - 60 + 5);
    expect(packsAt()).toEqual([]);
    const kept = world.flash.get('packs 0');
    if (kind === 'power') {
      world.cutPower();
      world.boot();
    } else {
      world.call('command', 'r,reboot');
    }
    world.run(10);
    expect(firstSeqs()).toEqual([0]);
    expect(Buffer.from(kept ?? []).includes(world.ofName('status')[0]?.text ?? 'nothing')).toBe(true);
    world.run(60);
    expect(firstSeqs()).toEqual([0]);
  });
});
