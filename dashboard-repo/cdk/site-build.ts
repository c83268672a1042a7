import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildSite } from '@enstratus/platform/cdk';

const repo = fileURLToPath(new URL('..', import.meta.url));

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
