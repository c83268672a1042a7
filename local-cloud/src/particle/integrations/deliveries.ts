import { CONNECTIONS_PER_HOST } from '../chosen.ts';
import type { Clock } from '../clock.ts';
import { RETRY_AFTER_MS, SLEEPING } from '../documented.ts';
import type { ParticleEvent } from '../events/particle-event.ts';
import type { TraceSpans } from '../trace-spans.ts';
import { type DeliveryCounts, Latencies } from './delivery-counts.ts';
import { type Delivery, HostQueue } from './host-queue.ts';
import { HostRating } from './host-rating.ts';
import { HttpSender, isUnwritable } from './http-sender.ts';
import { seededRandom } from './seeded-random.ts';
import { isThisMachine } from './this-machine.ts';
import type { WebhookEvents } from './webhook-events.ts';
import type { WebhookRequest } from './webhook-request.ts';
import type { PreparedWebhook, Webhooks } from './webhooks.ts';

export interface DeliveryOptions {
  /** Requests at the same time to one host and port. */
  readonly connections_per_host?: number;
  /** Share of deliveries, 0 to 1, that are made twice, as after a lost acknowledgement. */
  readonly duplicate_share?: number;
  /** Out of how many that wait the next one is picked at random; 1 keeps the order. */
  readonly reorder_window?: number;
  readonly seed?: number;
  readonly timeout_ms?: number;
  /** Each event that triggers a webhook begins a trace. */
  readonly traces?: TraceSpans | undefined;
}

/**
 * Brings events to webhooks: at least once in the sense of the Webhook reference ("Ordering and duplicates"), in no promised order, and
 * given up when a server fails. What waits is in memory only, as far as anyone outside Particle can tell.
 */
export class Deliveries {
  readonly #webhooks: Webhooks;
  readonly #told: WebhookEvents;
  readonly #clock: Clock;
  readonly #connections: number;
  readonly #duplicateShare: number;
  readonly #reorderWindow: number;
  readonly #random: () => number;
  readonly #sender: HttpSender;
  readonly #traces: TraceSpans | undefined;
  readonly #queues = new Map<string, HostQueue>();
  readonly #ratings = new Map<string, HostRating>();
  readonly #latencies = new Latencies();
  readonly #retries = new Set<() => void>();
  readonly #counts = { triggered: 0, sent: 0, succeeded: 0, failed: 0, skipped: 0, retried: 0, dropped: 0, duplicated: 0 };
  #closed = false;

  constructor(webhooks: Webhooks, told: WebhookEvents, clock: Clock, options: DeliveryOptions) {
    this.#webhooks = webhooks;
    this.#told = told;
    this.#clock = clock;
    this.#connections = options.connections_per_host ?? CONNECTIONS_PER_HOST;
    this.#duplicateShare = options.duplicate_share ?? 0;
    this.#reorderWindow = options.reorder_window ?? 1;
    this.#traces = options.traces;
    this.#random = seededRandom(options.seed ?? 1);
    this.#sender = new HttpSender(this.#connections, options.timeout_ms);
  }

  /** Queues the event for each webhook that it triggers. */
  trigger(event: ParticleEvent): void {
    const triggered = this.#webhooks.triggeredBy(event);
    const publish = triggered.length === 0 ? undefined : this.#traces?.begin();
    const delivery = (webhook: PreparedWebhook): Delivery => {
      const span = publish === undefined ? undefined : this.#traces?.below(publish);
      return { webhook, event, at: this.#clock.now(), skips: 0, span };
    };
    for (const webhook of triggered) {
      this.#queue(delivery(webhook));
      if (this.#duplicateShare > 0 && this.#random() < this.#duplicateShare) {
        this.#counts.duplicated += 1;
        this.#queue(delivery(webhook));
      }
    }
    if (publish === undefined) return;
    const attributes = {
      event_name: event.name,
      event_id: event.event_id,
      particle_id: event.coreid,
      bytes: Buffer.byteLength(event.data),
    };
    this.#traces?.end(publish, { operation: 'publish', resource: event.coreid, attributes });
  }

  counts(): DeliveryCounts {
    let queued = 0;
    let in_flight = 0;
    for (const queue of this.#queues.values()) {
      queued += queue.length;
      in_flight += queue.running;
    }
    const [latency_p50_ms, latency_p99_ms] = this.#latencies.percentiles(0.5, 0.99);
    return {
      ...this.#counts,
      queued,
      in_flight,
      waiting: this.#retries.size,
      latency_p50_ms: latency_p50_ms ?? null,
      latency_p99_ms: latency_p99_ms ?? null,
    };
  }

  /** Gives up what waits and what is on its way. */
  close(): void {
    this.#closed = true;
    for (const stop of this.#retries) stop();
    this.#retries.clear();
    this.#queues.clear();
    this.#sender.close();
  }

  #queue(delivery: Delivery): void {
    this.#counts.triggered += 1;
    this.#enqueue(delivery);
  }

  #enqueue(delivery: Delivery): void {
    const host = hostOf(delivery.webhook.integration.settings.url);
    let queue = this.#queues.get(host);
    if (queue === undefined) {
      queue = new HostQueue();
      this.#queues.set(host, queue);
    }
    queue.add(delivery);
    this.#pump(queue);
  }

