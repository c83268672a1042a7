import type { ProductDevice } from './particle-api.ts';

/** A device sends at least every 15 minutes and is silent after 5 more (PROTOCOL.md, "The second of a pack"); Particle shows a power cut only after 46. */
const LATELY_MS = 20 * 60_000;

/** At least so many of the devices that get a release must be able to judge it: fewer say nothing of the group. More would hold every release up where nights and power cuts take devices away. */
const LEAST_JUDGES_PCT = 25;

/** Whether a release to its group reaches a device: neither a development device nor one that somebody has locked to another version. */
export const isReached = ({ development, desired_firmware_version: locked }: ProductDevice, version: number): boolean =>
  !development && (locked ?? version) === version;

/**
 * The devices of a group by which a version is judged: those that a release reaches and that were heard lately.
 *
 * @param now ms since 1970
 * @returns at least one device. Throws an Error that says who can't judge, and why, when too few can.
 */
export function judgesOf(
  group: string,
  devices: readonly ProductDevice[],
  version: number,
  now: number,
): readonly [ProductDevice, ...ProductDevice[]] {
  if (devices.length === 0)
    throw new Error(
      `The group ${group} has no devices, so nobody can tell whether the firmware works. Nothing is released; put devices into it`,
    );
  const reached = devices.filter((device) => isReached(device, version));
  const online = reached.filter((device) => device.online);
  const [first, ...others] = online.filter(({ last_heard }) => now - (last_heard?.getTime() ?? Number.NEGATIVE_INFINITY) <= LATELY_MS);
  const judging = first === undefined ? 0 : 1 + others.length;
  if (first !== undefined && judging * 100 >= reached.length * LEAST_JUDGES_PCT) return [first, ...others];
  const development = devices.filter((device) => device.development).length;
  const why = [
    [reached.length - online.length, 'offline'],
    [online.length - judging, `online but silent for ${LATELY_MS / 60_000} minutes`],
    [devices.length - reached.length - development, 'locked to another version'],
    [development, 'development devices'],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  throw new Error(
    `${judging === 0 ? 'None' : `Only ${judging}`} of the ${devices.length} devices of the group ${group} can tell whether the firmware works` +
      `${why.length === 0 ? '' : ` (${why.join(', ')})`}: ${LEAST_JUDGES_PCT} % of those that get it must. Nothing is released; try again later`,
  );
}
