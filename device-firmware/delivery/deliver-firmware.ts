import type { BoronProject } from './boron-project.ts';
import type { ParticleProduct, ProductDevice, ProductFirmware } from './particle-api.ts';

/** Of ten devices that were online when a firmware was released, nine must run it in time: one may lose its network in that moment, and its group is not to go back for it. */
const MUST_RUN_PCT = 90;

export interface Delivery {
  readonly particle: ParticleProduct;
  readonly project: BoronProject;
  /** The device group of the stage. */
  readonly group: string;
  /** Whether the stage goes back to an earlier revision: only then may it get a lower version. */
  readonly goes_back: boolean;
  /** What the firmware is called at Particle. */
  readonly title: string;
  /** How long devices have to report the version. */
  readonly wait_ms: number;
  readonly clock: { now(): number; sleep(ms: number): Promise<void> };
  readonly say: (line: string) => void;
}

const POLL_MS = 5_000;

/** How the sources of a version are noted at Particle: in its description. */
const sourcesOf = ({ hash }: BoronProject): string => `sources sha256:${hash}`;

/** The version that is released to a group; undefined when none is. */
export const releasedTo = (versions: readonly ProductFirmware[], group: string): number | undefined =>
  versions
    .filter(({ groups }) => groups.includes(group))
    .map(({ version }) => version)
    .sort((one, other) => other - one)[0];

/**
 * Brings a firmware to the devices of a group: compiled and uploaded when the product doesn't have the version, tried on one device when none has ever got it by a release (Particle releases nothing that
 * no device runs), released, and waited for. Rejects when that can't be done or devices that are online don't report the version in time; then the group has the release back that it had.
 */
export async function deliverFirmware(delivery: Delivery): Promise<void> {
  const { particle, project, group, say } = delivery;
  const versions = await particle.firmware();
  const known = versions.find(({ version }) => version === project.version);
  const before = releasedTo(versions, group);
  if (known !== undefined && known.description?.includes(sourcesOf(project)) !== true)
    throw new Error(`Firmware ${project.version} is at Particle with other sources: count PRODUCT_VERSION and kProductVersion up`);
  if (before !== undefined && before > project.version && !delivery.goes_back)
    throw new Error(
      `The group ${group} has firmware ${before}, and this is ${project.version}: count PRODUCT_VERSION and kProductVersion up`,
    );
  if (known === undefined) await upload(delivery);
  const devices = (await particle.devicesOf(group)).filter(({ development }) => !development);
  const online = devices.filter((device) => device.online);
  const [first] = online;
  if (first === undefined)
    throw new Error(`No device of the group ${group} is online: nothing could tell whether the firmware works. Try again later`);
  try {
    const ranEver = (known?.groups.length ?? 0) > 0 || devices.some(({ firmware_version }) => firmware_version === project.version);
    if (!ranEver) await tryOn(delivery, first);
    if (before === project.version) say(`The group ${group} has firmware ${project.version} already.`);
    else {
      await particle.release(project.version, [...new Set([...(known?.groups ?? []), group])]);
      say(`Firmware ${project.version} is released to the group ${group}: ${devices.length} devices, ${online.length} of them online.`);
    }
    await expectRunning(delivery, online);
  } catch (error) {
    await goBack(delivery, versions, before);
    throw error;
  }
}

async function upload({ particle, project, title, say }: Delivery): Promise<void> {
  const binary = await particle.compile(project.files);
  say(`Compiled: ${binary.length} bytes.`);
  await particle.upload({ version: project.version, title, description: sourcesOf(project), binary });
  say(`Firmware ${project.version} is uploaded to the product.`);
}

async function tryOn(delivery: Delivery, device: ProductDevice): Promise<void> {
  const { particle, project, say } = delivery;
  say(`One device first: ${device.id}`);
  await particle.lock(device.id, project.version);
  try {
    await expectRunning(delivery, [device]);
  } finally {
    await particle.lock(device.id, null);
  }
}

/** Waits until so many of these devices run the version as must. */
async function expectRunning(
  { particle, project, group, wait_ms, clock, say }: Delivery,
  devices: readonly ProductDevice[],
): Promise<void> {
  const asked = new Set(devices.map(({ id }) => id));
  const enough = Math.ceil((asked.size * MUST_RUN_PCT) / 100);
  const until = clock.now() + wait_ms;
  for (let said = -1; ; ) {
    const running = (await particle.devicesOf(group)).filter(
      ({ id, firmware_version }) => asked.has(id) && firmware_version === project.version,
    );
    if (running.length !== said) say(`${running.length} of ${asked.size} devices run firmware ${project.version}.`);
    said = running.length;
    if (said >= enough) return;
    if (clock.now() >= until)
      throw new Error(
        `Only ${said} of the ${asked.size} devices of the group ${group} that were online run firmware ${project.version} after ${Math.round(wait_ms / 60_000)} minutes`,
      );
    await clock.sleep(POLL_MS);
  }
}

async function goBack(
  { particle, project, group, say }: Delivery,
  versions: readonly ProductFirmware[],
  before: number | undefined,
): Promise<void> {
  if (before === undefined) say(`The group ${group} had no release before: there is none to go back to.`);
  else if (before === project.version) say(`The group ${group} had this firmware before, too: it keeps it.`);
  else {
    const groups = versions.find(({ version }) => version === before)?.groups ?? [];
    await particle.release(before, [...new Set([...groups, group])]);
    say(`The group ${group} has firmware ${before} back.`);
  }
}
