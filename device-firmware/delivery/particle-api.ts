import { patientFetch } from '@enstratus/platform/smoke';
import { z } from 'zod';
import type { CompileTarget } from './boron-project.ts';

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
  development: z.boolean(),
});
export type ProductDevice = z.output<typeof productDevice>;

const devicePage = z.object({ devices: z.array(productDevice), meta: z.object({ total_pages: z.number().int() }) });
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
  /** An intelligent release: it goes to devices that are online at once, to others when they connect. `groups`: all that are to have this version. */
  release(version: number, groups: readonly string[]): Promise<void>;
  devicesOf(group: string): Promise<ProductDevice[]>;
  /** Locks a device to a version, and sends it at once; null unlocks it. */
  lock(deviceId: string, version: number | null): Promise<void>;
}

export interface ParticleAccess extends CompileTarget {
  /** Such as `https://api.particle.io`. */
  readonly api_url: string;
  readonly access_token: string;
  readonly product: string;
}

/** Cloud API reference, "Firmware API limits": compiling takes 120 s at most. */
const ANSWER_MS = 150_000;
const DEVICES_PER_PAGE = 100;

/** The product at Particle. What Particle refuses rejects with what was asked and what it answered; the token stands in no error. */
export class ParticleApi implements ParticleProduct {
  readonly #access: ParticleAccess;

  constructor(access: ParticleAccess) {
    this.#access = access;
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
    return new Uint8Array(await (await this.#fetch('GET', answer.binary_url)).arrayBuffer());
  }

  async upload({ version, title, description, binary }: Parameters<ParticleProduct['upload']>[0]): Promise<void> {
    const form = new FormData();
    form.set('version', String(version));
    form.set('title', title);
    form.set('description', description);
    form.set('binary', new Blob([Uint8Array.from(binary)]), 'firmware.bin');
    await this.#send('POST', `${this.#product}/firmware`, form);
  }

  async release(version: number, groups: readonly string[]): Promise<void> {
    await this.#send('PUT', `${this.#product}/firmware/release`, { version, product_default: false, groups, intelligent: true });
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

  get #product(): string {
    return `/v1/products/${this.#access.product}`;
  }

  get #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#access.access_token}` };
  }

  /** Asking changes nothing: a failure of a moment is waited for. */
  async #get(path: string): Promise<unknown> {
    const { status, text } = await patientFetch(`${this.#access.api_url}${path}`, { headers: this.#headers });
    if (status !== 200) throw refused('GET', path, status, text);
    return JSON.parse(text);
  }

  async #send(method: 'POST' | 'PUT', path: string, body: FormData | object): Promise<unknown> {
    const form = body instanceof FormData;
    const response = await this.#fetch(
      method,
      path,
      form ? body : JSON.stringify(body),
      form ? {} : { 'content-type': 'application/json' },
    );
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  }

  async #fetch(method: string, path: string, body?: FormData | string, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(`${this.#access.api_url}${path}`, {
      method,
      headers: { ...this.#headers, ...headers },
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body === undefined ? {} : { body }),
    });
    if (!response.ok) throw refused(method, path, response.status, await response.text());
    return response;
  }
}

const refused = (method: string, path: string, status: number, text: string): Error =>
  new Error(`Particle answers ${status} to ${method} ${path}: ${text.slice(0, 1_000)}`);
