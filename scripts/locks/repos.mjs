import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockText } from './lock-text.mjs';
import { mustBeOf, repoLock } from './repo-lock.mjs';

const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** The folders of the workspace that are repos. Packages inside a repo are workspaces too, and belong to it. */
export function repoFolders(root) {
  return json(join(root, 'package.json')).workspaces.filter((folder) => !folder.includes('/'));
}

/** The lock file of each repo as the workspace's lock wants it: `[{ repo, path, packages, text }]`, `path` from the root, `packages` a count. Throws as `repoLock` does. */
export function repoLocks(root) {
  const workspace = json(join(root, 'package-lock.json'));
  const manifest = (folder) => json(join(root, folder, 'package.json'));
  for (const folder of json(join(root, 'package.json')).workspaces) mustBeOf(manifest(folder), workspace.packages[folder], folder);
  return repoFolders(root).map((repo) => {
    const lock = repoLock(workspace, repo, manifest(repo));
    return { repo, path: `${repo}/package-lock.json`, packages: Object.keys(lock.packages).length - 1, text: lockText(lock) };
  });
}
