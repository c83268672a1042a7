import { join } from 'node:path';
import { inject, vi } from 'vitest';
import { z } from 'zod';
import type { ControlCommand } from '../../src/fleet/control-commands.ts';
import { readFieldFile } from '../../src/fleet/field-file.ts';

const controller = z.looseObject({ device_id: z.string(), particle_id: z.string(), power: z.boolean(), online: z.boolean() });
/** How a device in the field stands; `device_id` is the field's own name for it. */
export type Controller = z.output<typeof controller>;

/** What `npm run fleet` can do to the devices of the running system. */
export class FieldControllers {
  readonly #directory: string;

  constructor(directory: string = inject('systemDirectory')) {
    this.#directory = directory;
  }

  /** Answers how the device stands after it. Throws what the field refuses. */
  async order(command: Extract<ControlCommand, { verb: 'new' | 'status' | 'network-cut' | 'power-cut' | 'clear' }>): Promise<Controller> {
    return controller.parse(await this.#post(command));
  }

  /** Mounts a controller fresh from the factory, and waits until it is on the line with Particle. */
  async mounted(): Promise<Controller> {
    const { device_id: device } = await this.order({ verb: 'new' });
    return vi.waitFor(
      async () => {
        const now = await this.order({ verb: 'status', device });
        if (!now.online) throw new Error(`${device} is not online`);
        return now;
      },
      { timeout: 60_000, interval: 50 },
    );
  }

  async #post(command: ControlCommand): Promise<unknown> {
    const field = readFieldFile(join(this.#directory, 'field'));
    if (field === undefined) throw new Error('no field runs');
    const response = await fetch(field.control_url, {
      method: 'POST',
      headers: { authorization: `Bearer ${field.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(command),
    });
    if (!response.ok) throw new Error(`the field answered ${response.status}: ${await response.text()}`);
    return response.json();
  }
}
