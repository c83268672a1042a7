// Copies what other repos say for readers into docs/gathered, from where the site of docs is built: docs is a repo of its own and reads no other. A test of the workspace holds the copies equal.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gathered, root } from './gathered.mjs';

rmSync(join(root, 'docs', 'gathered'), { recursive: true, force: true });
for (const { copy, original } of gathered()) {
  mkdirSync(dirname(join(root, copy)), { recursive: true });
  cpSync(join(root, original), join(root, copy));
}
console.log(`${gathered().length} pages of other repos are in docs/gathered`);
