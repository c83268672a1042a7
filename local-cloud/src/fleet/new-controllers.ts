import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { type FleetDevice, fleetDevice } from './fleet-device.ts';

const kept = z.array(fleetDevice);

/** Where somebody mounts a controller that nobody has told a place for: a ranch near Paonia, Colorado. */
const WORKSHOP = { lat: 38.87, lon: -107.59, time_zone: 'America/Denver' };

/**
 * Controllers fresh from the factory that a developer has mounted: they run, and no cloud knows them until somebody registers them. They are there again
 * when the field starts anew.
 */
export class NewControllers {
  readonly #file: string | undefined;
  readonly #devices: FleetDevice[];

  /** @param file Where they are kept; undefined: nowhere. Throws when the file isn't what it should be. */
  constructor(file: string | undefined) {
    this.#file = file;
    this.#devices = file !== undefined && existsSync(file) ? kept.parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
  }

  get all(): readonly FleetDevice[] {
    return this.#devices;
  }

  /** One more, mounted a mile from another device, or at the workshop. Its id is the field's own name for it: the cloud gives it another. */
  mount(beside?: FleetDevice): FleetDevice {
    const place = beside ?? WORKSHOP;
    const device_id = `new-${randomBytes(3).toString('hex')}`;
    const device: FleetDevice = {
      device_id,
      particle_id: randomBytes(12).toString('hex'),
      name: 'New pump',
      site: `/new/${device_id}`,
      lat: Math.round((place.lat + 0.015) * 1000) / 1000,
      lon: place.lon,
      time_zone: place.time_zone,
      kind: 'tank',
    };
    this.#devices.push(device);
    if (this.#file !== undefined) {
      const temporary = `${this.#file}.${process.pid}`;
      writeFileSync(temporary, `${JSON.stringify(this.#devices, null, 2)}\n`, { mode: 0o600 });
      renameSync(temporary, this.#file);
    }
    return device;
  }
}
