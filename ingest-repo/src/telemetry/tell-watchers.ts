import { type StatusDocument, silentAt, statusFields, toRfc3339 } from '@enstratus/contract';
import { errorDetails } from '@enstratus/platform/runtime';
import type { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod';
import type { Log } from '../log.ts';
import type { DeviceProfile } from './device-table.ts';
import type { KeptLatest } from './latest-status.ts';

/** What came from a device that somebody watches. Times are epoch seconds. */
export interface LiveStatus {
  readonly device_id: string;
  readonly path: string;
  readonly last_contact_at: number;
  readonly silent_at: number;
  readonly documents: readonly StatusDocument[];
}

/** Tells those who watch a device what came from it. Best effort: it never throws. */
export type TellWatchers = (status: LiveStatus) => Promise<void>;

/** Tells what came from a device when somebody watches it, which the write of its newest status has answered. */
export async function tellIfWatched(
  heard: {
    readonly device: DeviceProfile;
    readonly latest: KeptLatest;
    readonly documents: readonly StatusDocument[];
    readonly now_s: number;
  },
  tellWatchers: TellWatchers,
): Promise<void> {
  const { device, latest, documents, now_s } = heard;
  if (latest.watched_until === undefined || latest.watched_until <= now_s) return;
  const { device_id, path, pack_minutes } = device;
  const { last_contact_at } = latest;
  await tellWatchers({ device_id, path, last_contact_at, silent_at: silentAt(latest, pack_minutes), documents });
}

export interface GraphqlApi {
  readonly url: string;
  /** Signs for the service `appsync`. */
  readonly signer: Pick<SignatureV4, 'sign'>;
  readonly fetch: typeof fetch;
  readonly log: Log;
}

/** The device waits for its webhook's answer meanwhile: Particle gives up after 20 s, and a page that isn't told reads again by itself. */
const longest_ms = 2_000;

/** Subscribers get no more than the mutation itself selects, so it selects everything. */
const mutation = `mutation publishDeviceStatus($status: DeviceStatusInput!) {
  publishDeviceStatus(status: $status) {
    device_id path last_contact_at silent_at
    documents { boot_id seq time ${statusFields.map(({ name }) => name).join(' ')} }
  }
}`;

const answerSchema = z.object({
  errors: z
    .array(z.object({ message: z.string(), errorType: z.string().nullish() }))
    .nullish()
    .transform((errors) => errors ?? []),
});

/**
 * Watchers behind the GraphQL API: one call of the mutation publishDeviceStatus, signed as this function's role.
 *
 * A failure is logged, counted and alarmed, and goes no further: the pack is stored by now. Answered as an error it would be sent again and
 * slow the whole fleet's deliveries down, for a page that reads what it missed by itself.
 */
export function graphqlWatchers({ url, signer, fetch, log }: GraphqlApi): TellWatchers {
  const { protocol, host, hostname, port, pathname } = new URL(url);
  return async ({ device_id, path, last_contact_at, silent_at, documents }) => {
    const status = {
      device_id,
      path,
      last_contact_at: toRfc3339(last_contact_at),
      silent_at: toRfc3339(silent_at),
      documents: documents.map((document) => ({ ...document, time: toRfc3339(document.time) })),
    };
    const request = {
      method: 'POST',
      protocol,
      hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      path: pathname,
      query: {},
      headers: { host, 'content-type': 'application/json' },
      body: JSON.stringify({ query: mutation, variables: { status } }),
    };
    try {
      const { headers, body } = await signer.sign(request);
      const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(longest_ms) });
      const text = await response.text();
      if (!response.ok) throw new Error(`HTTP ${response.status}: ${text.slice(0, 500)}`);
      const [error] = answerSchema.parse(JSON.parse(text)).errors;
      if (error !== undefined) throw new Error(`${error.errorType ?? 'GraphQL'}: ${error.message}`);
    } catch (error) {
      log.error('watchers not told', { device_id, ...errorDetails(error) });
    }
  };
}
