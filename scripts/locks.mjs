// Writes each repo's own package-lock.json from the workspace's: alone, a repo installs what it has here. Asks no registry. After every change of package-lock.json: npm run locks.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoLocks } from './locks/repos.mjs';
import { fail, root } from './prepare.mjs';

let locks;
try {
  locks = repoLocks(root);
} catch (error) {
  fail(error.message);
}
for (const { path, packages, text } of locks) {
  const file = join(root, path);
  const changed = !existsSync(file) || readFileSync(file, 'utf8') !== text;
  if (changed) writeFileSync(file, text);
  console.log(`✔ ${path}: ${packages} packages${changed ? ', written' : ''}`);
}
