import { Access } from './access/access.ts';
import { clientRoutes, oauthRoutes } from './access/oauth-routes.ts';
import { teamRoutes } from './access/team-routes.ts';
import { userRoutes } from './access/user-routes.ts';
import { CALL_TIMEOUT_MS } from './chosen.ts';
import { type Clock, realClock } from './clock.ts';
import type { DeviceCloud } from './device-link.ts';
import { callRoutes } from './devices/call-routes.ts';
import { deviceRoutes } from './devices/device-routes.ts';
import { locationRoutes, publishLocation } from './devices/locations.ts';
import { manufacture } from './devices/manufacture.ts';
import { productDeviceRoutes } from './devices/product-device-routes.ts';
import { publishVitals, vitalsRoutes } from './devices/vitals.ts';
import { EventHub } from './events/event-hub.ts';
import { eventRoutes } from './events/event-routes.ts';
import { EventStreams } from './events/event-stream.ts';
import { compileRoutes } from './firmware/compile-routes.ts';
import { Compiler } from './firmware/compiler.ts';
import { firmwareRoutes } from './firmware/firmware-routes.ts';
import { FirmwareUpdates } from './firmware/firmware-updates.ts';
import { listen } from './http/api-server.ts';
import { localRoutes } from './http/local-routes.ts';
import { Deliveries, type DeliveryOptions } from './integrations/deliveries.ts';
import type { DeliveryCounts } from './integrations/delivery-counts.ts';
import { integrationRoutes } from './integrations/integration-routes.ts';
import { WebhookEvents } from './integrations/webhook-events.ts';
import { Webhooks } from './integrations/webhooks.ts';
import { ledgerRoutes } from './ledgers/ledger-routes.ts';
import { Ledgers } from './ledgers/ledgers.ts';
import { type Seed, seed } from './seed.ts';
import { DeviceSessions } from './sessions/device-sessions.ts';
import { ParticleState } from './state/particle-state.ts';
import { type TellSpan, TraceSpans } from './trace-spans.ts';

export interface ParticleCloudOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** A SQLite file, which is made when it isn't there, or `:memory:`. */
  readonly file: string;
  readonly clock?: Clock;
  /** How long a called device may take to answer; 30 seconds unless told. */
  readonly callTimeout_ms?: number;
  /** How many bytes of event data a device's modem takes; 1,024 unless told, 782 or 622 with some (Device OS reference). */
  readonly maxEventDataBytes?: (particle_id: string) => number;
  readonly deliveries?: DeliveryOptions;
  /** Hears of publishes that trigger webhooks, of their deliveries, and of requests that come with a tracing header. */
  readonly onSpan?: TellSpan;
}

export interface ParticleCloud {
  /** Where particle-api-js finds it: its `baseUrl`. */
  readonly url: string;
  /** Where devices connect. */
  readonly link: DeviceCloud;
  /** Makes devices' ids known; answers how many are new. */
  manufacture(ids: readonly string[]): number;
  /** The owner's account, the product, and the API user whose token this is. Idempotent. */
  seed(): Seed;
  counts(): DeliveryCounts;
  /** Deliveries that wait are given up; what is kept is written. */
  stop(): Promise<void>;
}

/** Starts the stand-in for Particle's Device Cloud on 127.0.0.1. Rejects when the port is taken. */
export async function startParticleCloud(options: ParticleCloudOptions): Promise<ParticleCloud> {
  const clock = options.clock ?? realClock;
  const state = new ParticleState(options.file);
  const access = new Access(state, clock);
  const hub = new EventHub();
  const streams = new EventStreams(hub);
  const sessions = new DeviceSessions(state, hub, clock, { maxEventDataBytes: options.maxEventDataBytes });
  const webhooks = new Webhooks(state);
  const traces = options.onSpan === undefined ? undefined : new TraceSpans(options.onSpan);
  const deliveries = new Deliveries(webhooks, new WebhookEvents(hub, clock), clock, { traces, ...options.deliveries });
  const ledgers = new Ledgers(state, sessions, clock);
  const updates = new FirmwareUpdates(state, sessions, clock);
  const compiler = new Compiler();
  hub.triggers((event) => deliveries.trigger(event));
  sessions.greetWith((session) => publishVitals(session, clock));
  sessions.greetWith((session) => publishLocation(session, clock, 'time', session.published + 1));
  sessions.greetWith((session) => updates.greet(session));
  const make = (ids: readonly string[]) => manufacture(state, ids, clock.now());
  let url = '';
  const { server, url: bound } = await listen(
    [
      ...oauthRoutes(state, access, clock),
      ...clientRoutes(state, access),
      ...userRoutes(state, access),
      ...teamRoutes(state, access, clock),
      ...deviceRoutes(state, access, sessions, clock),
      ...productDeviceRoutes(state, access, { sessions, updates, clock }),
      ...firmwareRoutes(state, access, updates, clock),
      ...compileRoutes(state, access, compiler, clock),
      ...callRoutes(access, sessions, clock, options.callTimeout_ms ?? CALL_TIMEOUT_MS, traces),
      ...vitalsRoutes(access, sessions, clock),
      ...locationRoutes(state, access, sessions),
      ...eventRoutes(access, hub, streams, clock),
      ...integrationRoutes(access, webhooks, clock, () => url),
      ...ledgerRoutes(state, access, ledgers, clock),
      ...localRoutes(make, () => deliveries.counts()),
    ],
    options.port,
    traces,
  );
  url = bound;
  return {
    url,
    link: sessions,
    manufacture: make,
    seed: () => seed(state, clock),
    counts: () => deliveries.counts(),
    stop: async () => {
      sessions.close();
      deliveries.close();
      await compiler.stop();
      streams.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      state.close();
    },
  };
}
