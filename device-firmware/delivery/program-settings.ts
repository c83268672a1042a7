import { z } from 'zod';
import { readBoronProject } from './boron-project.ts';
import { ParticleApi } from './particle-api.ts';

/** What the pipeline tells both programs (cdk/firmware-pipeline.ts). */
const environment = z.object({
  STAGE: z.string().min(1),
  PARTICLE_GROUP: z.string().min(1),
  PARTICLE_PRODUCT: z.string().min(1),
  PARTICLE_PLATFORM_ID: z.coerce.number().int(),
  DEVICE_OS: z.string().min(1),
  PARTICLE_API_URL: z.url().transform((url) => url.replace(/\/+$/, '')),
  PARTICLE_ACCESS_TOKEN: z.string().min(1),
  COMMIT_ID: z.string().min(7),
  COMMIT_MESSAGE: z.string(),
  APPROVALS_TOPIC_ARN: z.string(),
  PIPELINE_NAME: z.string().min(1),
  EXECUTION_ID: z.string().min(1),
  WAIT_MINUTES: z.coerce.number().positive(),
  /** The assembled project, in the cloud assembly. */
  PROJECT_FOLDER: z.string().min(1),
});

/** Reads the environment. Throws an Error that names every variable that is missing or wrong, and no value. */
export function readSettings(variables: NodeJS.ProcessEnv) {
  const read = environment.safeParse(variables);
  if (!read.success)
    throw new Error(
      `The environment is wrong:\n${read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n')}`,
    );
  const settings = read.data;
  const target = { platform_id: settings.PARTICLE_PLATFORM_ID, device_os: settings.DEVICE_OS };
  const particle = new ParticleApi({
    api_url: settings.PARTICLE_API_URL,
    access_token: settings.PARTICLE_ACCESS_TOKEN,
    product: settings.PARTICLE_PRODUCT,
    ...target,
  });
  return { settings, particle, project: readBoronProject(settings.PROJECT_FOLDER, target) };
}
