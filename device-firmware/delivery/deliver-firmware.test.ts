import { describe, expect, it } from 'vitest';
import type { BoronProject } from './boron-project.ts';
import { deliverFirmware } from './deliver-firmware.ts';
import type { ParticleProduct, ProductDevice, ProductFirmware } from './particle-api.ts';

const project = (version: number, hash = `hash-${version}`): BoronProject => ({
  version,
  hash,
  files: new Map([['src/main.cpp', `${version}`]]),
});

/** A product in memory, whose devices take at once what they are to run, but for those that refuse it. */
class Product implements ParticleProduct {
  readonly versions: { version: number; description: string; product_default: boolean; groups: string[] }[] = [];
  readonly devices: (ProductDevice & { group: string; locked: number | null; firmware_version: number | null })[] = [];
  readonly done: string[] = [];
  refuses: (id: string, version: number) => boolean = () => false;

  device(id: string, group: string, more: Partial<ProductDevice> = {}): void {
    this.devices.push({ id, group, online: true, development: false, locked: null, ...more, firmware_version: more.firmware_version ?? 1 });
  }

  has(version: number, groups: string[] = []): void {
    this.versions.push({ version, description: `sources sha256:hash-${version}`, product_default: false, groups });
  }

  async firmware(): Promise<ProductFirmware[]> {
    return structuredClone(this.versions);
  }

  async compile(files: ReadonlyMap<string, string>): Promise<Uint8Array> {
    this.done.push('compile');
    if (files.get('src/main.cpp') === 'broken') throw new Error('The firmware does not compile:\nmain.cpp:1:1: error');
    return Uint8Array.of(1);
  }

  async upload({ version, description }: Parameters<ParticleProduct['upload']>[0]): Promise<void> {
    this.done.push(`upload ${version}`);
    this.versions.push({ version, description, product_default: false, groups: [] });
  }

  async release(version: number, groups: readonly string[]): Promise<void> {
    this.done.push(`release ${version} ${groups.join()}`);
    for (const one of this.versions) one.groups = one.groups.filter((group) => !groups.includes(group));
    const released = this.versions.find((one) => one.version === version);
    if (released === undefined) throw new Error(`no firmware ${version}`);
    released.groups = [...groups];
    this.#run();
  }

  async devicesOf(group: string): Promise<ProductDevice[]> {
    return structuredClone(this.devices.filter((device) => device.group === group));
  }

  async lock(id: string, version: number | null): Promise<void> {
    this.done.push(`lock ${id} ${version}`);
    for (const device of this.devices) if (device.id === id) device.locked = version;
    if (version !== null) this.#run();
  }

  #run(): void {
    for (const device of this.devices) {
      const target = device.locked ?? this.versions.find(({ groups }) => groups.includes(device.group))?.version;
      if (target !== undefined && device.online && !this.refuses(device.id, target)) device.firmware_version = target;
    }
  }
}

function deliver(particle: Product, to: BoronProject, group = 'dev', goes_back = false) {
  let now = 0;
  const said: string[] = [];
  const done = deliverFirmware({
    particle,
    project: to,
    group,
    goes_back,
    title: 'Some commit',
    wait_ms: 60_000,
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
      },
    },
    say: (line) => said.push(line),
  });
  return { done, said };
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
    await deliver(product, project(2), 'prod').done;
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
    await deliver(product, project(1), 'dev', true).done;
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
    await expect(deliver(product, project(2)).done).rejects.toThrow(/Only 0 of the 1 devices/);
    expect(released(product)).toEqual({ 1: ['dev'], 2: [] });
    expect(product.done).not.toContain('release 2 dev');
    expect(product.devices.map(({ locked, firmware_version }) => [locked, firmware_version])).toEqual([
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
    await expect(done).rejects.toThrow('Only 2 of the 3 devices of the group dev that were online run firmware 2 after 1 minutes');
    expect(released(product)).toEqual({ 1: ['dev', 'test'], 2: [] });
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
    await expect(deliver(dark, project(2)).done).rejects.toThrow(/No device of the group dev is online/);
    expect(released(dark)).toEqual({ 1: ['dev'], 2: [] });
  });
});
