// Makes a git repository of each repo's folder, with its history. Run again, it brings the new commits. Needs git and no package.
//   npm run split                                   all repos, to .local/repos
//   npm run split -- /srv/repos                     to another folder
//   npm run split -- /srv/repos ingest-repo docs    these alone
import { join, resolve } from 'node:path';
import { repoFolders } from './locks/repos.mjs';
import { fail, root } from './prepare.mjs';
import { split } from './split/split.mjs';

const [target = join(root, '.local', 'repos'), ...named] = process.argv.slice(2);
const known = repoFolders(root);
const unknown = named.filter((name) => !known.includes(name));
if (target.startsWith('-') || known.includes(target))
  fail(`"${target}" is no folder to write to: npm run split [-- <folder> [${known.join(' | ')} …]]`);
if (unknown.length > 0) fail(`There is no repo ${unknown.join(', ')}: npm run split -- <folder> [${known.join(' | ')} …]`);
const started = performance.now();
try {
  split({ source: root, folders: named.length === 0 ? known : named, target: resolve(target), tell: console.log });
} catch (error) {
  fail(error.message);
}
console.log(`\n${((performance.now() - started) / 1000).toFixed(1)} s`);
