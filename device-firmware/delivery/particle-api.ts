import { patientFetch } from '@enstratus/platform/smoke';
import { z } from 'zod';
import type { CompileTarget } from './boron-project.ts';
import { ParticleError } from './particle-error.ts';

/** A version of the product's firmware (Cloud API reference, "List all product firmwares"), as far as it is read here. */
const productFirmware = z.object({
  version: z.number().int(),
  description: z.string().nullish(),
  product_default: z.boolean(),
  groups: z.array(z.string()),
});
export type ProductFirmware = z.output<typeof productFirmware>;

/** A device of the product (Cloud API reference, "List devices in a product"). */
const productDevice = z.object({
  id: z.string(),
  online: z.boolean(),
  /** What it told when it connected last; null or missing: no product firmware. */
  firmware_version: z.number().int().nullish(),
  /** To which version somebody has locked it. */
  desired_firmware_version: z.number().int().nullish(),
  last_heard: z.coerce.date().nullish(),
  development: z.boolean(),
});
export type ProductDevice = z.output<typeof productDevice>;

const devicePage = z.object({ devices: z.array(productDevice), meta: z.object({ total_pages: z.number().int() }) });
/** A text variable (Cloud API reference, "Get a variable value"), and what stands in `update` (boron/src/firmware_update.h). */
const variable = z.object({ result: z.string() });
const firmwareUpdate = z.object({ version: z.number().int(), confirmed: z.boolean(), late: z.boolean() });
export type FirmwareUpdate = z.output<typeof firmwareUpdate>;

/** Cloud API reference, "Compile source code"; errors as particle-cli reads them. */
const compiled = z.object({
  ok: z.boolean().optional(),
  binary_url: z.string().startsWith('/').optional(),
  output: z.string().optional(),
  stdout: z.string().optional(),
  errors: z.array(z.string()).optional(),
});

/** What delivering firmware asks of Particle. */
export interface ParticleProduct {
  firmware(): Promise<ProductFirmware[]>;
  /** Compiles a project, by paths in it. Rejects with the compiler's words when it doesn't compile. */
  compile(project: ReadonlyMap<string, string>): Promise<Uint8Array>;
  upload(firmware: {
    readonly version: number;
    readonly title: string;
    readonly description: string;
    readonly binary: Uint8Array;
  }): Promise<void>;
  /** An intelligent release: it goes to devices that are online at once, to others when they connect. */
  release(release: {
    readonly version: number;
    /** All that are to have this version. */
    readonly groups: readonly string[];
    /** Whether it is what devices without a release get: it stops being that when this is false. */
    readonly product_default: boolean;
  }): Promise<void>;
  devicesOf(group: string): Promise<ProductDevice[]>;
  /** Locks a device to a version, and sends it at once; null unlocks it. */
  lock(deviceId: string, version: number | null): Promise<void>;
  /** What the device itself says now of the firmware that it runs; undefined when it doesn't answer, or not that. */
  update(deviceId: string): Promise<FirmwareUpdate | undefined>;
}

export interface ParticleAccess extends CompileTarget {
  /** Such as `https://api.particle.io`. */
  readonly api_url: string;
  readonly access_token: string;
  readonly product: string;
}

type Patience = NonNullable<Parameters<typeof patientFetch>[2]>;

/** Cloud API reference, "Firmware API limits": compiling takes 120 s at most. */
const ANSWER_MS = 150_000;
const DEVICES_PER_PAGE = 100;

/** The product at Particle. What Particle refuses, or does not answer, rejects with a ParticleError of what was asked and what it answered; the token stands in no error. */
export class ParticleApi implements ParticleProduct {
  readonly #access: ParticleAccess;
  readonly #patience: Patience;

  /** @param patience How long answers that change nothing are asked for again. */
  constructor(access: ParticleAccess, patience: Patience = {}) {
    this.#access = access;
    this.#patience = { isNotYet: ({ status }) => isPassing(status), ...patience };
  }

