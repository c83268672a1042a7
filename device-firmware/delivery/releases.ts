import type { ParticleProduct, ProductFirmware } from './particle-api.ts';

/**
 * The version that the devices of a group are to run: what is released to the group, or else the product's default ("OTA Firmware Updates", firmware precedence rules); undefined when there is
 * neither.
 */
export function releasedTo(versions: readonly ProductFirmware[], group: string): number | undefined {
  const own = versions.filter(({ groups }) => groups.includes(group));
  const counted = own.length > 0 ? own : versions.filter(({ product_default }) => product_default);
  return counted.map(({ version }) => version).sort((one, other) => other - one)[0];
}

/**
 * Releases a version to a group, and leaves everything else that it is released to as Particle says it at this moment: its other groups, and whether it is the product's default. Rejects for a
 * version that Particle doesn't have.
 */
export async function releaseTo(particle: ParticleProduct, group: string, version: number): Promise<void> {
  const released = (await particle.firmware()).find((one) => one.version === version);
  if (released === undefined) throw new Error(`Particle has no firmware ${version}`);
  await particle.release({ version, groups: [...new Set([...released.groups, group])], product_default: released.product_default });
}