  #pump(queue: HostQueue): void {
    while (!this.#closed && queue.running < this.#connections && queue.length > 0) {
      const ahead = this.#reorderWindow > 1 ? Math.floor(this.#random() * this.#reorderWindow) : 0;
      const delivery = queue.take(ahead);
      if (delivery === undefined) return;
      queue.running += 1;
      void this.#attempt(delivery).finally(() => {
        queue.running -= 1;
        this.#pump(queue);
      });
    }
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { webhook, event } = delivery;
    let request: WebhookRequest;
    let url: URL;
    try {
      request = webhook.request(event);
      url = new URL(request.url);
      if (!isThisMachine(url)) throw new Error(`${url.hostname} is not this machine`);
    } catch (error) {
      this.#unmade(delivery, error);
      return;
    }
    const rating = this.#ratingOf(url.hostname);
    if (rating.sleeps(this.#clock.now())) {
      this.#skip(delivery);
      return;
    }
    await this.#send(delivery, request, url, rating);
  }

  async #send(delivery: Delivery, prepared: WebhookRequest, url: URL, rating: HostRating): Promise<void> {
    const { event, at, span } = delivery;
    const { integration } = delivery.webhook;
    const request = span === undefined ? prepared : { ...prepared, headers: { ...prepared.headers, 'x-amzn-trace-id': span.header } };
    this.#counts.sent += 1;
    this.#told.sent(event);
    let problem: string | undefined;
    let http_status: number | undefined;
    try {
      const { status, text } = await this.#sender.send(request, url, integration.settings.rejectUnauthorized, !this.#told.idle);
      http_status = status;
      if (status >= 200 && status < 300) this.#told.answered(integration, event, text);
      else problem = `error status ${status} from ${url.hostname}`;
    } catch (error) {
      if (this.#closed) return;
      if (isUnwritable(error)) {
        this.#unmade(delivery, error);
        return;
      }
      problem = `error: ${messageOf(error)}`;
    }
    const now = this.#clock.now();
    rating.note(problem === undefined, now);
    this.#latencies.note(now - at);
    this.#endSpan(delivery, problem === undefined ? undefined : http_status === undefined ? 'NoAnswer' : `HTTP ${http_status}`);
    if (problem === undefined) {
      this.#counts.succeeded += 1;
      return;
    }
    this.#counts.failed += 1;
    this.#told.failed(integration, event, problem);
  }

  /** What the templates gave is no request; the host is not to blame. */
  #unmade(delivery: Delivery, error: unknown): void {
    this.#counts.failed += 1;
    this.#endSpan(delivery, 'RequestNotMade');
    this.#told.failed(delivery.webhook.integration, delivery.event, `the request could not be made: ${messageOf(error)}`);
  }

  /** Webhook reference, "Limits": tried again after 30 seconds and 1 minute, then dropped. */
  #skip(delivery: Delivery): void {
    this.#counts.skipped += 1;
    this.#told.failed(delivery.webhook.integration, delivery.event, SLEEPING);
    const delay_ms = RETRY_AFTER_MS[delivery.skips];
    if (delay_ms === undefined) {
      this.#counts.dropped += 1;
      this.#endSpan(delivery, 'Dropped');
      return;
    }
    delivery.skips += 1;
    const stop = this.#clock.after(delay_ms, () => {
      this.#retries.delete(stop);
      this.#counts.retried += 1;
      this.#enqueue(delivery);
    });
    this.#retries.add(stop);
  }

  #endSpan({ span, webhook, event, skips }: Delivery, errorCode: string | undefined): void {
    if (span === undefined) return;
    // Of three tries at most: what a server answered with an error isn't sent again.
    const attributes = { event_name: event.name, particle_id: event.coreid, tries: skips + (errorCode === 'Dropped' ? 0 : 1) };
    this.#traces?.end(span, { operation: 'delivery', resource: webhook.integration.id, errorCode, attributes });
  }

  #ratingOf(hostname: string): HostRating {
    let rating = this.#ratings.get(hostname);
    if (rating === undefined) {
      rating = new HostRating();
      this.#ratings.set(hostname, rating);
    }
    return rating;
  }
}

/** Scheme, host and port as they stand in the URL's text; a template there makes a queue of its own. */
function hostOf(url: string): string {
  return /^https?:\/\/[^/?#]*/i.exec(url)?.[0] ?? url;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
