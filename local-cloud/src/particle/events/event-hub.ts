import type { ParticleEvent } from './particle-event.ts';

/** Which events a stream is for: all that is given must hold. */
export interface EventFilter {
  readonly prefix: string;
  readonly product_id?: number;
  readonly owner?: string;
  readonly coreid?: string;
}

export interface Listener {
  readonly filter: EventFilter;
  take(event: ParticleEvent): void;
}

/** Where every event passes: streams get what their filter lets through, and whatever a device or the API published may trigger integrations. */
export class EventHub {
  readonly #listeners = new Set<Listener>();
  #trigger: (event: ParticleEvent) => void = () => {};

  /** Who is asked about every event that may trigger an integration. */
  triggers(trigger: (event: ParticleEvent) => void): void {
    this.#trigger = trigger;
  }

  /** The answer ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  publish(event: ParticleEvent): void {
    this.publishToStreams(event);
    this.#trigger(event);
  }

  /** For events of webhooks themselves: they can't trigger webhooks (Webhook reference, "Sequence of events"). */
  publishToStreams(event: ParticleEvent): void {
    for (const listener of this.#listeners) if (passes(listener.filter, event)) listener.take(event);
  }
}

function passes({ prefix, product_id, owner, coreid }: EventFilter, event: ParticleEvent): boolean {
  return (
    event.name.startsWith(prefix) &&
    (product_id === undefined || event.product_id === product_id) &&
    (owner === undefined || event.owner === owner) &&
    (coreid === undefined || event.coreid === coreid)
  );
}
