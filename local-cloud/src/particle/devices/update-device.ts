import { z } from 'zod';
import { GROUP_NAME } from '../documented.ts';
import { badRequest, notCarriedOut } from '../http/api-error.ts';
import { count, flag, read } from '../http/fields.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { DeviceRecord } from '../state/records.ts';

const fields = z.strictObject({
  name: z.string().min(1).nullable().optional(),
  notes: z.string().nullable().optional(),
  development: flag.optional(),
  groups: z
    .union([z.array(z.string()), z.string().transform((text) => text.split(',').filter((group) => group !== ''))])
    .pipe(z.array(z.string().regex(GROUP_NAME)))
    .optional(),
  /** null, or in a form an empty text, unlocks. */
  desired_firmware_version: z.union([z.null(), z.literal('').transform(() => null), count]).optional(),
  /** Sends it at once when the device is online. */
  flash: flag.optional(),
});

const OF_A_PRODUCT = ['development', 'groups', 'desired_firmware_version', 'flash'] as const;
/** What Particle can do with the same request, and the stand-in can't. */
const REFUSED = [
  'signal',
  // particle-api-js's flashDevice sends these with its files.
  'latest',
  'build_target_version',
  'firmware_updates_forced',
  'denied',
  'file',
  'file_type',
  'app_id',
  'product_id',
  'gateway_id',
];

/**
 * Renames a device, or changes its notes, development mark or groups; answers what was changed (Cloud API reference, "Rename a device",
 * "Mark product development device", "Assign groups to a device", "Lock product device"). 501 for signals and files.
 */
export function updateDevice(
  state: ParticleState,
  record: DeviceRecord,
  body: Readonly<Record<string, unknown>>,
  ofProduct: boolean,
  now: number,
) {
  for (const name of REFUSED) if (body[name] !== undefined) throw notCarriedOut(`PUT of a device's ${name}`);
  const given = read(fields, body);
  if (!ofProduct)
    for (const name of OF_A_PRODUCT) if (given[name] !== undefined) throw badRequest(`${name}: only for a device of a product`);
  const changed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  if (Object.keys(changed).length === 0) throw badRequest('nothing to change');
  const { flash: _, desired_firmware_version: locked, ...kept } = changed;
  if (typeof locked === 'number') {
    if (state.firmware.get(`${record.product_id}/${locked}`) === undefined)
      throw badRequest(`desired_firmware_version: the product has no firmware ${locked}`);
    record.desired_firmware_version = locked;
  } else if (locked === null) delete record.desired_firmware_version;
  Object.assign(record, kept);
  state.devices.put(record.id, record);
  return { id: record.id, ...changed, updated_at: new Date(now).toISOString() };
}
