import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildCore } from '../wasm/build.ts';
import { type Cores, loadCores } from '../wasm/core.ts';
import { documentsOf, startOfWorld_s, World } from './life/world.ts';

let cores: Cores;
beforeAll(async () => {
  await buildCore();
  cores = await loadCores();
});

let world: World;
beforeEach(() => {
  world = new World(cores);
  world.drive.running = true;
});

const secondsOf = (texts: readonly { readonly utc_ms: number }[]) => texts.map(({ utc_ms }) => Math.round(utc_ms / 1000) - startOfWorld_s);

describe('packs', () => {
  it('hold pack_minutes worth of documents on whole minutes, and go out as they are closed', () => {
    world.utc_ms += 20_000;
    world.boot();
    world.run(44 * 60);
    const packs = world.ofName('status').map(({ text }) => documentsOf(text));
    expect(packs.map((documents) => documents.length)).toEqual([15, 15]);
    expect(packs[0]?.[0]).toMatchObject({ boot_id: 1, seq: 0, time: startOfWorld_s + 60 });
    expect(packs[1]?.[0]).toMatchObject({ boot_id: 1, seq: 15, time: startOfWorld_s + 16 * 60 });
    expect(secondsOf(world.ofName('status'))).toEqual([15 * 60, 30 * 60]);
  });

  it('are cut by new settings', () => {
    world.boot();
    world.run(5 * 60 + 30);
    expect(world.call('settings', 'pack_minutes=3')).toBe(0);
    world.run(5);
    expect(world.documents()).toHaveLength(6);
    expect(world.call('settings', 'every_s=10')).toBe(0);
    world.run(180);
    const fast = documentsOf(world.ofName('status').at(-1)?.text ?? '');
    expect(fast.length).toBe(15);
    expect((fast[1]?.time ?? 0) - (fast[0]?.time ?? 0)).toBe(10);
  });

  it('are tried again after 10, 20, 40 s and so on up to 10 minutes, and at once when the connection comes back', () => {
    world.boot();
    world.run(60);
    world.call('settings', 'pack_minutes=1');
    world.run(10);
    world.fate = () => 'lost';
    const since_ms = world.utc_ms;
    world.run(3600);
    const tries = secondsOf(world.published.filter(({ name, utc_ms }) => name === 'status' && utc_ms > since_ms));
    // Each is heard to be lost after 20 s.
    expect(tries.slice(1, 9).map((at, index) => at - (tries[index] ?? 0))).toEqual([30, 40, 60, 100, 180, 340, 620, 620]);
    world.connect(false);
    world.run(10);
    world.fate = () => 'acknowledged';
    world.connect(true);
    const back_ms = world.utc_ms;
    world.run(120);
    expect(world.ofName('status', back_ms).length).toBeGreaterThan(55);
    expect((world.ofName('status', back_ms)[0]?.utc_ms ?? 0) - back_ms).toBeLessThan(1000);
  });

  it('miss what could not be sampled in time, rather than tell it at a wrong one', () => {
    world.boot();
    world.run(4 * 60 + 50);
    world.stall(30);
    world.run(4 * 60 + 30);
    world.stall(45);
    world.run(30 * 60);
    const minutes = world.documents().map(({ time }) => (time - startOfWorld_s) / 60);
    expect(minutes.slice(0, 12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12]);
  });

  it('that are overwritten unsent are counted, document by document', () => {
    world = new World(cores, { max_packs: 4 });
    world.boot();
    world.run(10);
    world.connect(false);
    world.run(100 * 60);
    world.connect(true);
    world.run(60);
    expect(world.documents().length).toBe(60);
    expect(world.report()).toMatchObject({ dropped_documents: 30, packs_unsent: 0 });
  });

  it('that the cloud asks for come again, those that were never sent first, and each once', () => {
    world.boot();
    world.run(60 * 60 + 10);
    world.connect(false);
    world.run(30 * 60);
    const missed = world.ofName('status').map(({ text }) => text);
    expect(missed).toHaveLength(4);
    expect(world.call('resend', '1,14,15')).toBe(2);
    expect(world.call('resend', '1,0,29')).toBe(2);
    expect(world.call('resend', '1,75,1000')).toBe(1);
    expect(world.call('resend', '2,0,1000')).toBe(0);
    world.connect(true);
    const since_ms = world.utc_ms;
    world.run(60);
    const sent = world.ofName('status', since_ms).map(({ text }) => text);
    expect(sent.map((text) => documentsOf(text)[0]?.seq)).toEqual([60, 75, 0, 15]);
    expect(sent.slice(2)).toEqual(missed.slice(0, 2));
  });

  it('are asked for in no more than four ranges at once', () => {
    world.boot();
    world.run(11 * 15 * 60 + 10);
    world.connect(false);
    for (const first of [0, 30, 60, 90]) expect(world.call('resend', `1,${first},${first + 1}`)).toBe(1);
    expect(world.call('resend', '1,120,121')).toBe(-5);
    world.connect(true);
    world.run(10);
    expect(world.call('resend', '1,120,121')).toBe(1);
  });

  it('that can no longer be read hold up none of those after them', () => {
    world.boot();
    world.connect(false);
    world.run(30 * 15 * 60);
    for (let slot = 3; slot < 23; slot++) world.flash.delete(`packs ${slot}`);
    world.connect(true);
    world.run(60);
    expect(world.report()).toMatchObject({ packs_unsent: 0, dropped_documents: 20 });
    expect(world.ofName('status').length).toBeGreaterThanOrEqual(9);
  });
});

