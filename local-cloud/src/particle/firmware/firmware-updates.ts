import { createHash } from 'node:crypto';
import { UPDATE_AFTER_CONNECT_MS, UPDATE_TRANSFER_MS, UPDATES_AT_ONCE } from '../chosen.ts';
import type { Clock } from '../clock.ts';
import type { DeviceSessions } from '../sessions/device-sessions.ts';
import type { Session } from '../sessions/session.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { DeviceRecord } from '../state/records.ts';
import { targetOf } from './targets.ts';

/**
 * Firmware over the air: a device whose firmware is another than it is to run gets it, a few seconds after it has connected, or at once when an intelligent release or somebody with
 * `flash` says so. What the field hears of it are the events of Particle's page "Firmware update events".
 */
export class FirmwareUpdates {
  readonly #state: ParticleState;
  readonly #sessions: DeviceSessions;
  readonly #clock: Clock;
  readonly #underWay = new Set<string>();
  readonly #waiting: string[] = [];
  /** Devices that were sent a firmware and have not connected since. */
  readonly #restarting = new Set<string>();

  constructor(state: ParticleState, sessions: DeviceSessions, clock: Clock) {
    this.#state = state;
    this.#sessions = sessions;
    this.#clock = clock;
  }

  /** A device has connected. */
  greet(session: Session): void {
    const { record } = session;
    if (this.#restarting.delete(record.id)) {
      session.emit('spark/device/last_reset', 'update');
      const target = targetOf(this.#state, record);
      if (target !== undefined && target.version === record.firmware_version)
        session.emit('spark/device/app-hash', createHash('sha256').update(Buffer.from(target.binary, 'base64')).digest('hex'));
    }
    if (!this.#needs(record)) return;
    session.emit('particle/device/updates/pending', 'true');
    this.#clock.after(UPDATE_AFTER_CONNECT_MS, () => {
      if (session.alive) this.#begin(record.id);
    });
  }

  /** A release that doesn't wait for devices to connect. */
  releaseNow(product_id: number): void {
    for (const record of this.#state.devices.values()) if (record.product_id === product_id) this.flashNow(record);
  }

  /** Sends a device what it is to run, when it is online and doesn't run it. */
  flashNow(record: DeviceRecord): void {
    if (this.#needs(record) && this.#sessions.get(record.id)?.alive === true) this.#begin(record.id);
  }

  #needs(record: DeviceRecord): boolean {
    const target = targetOf(this.#state, record);
    return target !== undefined && target.version !== record.firmware_version;
  }

  #begin(id: string): void {
    if (this.#underWay.has(id) || this.#waiting.includes(id)) return;
    if (this.#underWay.size >= UPDATES_AT_ONCE) {
      this.#waiting.push(id);
      return;
    }
    const session = this.#sessions.get(id);
    const target = session === undefined ? undefined : targetOf(this.#state, session.record);
    const update = session?.device.update?.bind(session.device);
    if (session === undefined || !session.alive || target === undefined || update === undefined) return;
    this.#underWay.add(id);
    session.emit('spark/status', 'auto-update');
    session.emit('spark/flash/status', 'started ');
    this.#clock.after(UPDATE_TRANSFER_MS, () => {
      void this.#send(session, () => update(Buffer.from(target.binary, 'base64'))).finally(() => {
        this.#underWay.delete(id);
        const next = this.#waiting.shift();
        if (next !== undefined) this.#begin(next);
      });
    });
  }

  async #send(session: Session, update: () => Promise<boolean>): Promise<void> {
    if (!session.alive) {
      session.emit('spark/flash/status', 'failed ');
      return;
    }
    this.#restarting.add(session.record.id);
    const isTaken = await update();
    if (!isTaken) this.#restarting.delete(session.record.id);
    session.emit('spark/flash/status', isTaken ? 'success ' : 'failed ');
  }
}
