import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildCore } from '../wasm/build.ts';
import { type Cores, loadCores } from '../wasm/core.ts';
import { inputSelection, upperLimit } from './life/scripted-drive.ts';
import { type Torn, World } from './life/world.ts';

let cores: Cores;
beforeAll(async () => {
  await buildCore();
  cores = await loadCores();
});

let world: World;
beforeEach(() => {
  world = new World(cores);
  world.boot();
  world.run(10);
});

/** Power goes, and comes back a minute later. */
function powerCut(clockAfter_s = 0): void {
  world.cutPower();
  world.run(60);
  world.boot(clockAfter_s);
  world.run(1);
}

const torns: readonly Torn[] = ['nothing', 'half', 'half_over_old', 'whole'];

describe('a command', () => {
  it('is done once, however often it comes, over power cuts too', () => {
    expect(world.call('command', 'a,reset')).toBe(0);
    expect(world.call('command', 'a,reset')).toBe(1);
    powerCut();
    expect(world.call('command', 'a,reset')).toBe(1);
    expect(world.drive.ordersSince(0)).toEqual(['reset']);
    expect(world.report()).toMatchObject({ command_id: 'a', command_result: 1 });
  });

  it('is remembered until eight more were done', () => {
    for (const id of 'abcdefgh') expect(world.call('command', `${id},reset`)).toBe(0);
    powerCut();
    for (const id of 'abcdefgh') expect(world.call('command', `${id},reset`)).toBe(1);
    expect(world.call('command', 'i,reset')).toBe(0);
    expect(world.call('command', 'a,reset')).toBe(0);
  });

  it.each(torns)('is done at most once when power goes at any of its writes, and at least once when it is sent again (%s)', (torn) => {
    for (let write = 1; write <= 4; write++) {
      const other = new World(cores);
      other.boot();
      other.run(10);
      other.cutPowerAtWrite(write, torn);
      const answer = other.call('command', 'once,limit,42.5');
      if (other.isOn) other.cutPower();
      other.boot();
      const again = other.call('command', 'once,limit,42.5');
      other.run(60);
      expect([0, 1]).toContain(again);
      expect(answer === 0 ? again : 1).toBe(1);
      expect(other.report()).toMatchObject({ limit_hz: 42.5, command_id: 'once' });
      expect(other.drive.ordersSince(0)).toContain('limit 4250');
      other.cutPower();
    }
  });

  it.each(torns)('resets a fault at most once when power goes at any of its writes (%s)', (torn) => {
    for (let write = 1; write <= 3; write++) {
      const other = new World(cores);
      other.boot();
      other.run(10);
      other.cutPowerAtWrite(write, torn);
      other.call('command', 'once,reset');
      if (other.isOn) other.cutPower();
      other.boot();
      other.call('command', 'once,reset');
      expect(other.drive.ordersSince(0).length).toBeLessThanOrEqual(1);
      other.cutPower();
    }
  });

  it('that the drive does not take changes nothing and may be sent again', () => {
    world.drive.silent = true;
    const before = world.report();
    expect(world.call('command', 'a,start')).toBe(-4);
    expect(world.report()).toEqual({ ...before, command_id: 'a', command_result: -4 });
    world.drive.silent = false;
    expect(world.call('command', 'a,start')).toBe(0);
    expect(world.drive.running).toBe(true);
  });

  it('that flash does not keep is not done', () => {
    world.flashFails = () => true;
    expect(world.call('command', 'a,start')).toBe(-6);
    expect(world.drive.orders).toEqual([]);
    world.flashFails = () => false;
    expect(world.call('command', 'a,start')).toBe(0);
  });

  it('that makes no sense is answered so', () => {
    expect(world.call('command', 'start')).toBe(-1);
    expect(world.call('command', 'a,fly')).toBe(-3);
    expect(world.call('command', 'a,limit,400.1')).toBe(-2);
    expect(world.call('settings', 'pack_minutes=16')).toBe(-2);
    expect(world.call('live', '601')).toBe(-2);
    expect(world.call('resend', '1,2')).toBe(-1);
    expect(world.call('schedule', '1,hold;')).toBe(-1);
  });

  it('restarts the device after its report went out', () => {
    expect(world.call('command', 'a,reboot')).toBe(0);
    expect(world.restarts).toEqual([]);
    const at_ms = world.utc_ms;
    world.run(5);
    expect(world.restarts).toHaveLength(1);
    expect(world.ofName('status/report', at_ms).map(({ text }) => JSON.parse(text))).toMatchObject([
      { boot_id: 1, command_id: 'a', command_result: 0 },
      { boot_id: 2 },
    ]);
    expect(world.call('command', 'a,reboot')).toBe(1);
  });

  it('asks for a restart now and then, not over and over', () => {
    world.deafToRestart = true;
    world.clockError_s = -7200;
    world.run(100);
    expect(world.restarts.length).toBeGreaterThan(1);
    expect(world.restarts.length).toBeLessThan(5);
  });

  it('restarts a device without network, too', () => {
    world.connect(false);
    world.call('command', 'a,reboot');
    world.run(60);
    expect(world.restarts).toHaveLength(1);
  });
});