describe('samples before the clock is known', () => {
  it('get their time when it comes, on the grid, one minute after the other', () => {
    world.utc_ms += 17_000;
    world.boot(10 * 60 + 20);
    world.run(40 * 60);
    const times = world.documents().map(({ time }) => (time - startOfWorld_s) / 60);
    expect(times).toEqual(Array.from({ length: times.length }, (_, index) => index + 1));
    expect(times.length).toBeGreaterThanOrEqual(30);
  });

  it('are kept for an hour; older ones are counted', () => {
    world.boot(100 * 60 + 10);
    world.run(130 * 60);
    expect(world.report()).toMatchObject({ dropped_documents: 40 });
    expect(world.documents()[0]?.time).toBe(startOfWorld_s + 41 * 60);
  });
});

describe('a clock that jumps', () => {
  it('forward closes the pack', () => {
    world.boot();
    world.run(5 * 60 + 10);
    world.clockError_s = 7200;
    world.run(20 * 60);
    expect(world.documents()[5]?.time).toBe(startOfWorld_s + 5 * 60);
    expect(documentsOf(world.ofName('status')[0]?.text ?? '')).toHaveLength(6);
    expect(documentsOf(world.ofName('status')[1]?.text ?? '')[0]?.time).toBe(startOfWorld_s + 5 * 60 + 7200);
  });

  it('back makes no documents until its time has come', () => {
    world.boot();
    world.run(20 * 60 + 10);
    world.clockError_s = -600;
    world.run(60 * 60);
    const times = world.documents().map(({ time }) => (time - startOfWorld_s) / 60);
    expect(times).toEqual(Array.from({ length: times.length }, (_, index) => index));
    expect(world.restarts).toEqual([]);
  });

  it('back by more than an hour makes the device start over', () => {
    world.clockError_s = 86_400;
    world.boot();
    world.run(20 * 60 + 10);
    world.clockError_s = 0;
    world.run(60 * 60);
    expect(world.restarts).toHaveLength(1);
    const of = (boot: number) => world.documents().filter(({ boot_id }) => boot_id === boot);
    expect(of(1)).toHaveLength(21);
    expect(of(2)[0]).toMatchObject({ seq: 0, time: startOfWorld_s + 21 * 60 });
  });
});

describe('live samples', () => {
  it('begin with the newest one at once, and end with the lease', () => {
    world.boot();
    world.run(10 * 60 + 20);
    const since_ms = world.utc_ms;
    expect(world.call('live', '300')).toBe(0);
    world.run(30 * 60);
    const live = world.ofName('status/live', since_ms);
    expect(live.map(({ text }) => documentsOf(text)[0]?.time)).toEqual(
      [10, 11, 12, 13, 14, 15].map((minute) => startOfWorld_s + minute * 60),
    );
    expect((live[0]?.utc_ms ?? 0) - since_ms).toBeLessThan(1000);
  });

  it('end at once when that is asked for, and a renewal repeats nothing', () => {
    world.boot();
    world.run(10 * 60 + 20);
    world.call('live', '300');
    world.run(20);
    world.call('live', '300');
    world.run(15);
    expect(world.ofName('status/live')).toHaveLength(1);
    world.call('live', '0');
    world.run(600);
    expect(world.ofName('status/live')).toHaveLength(1);
  });

  it('leave room for packs when there is one every second', () => {
    world.boot();
    world.run(10);
    world.call('settings', 'every_s=1');
    world.call('live', '600');
    world.run(300);
    expect(world.ofName('status/live').length).toBeGreaterThan(200);
    expect(world.report()['packs_unsent']).toBeLessThanOrEqual(1);
  });

  it('leave room for reports, too', () => {
    world.boot();
    world.run(10);
    world.call('settings', 'every_s=1');
    world.call('live', '600');
    world.run(60);
    const since_ms = world.utc_ms;
    world.call('command', 'a,limit,45');
    world.run(4);
    expect(world.ofName('status/report', since_ms).map(({ text }) => JSON.parse(text))).toMatchObject([{ command_id: 'a' }]);
  });
});

