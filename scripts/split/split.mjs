import { join, resolve } from 'node:path';
import { folderCommits } from './folder-commits.mjs';
import { gitText } from './git.mjs';
import { readHistory } from './history.mjs';
import { writeRepo } from './write-repo.mjs';

/**
 * Makes a git repository of each folder with the folder's own history, or brings what is new to those that were made before.
 *
 * @param source the repository's top folder
 * @param folders those of its folders that become repositories
 * @param target where their repositories lie, each named like its folder
 * @param tell is given a line for each step
 * @returns `[{ folder, path, tip, commits, added }]`
 * @throws Error where git's history is missing or cut off, where a folder has none, and as `writeRepo` does
 */
export function split({ source, folders, target, tell }) {
  const started = performance.now();
  const history = readHistory(source, folders);
  const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
  tell(`✔ ${history.length} commits read, the newest is ${history.at(-1).id.slice(0, 10)} (${seconds(started)})`);
  const objects = resolve(source, gitText(['rev-parse', '--git-path', 'objects'], { cwd: source }));
  const format = gitText(['rev-parse', '--show-object-format'], { cwd: source });
  return folders.map((folder) => {
    const begun = performance.now();
    const commits = folderCommits(history, folder);
    if (commits.length === 0) throw new Error(`No commit of this branch has a folder ${folder}: commit it first.`);
    const path = join(target, folder);
    const { tip, added } = writeRepo(path, commits, { objects, format });
    const said =
      added === 0
        ? 'nothing new'
        : added === commits.length
          ? counted(added, 'commit')
          : `${counted(added, 'new commit')}, ${commits.length} in all`;
    tell(`✔ ${folder}: ${said}, main is ${tip.slice(0, 10)} in ${path} (${seconds(begun)})`);
    const changes = gitText(['status', '--porcelain', '--untracked-files=all', '--', folder], { cwd: source })
      .split('\n')
      .filter(Boolean).length;
    if (changes > 0) tell(`  not in it: the changes of ${counted(changes, 'file')}, which aren't committed`);
    return { folder, path, tip, commits: commits.length, added };
  });
}

const counted = (count, what) => `${count} ${what}${count === 1 ? '' : 's'}`;
