import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type EventKind, textOption } from '../event-kind.ts';

/** A registration, as an operator or a program invokes the function with it. */
export const registerDevice: EventKind = {
  name: 'register-device',
  sentence: 'a registration, as an operator invokes the function with it',
  functions: ['ingest/register-device'],
  sources: ['direct invocation of ingest/register-device'],
  options: {
    device: {
      type: 'string',
      value: '<id>',
      sentence: 'one that is registered already, which changes nothing; a new one at the first demo device’s site unless told',
    },
    particle: {
      type: 'string',
      value: '<particle_id>',
      sentence: 'of the new controller, as `npm run fleet -- new` prints it; one that Particle does not know unless told',
    },
  },
  edits: 'the registration’s fields: --set name="North well", --set pack_minutes=5',
  content: async (options, where) => {
    const id = textOption(options, 'device');
    const { device_id, particle_id, name, path, time_zone, pack_minutes } = await where.device(id);
    const site = path.slice(0, path.lastIndexOf('/'));
    if (id !== undefined) return { device_id, particle_id, name, path: site, time_zone, pack_minutes };
    const particle = textOption(options, 'particle') ?? randomBytes(12).toString('hex');
    return { device_id: `pump-${particle.slice(-6)}`, particle_id: particle, name: 'A new pump', path: site, time_zone, pack_minutes };
  },
  event: async (content) => content,
  shape: z.looseObject({ particle_id: z.unknown(), path: z.unknown() }),
};
