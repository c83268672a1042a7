import type { Clock } from '../clock.ts';
import { RESPONSE_CHUNK_BYTES } from '../documented.ts';
import type { EventHub } from '../events/event-hub.ts';
import { newEvent, type ParticleEvent } from '../events/particle-event.ts';
import type { Integration } from '../state/records.ts';
import { compile, compileValue, dataVariables, viewOf } from './template.ts';

/** Tells streams what became of a webhook: hook-sent, hook-response, hook-error (Webhook reference, "Sequence of events"). */
export class WebhookEvents {
  readonly #hub: EventHub;
  readonly #clock: Clock;

  constructor(hub: EventHub, clock: Clock) {
    this.#hub = hub;
    this.#clock = clock;
  }

  /** Nobody listens: nothing needs to be told, nor a response to be read. */
  get idle(): boolean {
    return this.#hub.listeners === 0;
  }

  sent(event: ParticleEvent): void {
    if (!this.idle) this.#tell(event, `hook-sent/${event.name}`, 'undefined');
  }

  failed({ settings }: Integration, event: ParticleEvent, message: string): void {
    if (this.idle) return;
    const topic = compile(settings.errorResponseTopic ?? 'hook-error/{{{PARTICLE_EVENT_NAME}}}');
    this.#tell(event, `${topic(viewOf(event))}/0`, message);
  }

  /** In pieces of 512 bytes, by the response template where there is one. */
  answered({ settings, product_id }: Integration, event: ParticleEvent, response: string): void {
    if (this.idle || response === '') return;
    const usual =
      product_id === null ? 'hook-response/{{{PARTICLE_EVENT_NAME}}}' : '{{{PARTICLE_DEVICE_ID}}}/hook-response/{{{PARTICLE_EVENT_NAME}}}';
    const topic = compile(settings.responseTopic ?? usual)(viewOf(event));
    const text = settings.responseTemplate === undefined ? response : fill(settings.responseTemplate, response, event);
    const pieces = settings.unchunked ? [text] : chunks(text);
    for (const [index, piece] of pieces.entries()) this.#tell(event, `${topic}/${index}`, piece);
  }

  #tell({ product_id, owner }: ParticleEvent, name: string, data: string): void {
    this.#hub.publishToStreams(newEvent(this.#clock.now(), { coreid: 'particle-internal', product_id, owner }, name, data));
  }
}

function fill(template: string | Readonly<Record<string, unknown>>, response: string, event: ParticleEvent): string {
  const view = { ...viewOf(event), ...dataVariables(response) };
  const filled = compileValue(template)(view);
  return typeof filled === 'string' ? filled : JSON.stringify(filled);
}

/** Pieces of at most 512 bytes; one that would end within a character's bytes carries U+FFFD there, as a cut text does. */
export function chunks(text: string): string[] {
  const bytes = Buffer.from(text);
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += RESPONSE_CHUNK_BYTES) pieces.push(bytes.toString('utf8', at, at + RESPONSE_CHUNK_BYTES));
  return pieces;
}
