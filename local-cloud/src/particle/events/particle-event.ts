import { randomUUID } from 'node:crypto';

/** One event in the cloud, as streams and integrations see it. */
export interface ParticleEvent {
  readonly event_id: string;
  readonly name: string;
  readonly data: string;
  /** RFC 3339, with milliseconds. */
  readonly published_at: string;
  /** The device's id, `api` for an event that the API published, `particle-internal` for one of an integration. */
  readonly coreid: string;
  /** Of which product, and of whose sandbox. */
  readonly product_id: number | null;
  readonly owner: string | null;
  /** Version of the product firmware. */
  readonly version: number | null;
}

/** The device, or other source, that publishes. */
export interface EventSource {
  readonly coreid: string;
  readonly product_id: number | null;
  readonly owner: string | null;
}

export function newEvent(now: number, source: EventSource, name: string, data: string): ParticleEvent {
  return {
    event_id: randomUUID(),
    name,
    data,
    published_at: new Date(now).toISOString(),
    coreid: source.coreid,
    product_id: source.product_id,
    owner: source.owner,
    version: null,
  };
}
