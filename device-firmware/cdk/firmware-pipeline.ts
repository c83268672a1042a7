import { join } from 'node:path';
import {
  deliveryProgramFolder,
  type Organization,
  type OrganizationStage,
  ProgramPipeline,
  particleDeliveryParameterNames,
} from '@enstratus/platform/pipeline';
import { type App, Duration } from 'aws-cdk-lib';
import { assembleProject } from '../boron/assemble.ts';

/** Where a cloud assembly carries the project that Particle compiles. */
const projectFolder = `${deliveryProgramFolder}/firmware`;

/** So long devices have to report a release and to prove it: the firmware is under way for a minute or two, and a device holds its restart back for three at most (firmware_update.h). */
const WAIT_MINUTES = 15;
/** Twice that, for one device and for the group; to compile; and five minutes for each of the requests that are repeated while Particle does not answer. */
const RELEASE_MINUTES = 60;

/**
 * The pipeline by which the firmware comes over the air to the device groups of the organization's stages. Its cloud assembly carries the assembled Boron project, so that each stage releases what
 * was built and tested. Throws an Error for an organization that says nothing of Particle, or of a stage's group.
 */
export function firmwarePipeline(app: App, organization: Organization): ProgramPipeline {
  const { particle } = organization;
  if (particle === undefined) throw new Error(`The organization ${organization.organization} says no Particle product`);
  for (const stage of organization.stages) groupOf(stage);
  assembleProject(join(app.outdir, projectFolder));
  return new ProgramPipeline(app, 'EnstratusPipelineFirmware', {
    organization,
    repo: 'device-firmware',
    brings: { step: 'ReleaseFirmware', entry: new URL('../delivery/release-firmware.ts', import.meta.url) },
    timeout: Duration.minutes(RELEASE_MINUTES),
    tells: { step: 'Changes', entry: new URL('../delivery/tell-firmware.ts', import.meta.url) },
    environment: (stage) => ({
      PARTICLE_PRODUCT: particle.product,
      PARTICLE_PLATFORM_ID: String(particle.platform_id),
      PARTICLE_GROUP: groupOf(stage),
      DEVICE_OS: particle.device_os,
      PROJECT_FOLDER: projectFolder,
      WAIT_MINUTES: String(WAIT_MINUTES),
    }),
    parameters: {
      PARTICLE_API_URL: particleDeliveryParameterNames.apiUrl,
      PARTICLE_ACCESS_TOKEN: particleDeliveryParameterNames.accessToken,
    },
  });
}

function groupOf({ stage, particle_group }: OrganizationStage): string {
  if (particle_group === undefined) throw new Error(`The stage ${stage} has no particle_group`);
  return particle_group;
}