  async firmware(): Promise<ProductFirmware[]> {
    return z.array(productFirmware).parse(await this.#get(`${this.#product}/firmware`));
  }

  async compile(project: ReadonlyMap<string, string>): Promise<Uint8Array> {
    const { platform_id, device_os } = this.#access;
    const form = new FormData();
    form.set('platform_id', String(platform_id));
    form.set('build_target_version', device_os);
    let number = 0;
    for (const [path, text] of project) form.set(number++ === 0 ? 'file' : `file${number - 1}`, new Blob([text]), path);
    const answer = compiled.parse(await this.#send('POST', '/v1/binaries', form));
    if (answer.binary_url === undefined)
      throw new Error(
        `The firmware does not compile:\n${[...(answer.errors ?? []), answer.stdout, answer.output].filter(Boolean).join('\n')}`,
      );
    const binary = await this.#fetch('GET', answer.binary_url).catch((cause: unknown) =>
      Promise.reject(unreached('GET', answer.binary_url ?? '', cause)),
    );
    if (!binary.ok) throw refused('GET', answer.binary_url, binary.status, await binary.text());
    return new Uint8Array(await binary.arrayBuffer());
  }

  async upload({ version, title, description, binary }: Parameters<ParticleProduct['upload']>[0]): Promise<void> {
    const form = new FormData();
    form.set('version', String(version));
    form.set('title', title);
    form.set('description', description);
    form.set('binary', new Blob([Uint8Array.from(binary)]), 'firmware.bin');
    await this.#send('POST', `${this.#product}/firmware`, form);
  }

  async release(release: Parameters<ParticleProduct['release']>[0]): Promise<void> {
    await this.#send('PUT', `${this.#product}/firmware/release`, { ...release, intelligent: true });
  }

  async devicesOf(group: string): Promise<ProductDevice[]> {
    const devices: ProductDevice[] = [];
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const query = new URLSearchParams({
        groups: group,
        page: String(page),
        perPage: String(DEVICES_PER_PAGE),
        sortAttr: 'deviceId',
        sortDir: 'asc',
      });
      const answer = devicePage.parse(await this.#get(`${this.#product}/devices?${query}`));
      devices.push(...answer.devices);
      pages = answer.meta.total_pages;
    }
    return devices;
  }

  async lock(deviceId: string, version: number | null): Promise<void> {
    await this.#send('PUT', `${this.#product}/devices/${deviceId}`, {
      desired_firmware_version: version,
      ...(version === null ? {} : { flash: true }),
    });
  }

  async update(deviceId: string): Promise<FirmwareUpdate | undefined> {
    const path = `${this.#product}/devices/${deviceId}/update`;
    const { status, text } = await this.#answered('GET', path);
    if (status === 401 || status === 403 || isPassing(status)) throw refused('GET', path, status, text);
    // A device that is not connected is 404 or 408, as one without the variable is ("Errors").
    if (status !== 200) return undefined;
    const { result } = variable.parse(parsed('GET', path, text));
    try {
      return firmwareUpdate.parse(JSON.parse(result));
    } catch {
      return undefined;
    }
  }

  get #product(): string {
    return `/v1/products/${this.#access.product}`;
  }

  get #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#access.access_token}` };
  }

  /** Asking changes nothing: a failure of a moment is waited for. */
  async #get(path: string): Promise<unknown> {
    const { status, text } = await patientFetch(`${this.#access.api_url}${path}`, { headers: this.#headers }, this.#patience).catch(
      (cause: unknown) => Promise.reject(unreached('GET', path, cause)),
    );
    if (status !== 200) throw refused('GET', path, status, text);
    return parsed('GET', path, text);
  }

  async #send(method: 'POST' | 'PUT', path: string, body: FormData | object): Promise<unknown> {
    const form = body instanceof FormData;
    const answer = await this.#answered(
      method,
      path,
      form ? body : JSON.stringify(body),
      form ? {} : { 'content-type': 'application/json' },
    );
    if (!answer.ok) throw refused(method, path, answer.status, answer.text);
    return answer.text === '' ? undefined : parsed(method, path, answer.text);
  }

  async #answered(method: string, path: string, body?: FormData | string, headers: Record<string, string> = {}) {
    try {
      const response = await this.#fetch(method, path, body, headers);
      return { ok: response.ok, status: response.status, text: await response.text() };
    } catch (cause) {
      throw unreached(method, path, cause);
    }
  }

  #fetch(method: string, path: string, body?: FormData | string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.#access.api_url}${path}`, {
      method,
      headers: { ...this.#headers, ...headers },
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body === undefined ? {} : { body }),
    });
  }
}

/** Too many requests, or a failure on Particle's side (Cloud API reference, "Errors"). */
const isPassing = (status: number): boolean => status === 429 || status >= 500;

const refused = (method: string, path: string, status: number, text: string): ParticleError =>
  new ParticleError(`Particle answers ${status} to ${method} ${path}: ${text.slice(0, 1_000)}`, { passes: isPassing(status) });

const unreached = (method: string, path: string, cause: unknown): ParticleError =>
  new ParticleError(`Particle does not answer ${method} ${path}`, { passes: true, cause });

function parsed(method: string, path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ParticleError(`Particle answers no JSON to ${method} ${path}: ${text.slice(0, 1_000)}`, { passes: true, cause });
  }
}
