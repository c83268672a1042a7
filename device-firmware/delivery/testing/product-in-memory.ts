import type { FirmwareUpdate, ParticleProduct, ProductDevice, ProductFirmware } from '../particle-api.ts';
import { ParticleError } from '../particle-error.ts';

/** A clock that stands still but while somebody sleeps. `at`: what happens at a time, ms. */
export function simulatedClock(at: Readonly<Record<number, () => void>> = {}) {
  const clock = {
    ms: 0,
    now: () => clock.ms,
    sleep: async (ms: number) => {
      const before = clock.ms;
      clock.ms += ms;
      for (const [due, happen] of Object.entries(at)) if (Number(due) > before && Number(due) <= clock.ms) happen();
    },
  };
  return clock;
}

type Method = 'firmware' | 'devicesOf' | 'release' | 'lock' | 'update';

/** A product whose devices take at once what they are to run and prove it, but for those that refuse or don't. */
export class ProductInMemory implements ParticleProduct {
  readonly versions: { version: number; description: string; product_default: boolean; groups: string[] }[] = [];
  readonly devices: (ProductDevice & { group: string; firmware_version: number | null; desired_firmware_version: number | null })[] = [];
  /** What was changed, in order. */
  readonly done: string[] = [];
  refuses: (id: string, version: number) => boolean = () => false;
  proves: (id: string, version: number) => boolean = () => true;
  /** Whether a call fails, of all the ones before it of the same method: as it would in the network. */
  fails: (method: Method, call: number, version?: number | null) => boolean = () => false;
  readonly #calls = new Map<Method, number>();

  device(id: string, group: string, more: Partial<ProductDevice> = {}): void {
    this.devices.push({
      id,
      group,
      online: true,
      development: false,
      last_heard: new Date(0),
      ...more,
      desired_firmware_version: more.desired_firmware_version ?? null,
      firmware_version: more.firmware_version ?? 1,
    });
  }

  has(version: number, groups: string[] = [], product_default = false): void {
    this.versions.push({ version, description: `sources sha256:hash-${version}`, product_default, groups });
  }

  async firmware(): Promise<ProductFirmware[]> {
    this.#called('firmware');
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

  async release({ version, groups, product_default }: Parameters<ParticleProduct['release']>[0]): Promise<void> {
    this.#called('release', version);
    this.done.push(`release ${version} ${groups.join()}`);
    for (const one of this.versions) one.groups = one.groups.filter((group) => !groups.includes(group));
    const released = this.versions.find((one) => one.version === version);
    if (released === undefined) throw new Error(`no firmware ${version}`);
    Object.assign(released, { groups: [...groups], product_default });
    this.#run();
  }

  async devicesOf(group: string): Promise<ProductDevice[]> {
    this.#called('devicesOf');
    return structuredClone(this.devices.filter((device) => device.group === group));
  }

  async lock(id: string, version: number | null): Promise<void> {
    this.#called('lock', version);
    this.done.push(`lock ${id} ${version}`);
    for (const device of this.devices) if (device.id === id) device.desired_firmware_version = version;
    if (version !== null) this.#run();
  }

  async update(id: string): Promise<FirmwareUpdate | undefined> {
    this.#called('update');
    const version = this.devices.find((device) => device.id === id)?.firmware_version;
    return version === null || version === undefined ? undefined : { version, confirmed: this.proves(id, version), late: false };
  }

  #called(method: Method, version?: number | null): void {
    const call = (this.#calls.get(method) ?? 0) + 1;
    this.#calls.set(method, call);
    if (this.fails(method, call, version)) throw new ParticleError(`Particle does not answer ${method}`, { passes: true });
  }

  #run(): void {
    for (const device of this.devices) {
      const released =
        this.versions.find(({ groups }) => groups.includes(device.group)) ?? this.versions.find(({ product_default }) => product_default);
      const target = device.desired_firmware_version ?? released?.version;
      if (target !== undefined && device.online && !this.refuses(device.id, target)) device.firmware_version = target;
    }
  }
}
