import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { exists } from './archive.ts';
import { BuildspecError } from './buildspec.ts';
import type { Workspace } from './workspace.ts';

/** A folder that is kept from one build of a project to the next. */
export interface CachedFolder {
  readonly inBuild: string;
  /** Its path below the project's cache. */
  readonly kept: string;
}

/**
 * The folders of `cache/paths`, where a project's cache is local and custom (CodeBuild User Guide, "Local caching": folders only). A path is
 * within the source or below `/root`, which is HOME in AWS's images. Throws BuildspecError for another one.
 */
export function cachedFolders(paths: readonly string[], workspace: Workspace): CachedFolder[] {
  return paths.map((path) => {
    const folder = normalize(path.replace(/\/\*+(\/\*+)*$/, ''));
    const home = folder.startsWith('/root/');
    const within = home ? folder.slice('/root/'.length) : folder;
    if (within.startsWith('/') || within.startsWith('..') || /[*?[\]{}]/.test(within) || within === '.') {
      throw new BuildspecError(
        `cache/paths: "${path}" is no folder within the source or below /root, which is not carried out by the local cloud`,
      );
    }
    return home
      ? { inBuild: join(workspace.home, within), kept: join('root', within) }
      : { inBuild: join(workspace.source, within), kept: join('source', within) };
  });
}

/** Brings back what the last build has kept; what came with the source stays ("sources override"). */
export async function restoreCache(cache: string, folders: readonly CachedFolder[]): Promise<void> {
  for (const { inBuild, kept } of folders) {
    const from = join(cache, kept);
    if (await exists(from)) await cp(from, inBuild, { recursive: true, force: false, verbatimSymlinks: true });
  }
}

/** Keeps the folders for the next build. A build at the same time may do so too: the last one counts, and none of them sees half a folder. */
export async function saveCache(cache: string, folders: readonly CachedFolder[], buildId: string): Promise<void> {
  for (const { inBuild, kept } of folders) {
    if (!(await exists(inBuild))) continue;
    const to = join(cache, kept);
    const unfinished = `${cache}.${buildId.replaceAll(':', '-')}`;
    await cp(inBuild, unfinished, { recursive: true, verbatimSymlinks: true });
    await rm(to, { recursive: true, force: true });
    await mkdir(dirname(to), { recursive: true });
    await rename(unfinished, to);
  }
}