describe('a boot', () => {
  it.each(['state 0', 'state 1'])('is never counted twice, even when a copy of the state is lost (%s)', (copy) => {
    world.connect(false);
    powerCut();
    world.run(40 * 60);
    world.cutPower();
    world.flash.delete(copy);
    world.boot();
    expect(world.report()).toMatchObject({ boot_id: 3 });
  });
});

describe('the drive', () => {
  it('is told all that is wanted as soon as it answers again', () => {
    world.call('command', 'a,mode,solar');
    world.call('command', 'b,limit,45');
    world.call('command', 'c,start');
    world.drive.silent = true;
    world.run(120);
    world.drive.running = false;
    world.drive.silent = false;
    const since_s = world.utc_s;
    world.run(10);
    expect(world.drive.ordersSince(since_s)).toEqual(['limit 4500', 'mode 2', 'start']);
  });

  it('stays stopped over a power cut', () => {
    world.call('command', 'a,stop');
    world.cutPower();
    world.drive.running = true;
    world.boot();
    world.run(10);
    expect(world.drive.running).toBe(false);
  });

  it('is left alone as long as nobody has said anything', () => {
    world.run(300);
    powerCut();
    world.run(300);
    expect(world.drive.orders).toEqual([]);
    expect(world.report()).toMatchObject({ wanted: 'stop', wanted_by: 'boot' });
  });

  it('that shows another state than wanted is told again every 30 s, not more often', () => {
    world.drive.stubborn = true;
    world.call('command', 'a,start');
    const since_s = world.utc_s;
    world.run(300);
    const tries = world.drive.orders.filter((order) => order.utc_s >= since_s);
    expect(tries.length).toBeGreaterThanOrEqual(9);
    expect(tries.every(({ order }) => order === 'start')).toBe(true);
    tries.slice(1).forEach((order, index) => {
      expect(order.utc_s - (tries[index]?.utc_s ?? 0)).toBeGreaterThanOrEqual(30);
    });
  });

  describe('that refuses parameters while its motor runs', () => {
    beforeEach(() => {
      world.call('command', 'limit,limit,45');
      world.call('command', 'mode,mode,solar');
      world.call('command', 'start,start');
      world.drive.refuses = (address) => world.drive.running && (address === upperLimit || address === inputSelection);
      powerCut();
      world.run(60);
    });

    it('is stopped and started all the same, and told them when it stands', () => {
      expect(world.drive.running).toBe(true);
      expect(world.call('command', 'a,stop')).toBe(0);
      expect(world.drive.running).toBe(false);
      expect(world.drive.ordersSince(world.utc_s)).toEqual(['stop', 'limit 4500', 'mode 2']);
      expect(world.call('command', 'b,limit,40')).toBe(0);
      expect(world.call('command', 'c,start')).toBe(0);
      expect(world.call('command', 'd,limit,30')).toBe(-4);
      world.run(3600);
      expect(world.report()).toMatchObject({ limit_hz: 40, wanted: 'run' });
      expect(world.drive.running).toBe(true);
    });

    it('is stopped by its schedule', () => {
      world.call('schedule', `1,hold;${world.utc_s + 60}s`);
      world.run(120);
      expect(world.drive.running).toBe(false);
    });

    it('is asked to take them less and less often', () => {
      let asked = 0;
      world.drive.refuses = (address) => {
        if (address !== 0x2000) asked += 1;
        return address !== 0x2000;
      };
      const since_s = world.utc_s;
      world.run(6 * 3600);
      expect(asked).toBeGreaterThan(2);
      expect(asked).toBeLessThan(100);
      expect(world.drive.ordersSince(since_s)).toEqual([]);
    });
  });

  it('is not started on the sun alone while it refuses that mode', () => {
    world.drive.refuses = (address) => address === inputSelection;
    world.call('schedule', `1,hold;${world.utc_s}u`);
    world.run(300);
    expect(world.drive.running).toBe(false);
    world.drive.refuses = () => false;
    world.run(60);
    expect(world.drive.running).toBe(true);
    expect(world.drive.ordersSince(0)).toEqual(['mode 2', 'start']);
  });

  it('is put back into the mode of the sun when a start that took it away was refused', () => {
    world.call('schedule', `1,hold;${world.utc_s}u`);
    world.run(30);
    const since_s = world.utc_s;
    world.drive.refuses = (address) => address === 0x2000;
    expect(world.call('command', 'a,start')).toBe(-4);
    world.drive.refuses = () => false;
    world.run(60);
    expect(world.drive.ordersSince(since_s)).toEqual(['mode 0', 'mode 2', 'start']);
    expect(world.report()).toMatchObject({ wanted: 'sun', wanted_by: 'schedule' });
  });

  it('is not started against a fault, and starts once that is gone', () => {
    world.call('command', 'a,start');
    world.drive.running = false;
    world.drive.faultCode = 4;
    const since_s = world.utc_s + 1;
    world.run(300);
    powerCut();
    world.run(300);
    expect(world.drive.ordersSince(since_s)).toEqual([]);
    world.call('command', 'b,reset');
    world.run(60);
    expect(world.drive.ordersSince(since_s)).toEqual(['reset', 'start']);
  });
});

