import type { BoronProject } from './boron-project.ts';
import { isReached } from './judges.ts';
import type { ProductDevice, ProductFirmware } from './particle-api.ts';
import { releasedTo } from './releases.ts';

export interface ReportedDelivery {
  readonly repo: string;
  readonly stage: string;
  readonly group: string;
  readonly commit_id: string;
  readonly message: string;
  readonly project: Pick<BoronProject, 'version' | 'hash'>;
  readonly versions: readonly ProductFirmware[];
  readonly devices: readonly ProductDevice[];
}

/** CodePipeline takes 1,000 characters of what an approval shows ("Manual approval action reference", CustomData). */
const maxSummary = 1000;
const longestTitle = 100;

/** What an approver reads first, in one line since it travels as a variable: commit, version from and to, how many devices get it. */
export function summaryOf(delivery: ReportedDelivery): string {
  const { repo, stage, commit_id, message, group } = delivery;
  // Whoever writes a commit's message must not be able to write a part of this after it, nor push one out of it.
  const title = (message.trim().split('\n')[0] ?? '').replaceAll('|', '/').slice(0, longestTitle);
  const { getting, online } = counted(delivery);
  const text = [
    `${repo} to ${stage.toUpperCase()}: ${commit_id.slice(0, 12)} ${title}`,
    changeOf(delivery),
    `${getting} ${getting === 1 ? 'device' : 'devices'} of the group ${group} get it, ${online} of them online now`,
  ].join(' | ');
  return text.length <= maxSummary ? text : `${text.slice(0, maxSummary - 2)} …`;
}

/** Everything there is to say before the release. */
export function reportOf(delivery: ReportedDelivery): string {
  const { repo, stage, commit_id, message, group, devices, project } = delivery;
  const { getting, online } = counted(delivery);
  return [
    `# ${repo} to ${stage.toUpperCase()}`,
    // Indented: a heading in it is no heading of this report.
    `Commit ${commit_id}\n\n${message.trim().replaceAll(/^/gm, '    ')}`,
    `## Firmware\n\n${changeOf(delivery)}\nSources: SHA-256 ${project.hash}`,
    `## Devices\n\n${getting} of the ${devices.length} devices of the group ${group} get it, ${online} of them online now.\n${runningNow(devices)}`,
  ].join('\n\n');
}

function changeOf({ versions, group, project }: ReportedDelivery): string {
  const before = releasedTo(versions, group);
  if (before === project.version) return `Firmware stays ${before}`;
  return `Firmware ${before ?? 'none'} to ${project.version}`;
}

function counted({ devices, project }: ReportedDelivery): { getting: number; online: number } {
  const getting = devices.filter((device) => isReached(device, project.version) && device.firmware_version !== project.version);
  return { getting: getting.length, online: getting.filter(({ online }) => online).length };
}

function runningNow(devices: readonly ProductDevice[]): string {
  const counts = new Map<string, number>();
  for (const { firmware_version } of devices) {
    const name =
      firmware_version === null || firmware_version === undefined ? 'no firmware of the product' : `firmware ${firmware_version}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${count} run ${name}`).join('\n');
}
