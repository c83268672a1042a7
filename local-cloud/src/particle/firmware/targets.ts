import type { ParticleState } from '../state/particle-state.ts';
import type { DeviceRecord, ProductFirmware } from '../state/records.ts';

/** The versions of a product's firmware, the newest first. */
export function firmwareOf(state: ParticleState, product_id: number): ProductFirmware[] {
  return [...state.firmware.values()].filter((one) => one.product_id === product_id).sort((one, other) => other.version - one.version);
}

/**
 * The release that a device is targeted by: that of its groups, of several the highest version; or the product's default ("OTA Firmware Updates", firmware
 * precedence rules). A development device gets none.
 */
export function releasedTo(state: ParticleState, record: DeviceRecord): ProductFirmware | undefined {
  if (record.product_id === null || record.development) return undefined;
  const versions = firmwareOf(state, record.product_id);
  return (
    versions.find(({ groups }) => groups.some((group) => record.groups.includes(group))) ??
    versions.find(({ product_default }) => product_default)
  );
}

/** The firmware that a device is to run: what it is locked to goes before every release, and a development device ignores both. */
export function targetOf(state: ParticleState, record: DeviceRecord): ProductFirmware | undefined {
  if (record.development) return undefined;
  const locked = record.desired_firmware_version;
  return locked === undefined ? releasedTo(state, record) : state.firmware.get(`${record.product_id}/${locked}`);
}
