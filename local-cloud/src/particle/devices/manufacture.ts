import { createHash } from 'node:crypto';
import { BORON } from '../documented.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { DeviceRecord } from '../state/records.ts';

/**
 * Makes devices' ids known, as Particle's factory does: Borons that nobody owns. Those that are known stay as they are. Serial number,
 * ICCID and IMEI are derived from the id, in their own forms, so that they are the same each time. Answers how many are new.
 */
export function manufacture(state: ParticleState, ids: readonly string[], now: number): number {
  const fresh = [...new Set(ids.map((id) => id.toLowerCase()))].filter((id) => state.devices.get(id) === undefined);
  for (const id of fresh) if (!/^[0-9a-f]{24}$/.test(id)) throw new Error(`not a device id of 24 hexadecimal digits: ${id}`);
  state.together(() => {
    for (const id of fresh) state.devices.put(id, newDevice(id, now));
  });
  return fresh.length;
}

function newDevice(id: string, now: number): DeviceRecord {
  const digits = digitsOf(id);
  return {
    id,
    platform_id: BORON,
    serial_number: `B40HAB${digits.slice(0, 9)}`,
    iccid: `890141${digits.slice(9, 22)}`,
    imei: `3572${digits.slice(22, 33)}`,
    manufactured_at: now,
    name: null,
    notes: null,
    owner: null,
    product_id: null,
    groups: [],
    development: false,
    denied: false,
    functions: [],
    variables: {},
    last_heard: null,
    last_handshake_at: null,
    vitals: null,
    location: null,
  };
}

/** 40 decimal digits that belong to the id. */
function digitsOf(id: string): string {
  return BigInt(`0x${createHash('sha256').update(id).digest('hex')}`)
    .toString()
    .padStart(40, '0')
    .slice(-40);
}
