import type { Clock } from '../clock.ts';
import type { DeviceSession, ParticleDevice } from '../device-link.ts';
import { EVENT_NAME, MAX_EVENT_DATA_BYTES } from '../documented.ts';
import type { EventHub } from '../events/event-hub.ts';
import { newEvent } from '../events/particle-event.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { DeviceRecord } from '../state/records.ts';
import { PublishRate } from './publish-rate.ts';

/** Device OS reference, "Particle.publish": a device's events may not begin so, in whatever case. */
const RESERVED = /^(spark|particle)/i;

interface SessionWorld {
  readonly clock: Clock;
  readonly hub: EventHub;
  readonly state: ParticleState;
  readonly maxEventDataBytes: number | undefined;
  ended(session: Session, how: { readonly clean: boolean }): void;
}

/** One connection of one device, from its handshake on. */
export class Session implements DeviceSession {
  readonly device: ParticleDevice;
  readonly record: DeviceRecord;
  readonly since: number;
  readonly #world: SessionWorld;
  readonly #rate: PublishRate;
  #alive = true;
  #published = 0;
  #stopNotice: () => void = () => {};

  constructor(device: ParticleDevice, record: DeviceRecord, world: SessionWorld) {
    this.device = device;
    this.record = record;
    this.#world = world;
    this.since = world.clock.now();
    this.#rate = new PublishRate(this.since);
  }

  /** Whether the device can really be reached. */
  get alive(): boolean {
    return this.#alive;
  }

  get published(): number {
    return this.#published;
  }

  async publish(name: string, data: string): Promise<boolean> {
    if (!this.#alive) return false;
    if (!EVENT_NAME.test(name) || RESERVED.test(name)) return false;
    if (Buffer.byteLength(data) > (this.#world.maxEventDataBytes ?? MAX_EVENT_DATA_BYTES)) return false;
    if (!this.#rate.take(this.#world.clock.now())) return false;
    this.emit(name, data);
    return true;
  }

  /** An event of this device, whoever had the reason for it; not held against its rate. */
  emit(name: string, data: string): void {
    const { clock, hub } = this.#world;
    const { id, product_id, owner } = this.record;
    this.heard();
    this.#published += 1;
    hub.publish(newEvent(clock.now(), { coreid: id, product_id, owner }, name, data));
  }

  /** The device said something. */
  heard(): void {
    this.record.last_heard = this.#world.clock.now();
    this.#world.state.deviceChanged(this.record);
  }

  disconnect(how: { readonly clean: boolean }): void {
    if (!this.#alive) return;
    this.#alive = false;
    if (how.clean) this.heard();
    this.#world.ended(this, how);
  }

  /** Ends it without a word: another session took its place, or the cloud stops. */
  forget(): void {
    this.#alive = false;
    this.#stopNotice();
  }

  /** `stop` calls off the moment at which the cloud notices that the device is gone. */
  noticeLater(stop: () => void): void {
    this.#stopNotice = stop;
  }
}
