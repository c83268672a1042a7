import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The pages of other repos that docs shows, as paths below the root: the README, RUNBOOK and LIMITS of each, as far as it has them, and of the workspace. */
export function gathered() {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const originals = [
    'README.md',
    ...workspaces
      .filter((folder) => folder !== 'docs')
      .flatMap((folder) => ['README.md', 'RUNBOOK.md', 'LIMITS.md'].map((name) => `${folder}/${name}`)),
  ];
  return originals
    .filter((original) => existsSync(join(root, original)))
    .map((original) => ({ original, copy: `docs/gathered/${original}` }));
}