describe('a change of state', () => {
  const changes = (since_ms = 0) => world.ofName('status/changed', since_ms).map(({ text }) => documentsOf(text)[0]);

  it('is told within seconds, with the seq of the document that comes next', () => {
    world.boot();
    world.run(10 * 60 + 20);
    expect(changes()).toMatchObject([{ run_state: 'solar' }]);
    const at_s = world.utc_s;
    world.drive.faultCode = 4;
    world.run(10);
    expect(changes()).toMatchObject([{}, { run_state: 'fault', fault_code: 4, boot_id: 1, seq: 11 }]);
    expect((changes()[1]?.time ?? 0) - at_s).toBeLessThanOrEqual(5);
    world.run(3600);
    expect(changes()).toHaveLength(2);
  });

  it('is told no more than once in 10 s, and not when it is as before by then', () => {
    world = new World(cores, { poll_s: 1 });
    world.drive.running = true;
    world.boot();
    world.run(60);
    const since_ms = world.utc_ms;
    for (let second = 0; second < 600; second++) {
      world.drive.running = Math.floor(second / 3) % 2 === 0;
      world.run(1);
    }
    const told = world.ofName('status/changed', since_ms);
    expect(told.length).toBeGreaterThan(5);
    told.slice(1).forEach((one, index) => {
      expect(one.utc_ms - (told[index]?.utc_ms ?? 0)).toBeGreaterThanOrEqual(10_000);
    });
    const states = changes(since_ms).map((document) => document?.run_state);
    states.slice(1).forEach((state, index) => {
      expect(state).not.toBe(states[index]);
    });
  });

  it('that could not be told within 10 minutes is left to its pack', () => {
    world.boot();
    world.run(60);
    world.connect(false);
    world.drive.running = false;
    world.run(660);
    world.connect(true);
    const since_ms = world.utc_ms;
    world.run(60);
    expect(changes(since_ms)).toEqual([]);
    world.connect(false);
    world.drive.running = true;
    world.run(300);
    world.connect(true);
    world.run(60);
    expect(changes(since_ms)).toMatchObject([{ run_state: 'solar' }]);
  });

  it('that may not have arrived is told again, even when all is as before', () => {
    world.boot();
    world.run(60);
    world.fate = () => 'taken_for_lost';
    world.drive.running = false;
    world.run(6);
    world.drive.running = true;
    world.run(15);
    world.fate = () => 'acknowledged';
    world.run(60);
    expect(changes().map((document) => document?.run_state)).toEqual(['solar', 'stopped', 'solar']);
  });

  it('that was lost is told again, as it was', () => {
    world.boot();
    world.run(60);
    world.fate = () => 'lost';
    world.drive.running = false;
    world.run(30);
    world.fate = () => 'acknowledged';
    world.run(60);
    expect(changes().map((document) => document?.run_state)).toEqual(['solar', 'stopped']);
    const [, lost, again] = world.published.filter(({ name }) => name === 'status/changed').map(({ text }) => text);
    expect(again).toBe(lost);
  });

  it('is not told of a drive that does not answer', () => {
    world.boot();
    world.run(60);
    world.drive.silent = true;
    world.run(600);
    world.drive.silent = false;
    world.run(600);
    expect(changes()).toHaveLength(1);
  });
});

describe('the report', () => {
  it('comes after a boot, a command, a schedule, a setting, and once a day', () => {
    world.boot();
    world.run(3600);
    expect(world.ofName('status/report')).toHaveLength(1);
    world.call('command', 'a,start');
    world.run(5);
    world.call('schedule', `3,stop;${world.utc_s + 86_400 * 10}s`);
    world.run(5);
    world.call('settings', 'pack_minutes=10');
    world.run(5);
    const texts = world.ofName('status/report').map(({ text }) => JSON.parse(text));
    expect(texts).toMatchObject([{ wanted_by: 'boot' }, { command_id: 'a' }, { schedule_id: 3 }, { pack_minutes: 10 }]);
    world.run(3 * 86_400);
    expect(world.ofName('status/report')).toHaveLength(7);
  });

  it('fits into 780 bytes at its largest', () => {
    world.boot();
    world.run(60);
    world.call('command', `${'x'.repeat(40)},limit,399.9`);
    world.call('schedule', `4294967295,sun;4294967295s`);
    const text = JSON.stringify(world.report());
    expect(text.length).toBeLessThanOrEqual(780 - 5 * 10);
    expect(world.report()).toMatchObject({ v: 1, firmware: '1.0.0', drive: 'invt', limit_hz: 399.9, schedule_until: 4294967295 });
  });
});

it('a platform that throws leaves the other devices as they are', () => {
  world.boot();
  const broken = cores.create({
    exchange: () => {
      throw new Error('the line burns');
    },
    flashWrite: () => true,
    flashRead: () => undefined,
    connected: () => true,
    publish: () => true,
    signalPct: () => -1,
    restart: () => {},
  });
  broken.boot({ uptime_ms: 0, utc_s: 0 });
  for (let n = 1; n < 500; n++) expect(() => broken.tick({ uptime_ms: n * 5000, utc_s: 0 })).toThrow('the line burns');
  broken.free();
  expect(() => broken.tick({ uptime_ms: 1, utc_s: 0 })).toThrow('given back');
  world.run(30 * 60);
  expect(world.documents().length).toBeGreaterThanOrEqual(15);
});
