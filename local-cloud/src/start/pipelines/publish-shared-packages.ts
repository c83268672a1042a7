import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRegistry } from '@enstratus/platform/delivery';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { StartError } from '../progress.ts';
import { runProgram } from '../run-program.ts';
import type { PushOptions } from './push-repos.ts';

/** The workspace's folders of the packages that repos install from the registry. */
const packageFolders = ['infra-repo/packages/contract', 'infra-repo/packages/platform', 'device-firmware'];

const manifestSchema = z.object({ name: z.string(), version: z.string() });

/**
 * The first publication of the shared packages, in the versions of the workspace, where the registry has none yet: without them no repo's build could install. From then on
 * infra-repo's pipeline publishes contract and platform; the firmware's core, which local-cloud alone installs, is in the registry of a laptop only. Throws StartError with npm's words.
 */
export async function publishSharedPackages({ root, directory, cloud, caller, progress }: PushOptions): Promise<void> {
  const { domain, repository } = packageRegistry;
  const missing: string[] = [];
  for (const folder of packageFolders) {
    const { name } = manifestSchema.parse(JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')));
    if (!(await hasPackage(name))) missing.push(folder);
  }
  if (missing.length === 0) return;
  await progress.step('Publishing the shared packages to CodeArtifact for the first time', async (tell) => {
    const { authorizationToken } = await cloud.call<{ authorizationToken: string }>(
      'codeartifact',
      'GetAuthorizationToken',
      { domain },
      caller,
    );
    const { repositoryEndpoint } = await cloud.call<{ repositoryEndpoint: string }>(
      'codeartifact',
      'GetRepositoryEndpoint',
      { domain, repository, format: 'npm' },
      caller,
    );
    const home = join(directory, 'npm');
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const config = join(home, '.npmrc');
    writeFileSync(
      config,
      `@enstratus:registry=${repositoryEndpoint}\n${repositoryEndpoint.replace(/^https?:/, '')}:_authToken=${authorizationToken}\n`,
      { mode: 0o600 },
    );
    for (const folder of missing) {
      const { code, output } = await runProgram('npm', ['publish', '--userconfig', config, '--ignore-scripts', '--loglevel', 'error'], {
        cwd: join(root, folder),
        env: process.env,
      });
      if (code !== 0) throw new StartError(`${folder} could not be published:\n${output}`);
      tell(folder);
    }
    rmSync(config);
  });

  async function hasPackage(name: string): Promise<boolean> {
    const [scope, bare] = name.startsWith('@') ? name.slice(1).split('/') : [undefined, name];
    try {
      const { versions } = await cloud.call<{ versions: unknown[] }>(
        'codeartifact',
        'ListPackageVersions',
        { domain, repository, format: 'npm', ...(scope === undefined ? {} : { namespace: scope }), package: bare },
        caller,
      );
      return versions.length > 0;
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return false;
      throw error;
    }
  }
}
