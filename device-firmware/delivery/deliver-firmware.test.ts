import { describe, expect, it } from 'vitest';
import type { BoronProject } from './boron-project.ts';
import { deliverFirmware } from './deliver-firmware.ts';
import { ProductInMemory as Product, simulatedClock } from './testing/product-in-memory.ts';

const project = (version: number, hash = `hash-${version}`): BoronProject => ({
  version,
  hash,
  files: new Map([['src/main.cpp', `${version}`]]),
});

function deliver(particle: Product, to: BoronProject, { group = 'dev', goes_back = false, clock = simulatedClock() } = {}) {
  const said: string[] = [];
  const done = deliverFirmware({
    particle,
    project: to,
    group,
    goes_back,
    title: 'Some commit',
    wait_ms: 60_000,
    clock,
    say: (line) => said.push(line),
  });
  return { done, said, clock };
}

const released = (product: Product) => Object.fromEntries(product.versions.map(({ version, groups }) => [version, groups]));

describe('a firmware to the device group of a stage', () => {
  it('is compiled, uploaded, tried on one device, and released to the group alone', async () => {
    const product = new Product();
    product.has(1, ['dev', 'test', 'prod']);
    for (const id of ['a', 'b', 'c']) product.device(id, 'dev');
    product.device('p', 'prod');
    await deliver(product, project(2)).done;
    expect(product.done).toEqual(['compile', 'upload 2', 'lock a 2', 'lock a null', 'release 2 dev']);
    expect(released(product)).toEqual({ 1: ['test', 'prod'], 2: ['dev'] });
    expect(product.devices.map(({ firmware_version }) => firmware_version)).toEqual([2, 2, 2, 1]);
  });

  it('that another group has already goes to the next one without being made or tried again, and stays where it was', async () => {
    const product = new Product();
    product.has(1, ['prod']);
    product.has(2, ['dev']);
    product.device('p', 'prod');
    await deliver(product, project(2), { group: 'prod' }).done;
    expect(product.done).toEqual(['release 2 dev,prod']);
    expect(released(product)).toEqual({ 1: [], 2: ['dev', 'prod'] });
  });

  it('that the group has already changes nothing', async () => {
    const product = new Product();
    product.has(2, ['dev']);
    product.device('a', 'dev', { firmware_version: 2 });
    await deliver(product, project(2)).done;
    expect(product.done).toEqual([]);
  });

  it('of a version that exists with other sources is refused', async () => {
    const product = new Product();
    product.has(2);
    product.device('a', 'dev');
    await expect(deliver(product, project(2, 'another')).done).rejects.toThrow(/Firmware 2 is at Particle with other sources: count/);
    expect(product.done).toEqual([]);
  });

  it('of a lower version is refused, unless the stage goes back', async () => {
    const product = new Product();
    product.has(1);
    product.has(2, ['dev']);
    product.device('a', 'dev', { firmware_version: 2 });
    product.device('b', 'dev', { firmware_version: 1 });
    await expect(deliver(product, project(1)).done).rejects.toThrow(/The group dev has firmware 2, and this is 1/);
    expect(product.done).toEqual([]);
    await deliver(product, project(1), { goes_back: true }).done;
    expect(released(product)).toEqual({ 1: ['dev'], 2: [] });
  });

  it('that does not compile is not uploaded', async () => {
    const product = new Product();
    product.device('a', 'dev');
    const broken = { ...project(2), files: new Map([['src/main.cpp', 'broken']]) };
    await expect(deliver(product, broken).done).rejects.toThrow(/does not compile:\nmain.cpp:1:1: error/);
    expect(product.done).toEqual(['compile']);
  });

  it('is not released when the one device that tries it does not come back with it', async () => {
    const product = new Product();
    product.has(1, ['dev']);
    for (const id of ['a', 'b']) product.device(id, 'dev');
    product.refuses = (id, version) => id === 'a' && version === 2;
    await expect(deliver(product, project(2)).done).rejects.toThrow(/Only 0 of the 1 devices .*; 0 of them run it/);
    expect(released(product)).toEqual({ 1: ['dev'], 2: [] });
    expect(product.done).not.toContain('release 2 dev');
    expect(product.devices.map(({ desired_firmware_version, firmware_version }) => [desired_firmware_version, firmware_version])).toEqual([
      [null, 1],
      [null, 1],
    ]);
  });

  it('that devices do not report in time is taken back from the group', async () => {
    const product = new Product();
    product.has(1, ['dev', 'test']);
    for (const id of ['a', 'b', 'c']) product.device(id, 'dev');
    product.refuses = (id, version) => id === 'b' && version === 2;
    const { done, said } = deliver(product, project(2));
    await expect(done).rejects.toThrow(
      'Only 2 of the 3 devices of the group dev that were online have proven firmware 2 after 1 minutes; 2 of them run it',
    );
    expect(released(product)).toEqual({ 1: ['test', 'dev'], 2: [] });
    expect(product.devices.map(({ firmware_version }) => firmware_version)).toEqual([1, 1, 1]);
    expect(said.at(-1)).toBe('The group dev has firmware 1 back.');
  });

  it('counts only devices that were online, bears one of ten that falls silent, and is told when there is none', async () => {
    const product = new Product();
    product.has(1, ['dev']);
    for (let number = 0; number < 10; number += 1) product.device(`d${number}`, 'dev');
    product.device('far', 'dev', { online: false });
    product.refuses = (id) => id === 'd9';
    await deliver(product, project(2)).done;
    expect(released(product)).toEqual({ 1: [], 2: ['dev'] });
    const dark = new Product();
    dark.has(1, ['dev']);
    dark.device('far', 'dev', { online: false });
    dark.device('bench', 'dev', { development: true });
    await expect(deliver(dark, project(2)).done).rejects.toThrow(
      /None of the 2 devices of the group dev can tell .*\(1 offline, 1 development devices\)/,
    );
    expect(released(dark)).toEqual({ 1: ['dev'] });
    expect(dark.done).toEqual([]);
  });

  describe('that a device reports', () => {
    it('is not proven by that: the firmware itself must say that it is confirmed, on the first device and in the group', async () => {
      const first = new Product();
      first.has(1, ['dev']);
      for (const id of ['a', 'b']) first.device(id, 'dev');
      first.proves = (_, version) => version === 1;
      await expect(deliver(first, project(2)).done).rejects.toThrow(
        /Only 0 of the 1 devices .* have proven firmware 2 .*; 1 of them run it/,
      );
      expect(first.done).not.toContain('release 2 dev');
      expect(first.devices.map(({ firmware_version }) => firmware_version)).toEqual([1, 1]);

      const group = new Product();
      group.has(1, ['dev']);
      for (const id of ['a', 'b', 'c']) group.device(id, 'dev');
      group.proves = (id, version) => id === 'a' || version === 1;
      await expect(deliver(group, project(2)).done).rejects.toThrow(/Only 1 of the 3 devices .*; 3 of them run it/);
      expect(released(group)).toEqual({ 1: ['dev'], 2: [] });
    });

    it('is waited for when it proves itself later', async () => {
      const product = new Product();
      product.has(1, ['dev']);
      for (const id of ['a', 'b', 'c']) product.device(id, 'dev');
      const clock = simulatedClock();
      product.proves = () => clock.now() >= 30_000;
      await deliver(product, project(2), { clock }).done;
      expect(clock.now()).toBe(30_000);
    });

    it('is not known when Particle does not answer for a while: the group keeps it until the time is over', async () => {
      const product = new Product();
      product.has(1, ['dev']);
      for (const id of ['a', 'b', 'c']) product.device(id, 'dev');
      product.fails = (method, call) =>
        (method === 'devicesOf' && call >= 2 && call <= 9) || (method === 'update' && call >= 3 && call <= 7);
      await deliver(product, project(2)).done;
      expect(product.done.filter((one) => one.startsWith('release'))).toEqual(['release 2 dev']);
      const dark = new Product();
      dark.has(1, ['dev']);
      dark.has(2, ['test']);
      dark.device('a', 'dev');
      dark.fails = (method, call) => method === 'devicesOf' && call >= 3;
      const { done } = deliver(dark, project(2));
      await expect(done).rejects.toThrow(/Only 0 of the 1 devices/);
      await expect(done).rejects.toMatchObject({ cause: { message: 'Particle does not answer devicesOf' } });
      expect(released(dark)).toEqual({ 1: ['dev'], 2: ['test'] });
    });
  });

  describe('that goes back', () => {
    const failing = (): Product => {
      const product = new Product();
      product.has(1, ['dev', 'test']);
      for (const id of ['a', 'b']) product.device(id, 'dev');
      product.refuses = (id, version) => id === 'b' && version === 2;
      return product;
    };

    it('is released to what has its version at that moment, not half an hour ago', async () => {
      const product = failing();
      const clock = simulatedClock({
        30000: () => product.versions.find(({ version }) => version === 1)?.groups.push('prod'),
        35000: () => product.versions.find(({ version }) => version === 1)?.groups.splice(0, 1),
      });
      await expect(deliver(product, project(2), { clock }).done).rejects.toThrow(/Only 1 of the 2/);
      expect(product.done.at(-1)).toBe('release 1 prod,dev');
    });

    it('goes forward to what its version has by then, too, and to what the group has got since', async () => {
      const product = failing();
      product.refuses = () => false;
      product.proves = (id, version) => version !== 2 || clock.now() >= 20_000 || id !== 'a';
      const clock = simulatedClock({
        10000: () => product.versions.find(({ version }) => version === 2)?.groups.push('lab'),
      });
      await deliver(product, project(2), { clock }).done;
      expect(product.done.at(-1)).toBe('release 2 lab,dev');
      const overtaken = failing();
      overtaken.has(3);
      overtaken.proves = () => false;
      const released3 = simulatedClock({ 10000: () => void overtaken.release({ version: 3, groups: ['dev'], product_default: false }) });
      await expect(deliver(overtaken, project(2), { clock: released3 }).done).rejects.toThrow();
      expect(released(overtaken)).toMatchObject({ 2: [], 3: ['dev'] });
    });

    it('is tried again while Particle does not answer, and so is unlocking', async () => {
      const product = failing();
      product.fails = (method, call, version) =>
        (method === 'release' && version === 1 && call < 8) || (method === 'lock' && version === null && call < 6);
      const { done, clock } = deliver(product, project(2));
      await expect(done).rejects.toThrow(/Only 1 of the 2/);
      expect(released(product)).toEqual({ 1: ['test', 'dev'], 2: [] });
      expect(product.devices.map(({ desired_firmware_version }) => desired_firmware_version)).toEqual([null, null]);
      expect(clock.now()).toBeLessThan(4 * 60_000);
    });

    it('says both errors when it never succeeds, after some minutes', async () => {
      const product = failing();
      product.fails = (method, _, version) => method === 'release' && version === 1;
      const { done, clock } = deliver(product, project(2));
      const error = await done.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AggregateError);
      expect((error as AggregateError).errors.map(String)).toEqual([
        expect.stringContaining('Only 1 of the 2 devices'),
        expect.stringContaining('Particle does not answer release'),
      ]);
      expect(String(error)).toMatch(
        /Only 1 of the 2 .*\. And the group dev could not be given back what it had: Particle does not answer release/,
      );
      expect(clock.now()).toBeGreaterThan(4 * 60_000);
      const locked = failing();
      locked.proves = (_, version) => version === 1;
      locked.fails = (method, _, version) => method === 'lock' && version === null;
      const unlocking = await deliver(locked, project(2)).done.catch((thrown: unknown) => thrown);
      expect(String(unlocking)).toMatch(/Only 0 of the 1 .*\. And the device a could not be unlocked: Particle does not answer lock/);
    });

    it('says so when there is nothing to go back to', async () => {
      const product = failing();
      product.versions.length = 0;
      await expect(deliver(product, project(2)).done).rejects.toThrow(
        /Only 1 of the 2 .* The group dev had no release before: there is none to go back to/,
      );
      const again = failing();
      again.versions.length = 0;
      again.has(2, ['dev']);
      await expect(deliver(again, project(2)).done).rejects.toThrow(/The group dev had this firmware before, too: it keeps it/);
    });
  });

  describe("for a group that has the product's default", () => {
    const withDefault = (): Product => {
      const product = new Product();
      product.has(3, ['test'], true);
      for (const id of ['a', 'b']) product.device(id, 'dev', { firmware_version: 3 });
      return product;
    };

    it('is refused when it is lower than that, and changes nothing when it is that', async () => {
      const product = withDefault();
      product.has(2);
      await expect(deliver(product, project(2)).done).rejects.toThrow('The group dev has firmware 3, and this is 2');
      await deliver(product, project(3)).done;
      expect(product.done).toEqual([]);
    });

    it('goes back to it, and takes it from no version', async () => {
      const product = withDefault();
      product.refuses = (id, version) => id === 'b' && version === 4;
      await expect(deliver(product, project(4)).done).rejects.toThrow(/Only 1 of the 2/);
      expect(released(product)).toEqual({ 3: ['test', 'dev'], 4: [] });
      expect(product.devices.map(({ firmware_version }) => firmware_version)).toEqual([3, 3]);
      expect(product.versions.map(({ product_default }) => product_default)).toEqual([true, false]);
      const other = new Product();
      other.has(1, ['prod']);
      other.has(2, ['dev'], true);
      other.device('p', 'prod');
      await deliver(other, project(2), { group: 'prod' }).done;
      expect(other.versions.map(({ product_default }) => product_default)).toEqual([false, true]);
    });
  });

  describe('with devices that somebody has locked', () => {
    it('leaves those alone that are locked to another version', async () => {
      const product = new Product();
      product.has(1, ['dev']);
      product.device('a', 'dev', { desired_firmware_version: 1 });
      for (const id of ['b', 'c']) product.device(id, 'dev');
      await deliver(product, project(2)).done;
      expect(product.done).toEqual(['compile', 'upload 2', 'lock b 2', 'lock b null', 'release 2 dev']);
      expect(product.devices.map(({ firmware_version, desired_firmware_version }) => [firmware_version, desired_firmware_version])).toEqual(
        [
          [1, 1],
          [2, null],
          [2, null],
        ],
      );
    });

    it('unlocks those that a killed delivery has left locked to this version, also where they are offline', async () => {
      const product = new Product();
      product.has(1, ['dev']);
      product.has(2);
      product.device('a', 'dev', { desired_firmware_version: 2, firmware_version: 2 });
      product.device('b', 'dev', { desired_firmware_version: 2, online: false });
      await deliver(product, project(2)).done;
      expect(product.done).toEqual(['lock a null', 'lock b null', 'lock a 2', 'lock a null', 'release 2 dev']);
    });
  });

  it('is not released to a group without devices', async () => {
    const product = new Product();
    product.has(1, ['dev']);
    await expect(deliver(product, project(2)).done).rejects.toThrow('The group dev has no devices');
    expect(product.done).not.toContain('upload 2');
  });

  it('is judged by devices that were heard lately alone, of which there must be enough', async () => {
    const product = new Product();
    product.has(1, ['dev']);
    product.device('silent', 'dev', { last_heard: new Date(-21 * 60_000) });
    product.device('never', 'dev', { last_heard: null });
    product.device('a', 'dev');
    await deliver(product, project(2)).done;
    expect(product.done).toContain('lock a 2');
    product.device('dark', 'dev', { online: false });
    product.device('held', 'dev', { desired_firmware_version: 1 });
    product.device('far', 'dev', { online: false });
    await expect(deliver(product, project(3)).done).rejects.toThrow(
      'Only 1 of the 6 devices of the group dev can tell whether the firmware works (2 offline, 2 online but silent for 20 minutes, 1 locked to another version): 25 % of those that get it must. Nothing is released; try again later',
    );
    expect(product.done).not.toContain('upload 3');
  });
});