describe('a schedule', () => {
  const hour_s = 3600;
  /** Runs from one hour from now for an hour, then on sun for an hour, then not. */
  const take = (rule: string): number => {
    const at_s = world.utc_s + hour_s;
    expect(world.call('schedule', `17,${rule};${at_s}r;60u;60s`)).toBe(3);
    return at_s;
  };

  it('acts at its transitions', () => {
    const at_s = take('hold');
    expect(world.report()).toMatchObject({ schedule_id: 17, schedule_until: at_s + 2 * hour_s });
    world.run(5 * hour_s);
    expect(world.drive.orders).toEqual([
      { order: 'start', utc_s: at_s },
      { order: 'mode 2', utc_s: at_s + hour_s },
      { order: 'start', utc_s: at_s + hour_s },
      { order: 'stop', utc_s: at_s + 2 * hour_s },
    ]);
    expect(world.report()).toMatchObject({ wanted: 'stop', wanted_by: 'schedule' });
  });

  it('gives the mode back with the next run', () => {
    world.call('command', 'a,mode,grid');
    const at_s = world.utc_s + 60;
    world.call('schedule', `18,hold;${at_s}u;60r`);
    world.run(90);
    expect(world.drive.ordersSince(at_s)).toEqual(['mode 2', 'start']);
    world.call('command', 'b,mode,auto');
    world.run(2 * hour_s);
    expect(world.drive.ordersSince(at_s + hour_s)).toEqual(['mode 0', 'start']);
  });

  it('waits for its next transition when a command came', () => {
    const at_s = take('hold');
    world.run(hour_s + 60);
    expect(world.drive.running).toBe(true);
    world.call('command', 'a,stop');
    powerCut();
    world.run(600);
    expect(world.drive.running).toBe(false);
    expect(world.report()).toMatchObject({ wanted: 'stop', wanted_by: 'command' });
    world.run(at_s + hour_s + 5 - world.utc_s);
    expect(world.report()).toMatchObject({ wanted: 'sun', wanted_by: 'schedule' });
    expect(world.drive.running).toBe(true);
  });

  it('acts after a power cut on the transition that came meanwhile', () => {
    take('hold');
    world.cutPower();
    world.run(hour_s + 600);
    world.boot();
    world.run(5);
    expect(world.drive.running).toBe(true);
    expect(world.report()).toMatchObject({ wanted: 'run', wanted_by: 'schedule' });
  });

  it('that arrives later does not undo a command either', () => {
    world.run(600);
    world.call('command', 'a,stop');
    expect(world.call('schedule', `18,hold;${world.utc_s - 300}r;60s`)).toBe(2);
    world.run(60);
    expect(world.report()).toMatchObject({ wanted: 'stop', wanted_by: 'command' });
    expect(world.call('schedule', `19,hold;${world.utc_s - 10}r;60s`)).toBe(2);
    world.run(60);
    expect(world.report()).toMatchObject({ wanted: 'run', wanted_by: 'schedule' });
  });

  it('does not undo a command that came before the clock was known', () => {
    take('hold');
    world.cutPower();
    world.run(hour_s + 600);
    world.boot(600);
    world.run(60);
    expect(world.call('command', 'a,stop')).toBe(0);
    world.run(1200);
    expect(world.report()).toMatchObject({ wanted: 'stop', wanted_by: 'command' });
    expect(world.report()['time']).not.toBeNull();
  });

  it('nor one that came before a power cut, without a clock all the time', () => {
    take('hold');
    world.cutPower();
    world.run(hour_s + 600);
    world.boot(600);
    world.run(60);
    expect(world.call('command', 'a,stop')).toBe(0);
    powerCut(600);
    world.run(1200);
    expect(world.report()).toMatchObject({ wanted: 'stop', wanted_by: 'command' });
  });

  it('acts on what came after such a command', () => {
    const at_s = take('hold');
    world.cutPower();
    world.run(hour_s + 600);
    world.boot(hour_s);
    world.run(60);
    expect(world.call('command', 'a,stop')).toBe(0);
    world.run(600);
    expect(world.report()).toMatchObject({ wanted: 'stop', wanted_by: 'command', time: null });
    world.run(hour_s);
    expect(world.utc_s).toBeGreaterThan(at_s + hour_s);
    expect(world.report()).toMatchObject({ wanted: 'sun', wanted_by: 'schedule' });
  });

  it.each([
    ['hold', 'run', 'schedule'],
    ['stop', 'stop', 'unknown_clock'],
    ['sun', 'sun', 'unknown_clock'],
  ])('says what is to be done while the clock is unknown: %s', (rule, wanted, wanted_by) => {
    take(rule);
    world.run(hour_s + 60);
    powerCut(600);
    expect(world.report()).toMatchObject({ wanted, wanted_by, time: null });
    world.run(60);
    expect(world.drive.running).toBe(wanted !== 'stop');
    world.run(600);
    expect(world.report()).toMatchObject({ wanted: 'run', wanted_by: 'schedule' });
    expect(world.drive.running).toBe(true);
  });

  it('never starts a pump that was stopped by a command, however unknown the clock', () => {
    take('sun');
    world.run(hour_s + 60);
    world.call('command', 'a,stop');
    powerCut(600);
    world.run(300);
    expect(world.drive.running).toBe(false);
    expect(world.report()).toMatchObject({ wanted: 'stop', wanted_by: 'command' });
  });

  it.each(torns)('is the old one or the new one, whenever power goes (%s)', (torn) => {
    for (let write = 1; write <= 4; write++) {
      const other = new World(cores);
      other.boot();
      other.run(10);
      const at_s = other.utc_s + 60;
      expect(other.call('schedule', `1,hold;${at_s}r`)).toBe(1);
      other.cutPowerAtWrite(write, torn);
      other.call('schedule', `2,hold;${at_s}s`);
      if (other.isOn) other.cutPower();
      other.boot();
      const { schedule_id } = other.report();
      expect([1, 2]).toContain(schedule_id);
      other.run(120);
      expect(other.drive.ordersSince(0)).toEqual([schedule_id === 1 ? 'start' : 'stop']);
      other.cutPower();
    }
  });

  it('is taken away by 0, and what it said last goes on', () => {
    take('stop');
    world.run(hour_s + 60);
    expect(world.call('schedule', '0')).toBe(0);
    world.run(2 * hour_s);
    expect(world.drive.running).toBe(true);
    expect(world.report()).toMatchObject({ schedule_id: 0, schedule_until: null, wanted: 'run' });
    powerCut(600);
    expect(world.report()).toMatchObject({ wanted: 'run' });
  });
});
