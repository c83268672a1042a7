import { z } from 'zod';
import { npm } from '../packages/platform/src/pipeline/programs/npm-registry.ts';
import { sharedPackages } from '../publishing/pack-package.ts';
import { checkPublished, told } from '../publishing/published-check.ts';

/** Set in builds, which sign in to the registry: there it must be asked. */
const { PACKAGES_REPOSITORY } = z.object({ PACKAGES_REPOSITORY: z.string().optional() }).parse(process.env);

// In a workspace's folder npm has no word on its configuration.
const registry = (await npm(['config', 'get', '@enstratus:registry', '--no-workspaces'])).trim();
if (registry === '' || registry === 'undefined') {
  if (PACKAGES_REPOSITORY !== undefined) throw new Error('The registry of @enstratus is not configured: did the build sign in to it?');
  console.log('Compared with nothing: no registry of @enstratus is configured here. The build compares with what is published.');
} else {
  const verdicts = await Promise.all(sharedPackages.map(checkPublished));
  for (const verdict of verdicts) console.log(told(verdict));
  process.exitCode = verdicts.every(({ isRight }) => isRight) ? 0 : 1;
}
