import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { contentType, pageName } from '../src/site/site-file.ts';

/** Builds the site into a directory. Throws an Error that says what doesn't build. */
export type BuildSite = (directory: string) => void;

const repo = fileURLToPath(new URL('..', import.meta.url));

/**
 * The built site as an asset, made at synthesis. Its hash is that of what was built: the same source gives the same hash, wherever the repo lies, and so a deployment
 * of what is deployed already changes nothing. Nothing of a stage is in it.
 */
export function siteBuild(scope: Construct, id: string, build: BuildSite): Asset {
  return new Asset(scope, id, {
    path: join(repo, 'src'),
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never pulled: bundling by Docker starts only when `tryBundle` answers false.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle: (directory) => {
          build(directory);
          requireServable(directory);
          return true;
        },
      },
    },
  });
}

/** Vite in a process of its own, by the Node that runs this one: CDK's bundling can't wait for a promise. */
export const buildWithVite: BuildSite = (directory) => {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  // What Vite would take over from the environment differs from machine to machine.
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITE_')));
  const { status, error, stdout, stderr } = spawnSync(process.execPath, [vite, 'build', '--outDir', directory, '--emptyOutDir'], {
    cwd: repo,
    env: { ...environment, NODE_ENV: 'production' },
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`The dashboard does not build:\n${stdout}${stderr}`);
};

/** What the deployer would refuse is refused here already, before anything is deployed. */
function requireServable(directory: string): void {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  if (!files.some(({ name, parentPath }) => name === pageName && parentPath === directory))
    throw new Error(`The dashboard's build has no ${pageName}`);
  for (const { name } of files) contentType(name);
}
