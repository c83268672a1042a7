import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder of the dashboard, built as it is deployed. */
    site: string;
  }
}

/** Builds the dashboard once for all tests in a browser. */
export default function setup(project: TestProject): () => void {
  const site = mkdtempSync(join(tmpdir(), 'dashboard-site-'));
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, 'build', '--outDir', site, '--emptyOutDir'], {
    cwd: join(import.meta.dirname, '..', '..', '..'),
    env: { ...process.env, NODE_ENV: 'production' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The dashboard does not build:\n${stdout}${stderr}`);
  project.provide('site', site);
  return () => rmSync(site, { recursive: true, force: true });
}
