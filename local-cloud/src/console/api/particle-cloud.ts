import { parameterNames } from '@enstratus/contract';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type ParticleOverview, particleDeliveries, particleDevice, particleWebhook } from '../shapes/particle.ts';
import type { Look } from './route.ts';

/** Particle is asked anew after this long, and after longer where it has thousands of devices to tell. */
const FRESH_MS = 2000;
const FRESH_MS_PER_DEVICE = 4;
const TIMEOUT_MS = 3000;
const DEVICES_PER_PAGE = 200;

const deviceList = z.object({ devices: z.array(particleDevice), meta: z.object({ total_pages: z.int() }).optional() });
const integrationList = z.array(particleWebhook);

interface Access {
  readonly url: string;
  readonly product: string;
  readonly token: string;
}

interface Remembered {
  readonly at_ms: number;
  readonly answer: Promise<ParticleOverview>;
  /** How many it told of last. */
  devices: number;
}

/** The Particle cloud as this account's parameters name it, seen over its own API. The token stays in here. */
export class ParticleCloud {
  readonly #overviews = new Map<string, Remembered>();
  readonly #access = new Map<string, { readonly at_ms: number; readonly access: Promise<Access | undefined> }>();
  /** Counts of deliveries with the time of the look, of the last minute. */
  readonly #samples = new Map<string, { at_ms: number; triggered: number; failed: number }[]>();

  overview(look: Look): Promise<ParticleOverview> {
    const key = `${look.caller.account}/${look.caller.region}`;
    const now = Date.now();
    const known = this.#overviews.get(key);
    if (known !== undefined && now - known.at_ms < FRESH_MS + known.devices * FRESH_MS_PER_DEVICE) return known.answer;
    const answer = this.#ask(look, key);
    const asked: Remembered = { at_ms: now, answer, devices: known?.devices ?? 0 };
    this.#overviews.set(key, asked);
    return answer.then((overview) => {
      asked.devices = overview.state === 'reachable' ? overview.devices.length : 0;
      return overview;
    });
  }

  async #ask(look: Look, key: string): Promise<ParticleOverview> {
    const access = await this.#accessOf(look, key);
    if (access === undefined) return { state: 'unknown', reason: `No parameter ${parameterNames.particleApiUrl} says where Particle is.` };
    const { product, url } = access;
    try {
      const [first, webhooks, counts] = await Promise.all([
        get(access, `/v1/products/${encodeURIComponent(product)}/devices?perPage=${DEVICES_PER_PAGE}`, deviceList),
        get(access, `/v1/products/${encodeURIComponent(product)}/integrations`, integrationList),
        // Only the local stand-in has it.
        get(access, '/_local/deliveries', particleDeliveries).catch(() => undefined),
      ]);
      const pages = first.meta?.total_pages ?? 1;
      const rest = await Promise.all(
        Array.from({ length: Math.min(pages, 50) - 1 }, (_, index) =>
          get(access, `/v1/products/${encodeURIComponent(product)}/devices?perPage=${DEVICES_PER_PAGE}&page=${index + 2}`, deviceList),
        ),
      );
      const devices = [first, ...rest].flatMap((page) => page.devices);
      return {
        state: 'reachable',
        url,
        product,
        devices,
        webhooks,
        ...(counts === undefined ? {} : { deliveries: counts, ...this.#rate(key, counts) }),
      };
    } catch (error) {
      return { state: 'unreachable', url, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  #accessOf(look: Look, key: string): Promise<Access | undefined> {
    const known = this.#access.get(key);
    if (known !== undefined && Date.now() - known.at_ms < 60_000) return known.access;
    const access = readAccess(look).then((found) => {
      if (found === undefined) this.#access.delete(key);
      return found;
    });
    this.#access.set(key, { at_ms: Date.now(), access });
    return access;
  }

  #rate(
    key: string,
    { triggered, failed }: z.output<typeof particleDeliveries>,
  ): { published_per_minute: number; failed_per_minute: number } {
    const at_ms = Date.now();
    const samples = this.#samples.get(key) ?? [];
    // Particle was started anew.
    if ((samples.at(-1)?.triggered ?? 0) > triggered) samples.length = 0;
    samples.push({ at_ms, triggered, failed });
    while (samples.length > 1 && (samples[1]?.at_ms ?? at_ms) < at_ms - 60_000) samples.shift();
    this.#samples.set(key, samples);
    const from = samples[0] ?? { at_ms, triggered, failed };
    // Nobody may have looked for longer than a minute.
    const minutes = Math.max(1, (at_ms - from.at_ms) / 60_000);
    const rate = (count: number) => Math.round(count / minutes);
    return { published_per_minute: rate(triggered - from.triggered), failed_per_minute: rate(failed - from.failed) };
  }
}

async function readAccess(look: Look): Promise<Access | undefined> {
  const value = async (Name: string) => {
    const { Parameter } = await look.call<{ Parameter: { Value: string } }>('ssm', 'GetParameter', { Name, WithDecryption: true });
    return Parameter.Value;
  };
  try {
    const { particleApiUrl, particleProduct, particleAccessToken } = parameterNames;
    const [url, product, token] = await Promise.all([value(particleApiUrl), value(particleProduct), value(particleAccessToken)]);
    return { url, product, token };
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ParameterNotFound') return undefined;
    throw error;
  }
}

async function get<T>({ url, token }: Access, path: string, shape: z.ZodType<T>): Promise<T> {
  const response = await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`Particle answered HTTP ${response.status} to ${path.split('?')[0]}`);
  return shape.parse(await response.json());
}
