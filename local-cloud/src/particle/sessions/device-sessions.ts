import type { Clock } from '../clock.ts';
import type { DeviceCloud, DeviceSession, ParticleDevice } from '../device-link.ts';
import { OFFLINE_AFTER_MS } from '../documented.ts';
import type { EventHub } from '../events/event-hub.ts';
import { newEvent } from '../events/particle-event.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { DeviceRecord } from '../state/records.ts';
import { Session } from './session.ts';

export interface SessionOptions {
  /** How many bytes of event data this device's modem takes; 1,024 unless told. */
  readonly maxEventDataBytes?: ((particle_id: string) => number) | undefined;
}

/** What happens right after a device connected. */
export type Greeting = (session: Session) => void;

/** The devices that are connected, or that the cloud still takes for connected. */
export class DeviceSessions implements DeviceCloud {
  readonly #state: ParticleState;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  readonly #options: SessionOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #greetings: Greeting[] = [];

  constructor(state: ParticleState, hub: EventHub, clock: Clock, options: SessionOptions) {
    this.#state = state;
    this.#hub = hub;
    this.#clock = clock;
    this.#options = options;
  }

  greetWith(greeting: Greeting): void {
    this.#greetings.push(greeting);
  }

  connect(device: ParticleDevice): DeviceSession {
    const record = this.#state.devices.get(device.particle_id.toLowerCase());
    if (record === undefined)
      throw new Error(`no device ${device.particle_id} was ever manufactured: the Particle cloud does not know its key`);
    this.#endBefore(record.id);
    const session = new Session(device, record, {
      clock: this.#clock,
      hub: this.#hub,
      state: this.#state,
      maxEventDataBytes: this.#options.maxEventDataBytes?.(record.id),
      ended: (ended, how) => this.#ended(ended, how.clean),
    });
    this.#sessions.set(record.id, session);
    const now = this.#clock.now();
    Object.assign(record, {
      last_heard: now,
      last_handshake_at: now,
      functions: [...device.functions],
      variables: Object.fromEntries(device.variables.map((name) => [name, variableType(device.variable(name))])),
    });
    if (device.product_version === undefined) delete record.firmware_version;
    else record.firmware_version = device.product_version;
    this.#state.deviceChanged(record);
    this.#status(record, 'online');
    // After `connect` has returned, so that the device knows its session when the cloud first speaks to it.
    queueMicrotask(() => {
      for (const greeting of this.#greetings) if (session.alive) greeting(session);
    });
    return session;
  }

  /** The device's session, also one that was lost without the cloud having noticed. */
  get(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  online(id: string): boolean {
    return this.#sessions.has(id);
  }

  /** How many devices the cloud takes for online. */
  get size(): number {
    return this.#sessions.size;
  }

  close(): void {
    for (const session of this.#sessions.values()) session.forget();
    this.#sessions.clear();
  }

  /** Cloud API reference, "Connection status": what was lost unnoticed is told offline right before the device is online again. */
  #endBefore(id: string): void {
    const before = this.#sessions.get(id);
    if (before === undefined) return;
    before.forget();
    this.#offline(before);
  }

  #ended(session: Session, clean: boolean): void {
    if (this.#sessions.get(session.record.id) !== session) return;
    if (clean) {
      this.#offline(session);
      return;
    }
    const silent_ms = this.#clock.now() - (session.record.last_heard ?? 0);
    session.noticeLater(this.#clock.after(Math.max(0, OFFLINE_AFTER_MS - silent_ms), () => this.#offline(session)));
  }

  #offline(session: Session): void {
    if (this.#sessions.get(session.record.id) !== session) return;
    this.#sessions.delete(session.record.id);
    this.#status(session.record, 'offline');
  }

  #status(record: DeviceRecord, data: 'online' | 'offline'): void {
    this.#hub.publish(
      newEvent(this.#clock.now(), { coreid: record.id, product_id: record.product_id, owner: record.owner }, 'spark/status', data),
    );
  }
}

function variableType(value: string | number | undefined): string {
  if (typeof value !== 'number') return 'string';
  return Number.isInteger(value) ? 'int32' : 'double';
}
