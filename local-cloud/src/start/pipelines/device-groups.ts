import type { Organization } from '@enstratus/platform/delivery';
import type { ParticleAccess } from '../particle-parameters.ts';
import { StartError } from '../progress.ts';

/** So many devices at most are in a stage before the last. */
const A_FEW = 3;

/**
 * Which device group each device belongs to: a few in the group of each stage before the last, the rest in the last one's. Stages without a group have no devices.
 *
 * @param particleIds In an order that stays.
 */
export function spreadOverGroups(particleIds: readonly string[], { stages }: Pick<Organization, 'stages'>): Map<string, string> {
  const groups = stages.flatMap(({ particle_group }) => (particle_group === undefined ? [] : [particle_group]));
  const last = groups.length - 1;
  const few = Math.max(1, Math.min(A_FEW, Math.floor(particleIds.length / Math.max(1, groups.length))));
  return new Map(
    particleIds.flatMap((id, index) => {
      const group = groups[Math.min(last, Math.floor(index / few))];
      return group === undefined ? [] : [[id, group] as const];
    }),
  );
}

/** Puts devices into their groups at Particle, as an operator does once; those of the product that are in one already stay there. Rejects with StartError. */
export async function assignDeviceGroups(
  { url, product, accessToken }: ParticleAccess,
  groups: ReadonlyMap<string, string>,
): Promise<void> {
  const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
  for (const [id, group] of groups) {
    const device = `${url}/v1/products/${product}/devices/${id}`;
    const known = await fetch(device, { headers });
    if (known.ok && ((await known.json()) as { groups: string[] }).groups.length > 0) continue;
    const answer = await fetch(device, { method: 'PUT', headers, body: JSON.stringify({ groups: [group] }) });
    if (!answer.ok)
      throw new StartError(`Particle answers ${answer.status} when ${id} is to be in the group ${group}: ${await answer.text()}`);
  }
}
