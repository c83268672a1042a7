import type { BoronProject } from './boron-project.ts';
import { type Expected, expectProven } from './device-proof.ts';
import { insist } from './insist.ts';
import { judgesOf } from './judges.ts';
import type { ProductDevice, ProductFirmware } from './particle-api.ts';
import { saidBy } from './particle-error.ts';
import { releasedTo, releaseTo } from './releases.ts';

export interface Delivery extends Omit<Expected, 'version'> {
  readonly project: BoronProject;
  /** Whether somebody has taken the stage back to an earlier revision: only then may it get a lower version. */
  readonly goes_back: boolean;
  /** What the firmware is called at Particle. */
  readonly title: string;
}

/** How the sources of a version are noted at Particle: in its description. */
const sourcesOf = ({ hash }: BoronProject): string => `sources sha256:${hash}`;

/**
 * Brings a firmware to the devices of a group: compiled and uploaded when the product doesn't have the version, tried on one device when it is released to nobody (Particle releases nothing that
 * no device runs), released, and waited for. Rejects when that can't be done or devices don't prove the version in time; then the group has the release back that it had, and the error says when
 * there was none, or when that failed, too.
 */
export async function deliverFirmware(delivery: Delivery): Promise<void> {
  const { particle, project, group, say } = delivery;
  const { version } = project;
  const versions = await insist(delivery, () => particle.firmware());
  const known = versions.find((one) => one.version === version);
  if (known !== undefined && known.description?.includes(sourcesOf(project)) !== true)
    throw new Error(`Firmware ${version} is at Particle with other sources: count PRODUCT_VERSION and kProductVersion up`);
  refuseLower(delivery, versions);
  const { devices, judges } = await lookAt(delivery);
  // What will be asked then is asked now: a token that may not is refused before anything has changed.
  await insist(delivery, () => particle.update(judges[0].id));
  if (known === undefined) await upload(delivery);
  await unlockLeft(delivery, devices);

  let before = releasedTo(versions, group);
  try {
    const isReleased = known !== undefined && (known.groups.length > 0 || known.product_default || delivery.goes_back);
    if (!isReleased) await tryOn(delivery, judges[0]);
    // A try takes minutes, in which somebody may have released something, and devices come and go.
    const now = await insist(delivery, () => particle.firmware());
    refuseLower(delivery, now);
    before = releasedTo(now, group);
    const { devices: present, judges: asked } = await lookAt(delivery);
    if (before === version) say(`The group ${group} has firmware ${version} already.`);
    else {
      await insist(delivery, () => releaseTo(particle, group, version));
      say(`Firmware ${version} is released to the group ${group}: ${present.length} devices, of which ${asked.length} can judge it.`);
    }
    await expectProven({ ...delivery, version }, asked);
  } catch (error) {
    throw await goneBack(delivery, before, error);
  }
}

function refuseLower({ project, group, goes_back }: Delivery, versions: readonly ProductFirmware[]): void {
  const has = releasedTo(versions, group);
  if (has === undefined || has <= project.version || goes_back) return;
  throw new Error(
    `The group ${group} has firmware ${has}, and this is ${project.version}: count PRODUCT_VERSION and kProductVersion up. Only rollback-stage brings a lower version`,
  );
}

async function lookAt(delivery: Delivery) {
  const { particle, project, group, clock } = delivery;
  const devices = await insist(delivery, () => particle.devicesOf(group));
  return { devices, judges: judgesOf(group, devices, project.version, clock.now()) };
}

async function upload({ particle, project, title, say }: Delivery): Promise<void> {
  const binary = await particle.compile(project.files);
  say(`Compiled: ${binary.length} bytes.`);
  await particle.upload({ version: project.version, title, description: sourcesOf(project), binary });
  say(`Firmware ${project.version} is uploaded to the product.`);
}

/** A delivery that was killed leaves the device that tried this version locked to it. What is locked to another version somebody has locked. */
async function unlockLeft(delivery: Delivery, devices: readonly ProductDevice[]): Promise<void> {
  const { particle, project, say } = delivery;
  for (const { id, desired_firmware_version } of devices) {
    if (desired_firmware_version !== project.version) continue;
    await insist(delivery, () => particle.lock(id, null));
    say(`Unlocked, since it was locked to firmware ${project.version}: ${id}`);
  }
}

async function tryOn(delivery: Delivery, device: ProductDevice): Promise<void> {
  const { particle, project, say } = delivery;
  say(`One device first: ${device.id}`);
  const failed = await insist(delivery, () => particle.lock(device.id, project.version))
    .then(() => expectProven({ ...delivery, version: project.version }, [device]))
    .then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
  try {
    await insist(delivery, () => particle.lock(device.id, null));
  } catch (error) {
    throw failed === undefined ? error : both(failed.error, error, `the device ${device.id} could not be unlocked`);
  }
  if (failed !== undefined) throw failed.error;
}

/**
 * Gives the group back what it had, or what somebody has released to it since: to a group that has got nothing new yet too, which brings the device back that has tried it. Resolves to the error
 * to reject with.
 */
async function goneBack(delivery: Delivery, before: number | undefined, error: unknown): Promise<unknown> {
  const { particle, project, group, say } = delivery;
  try {
    const back = await insist(delivery, async () => {
      const now = releasedTo(await particle.firmware(), group);
      const version = now === project.version ? before : now;
      if (version !== undefined && version !== project.version) await releaseTo(particle, group, version);
      return version;
    });
    if (back === undefined)
      return new Error(`${saidBy(error)}. The group ${group} had no release before: there is none to go back to`, { cause: error });
    if (back === project.version)
      return new Error(`${saidBy(error)}. The group ${group} had this firmware before, too: it keeps it`, { cause: error });
    say(`The group ${group} has firmware ${back} back.`);
    return error;
  } catch (second) {
    return both(error, second, `the group ${group} could not be given back what it had`);
  }
}

const both = (first: unknown, second: unknown, what: string): AggregateError =>
  new AggregateError([first, second], `${saidBy(first)}. And ${what}: ${saidBy(second)}`);
