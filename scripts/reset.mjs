import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fail, root } from './prepare.mjs';

const directory = join(root, '.local');
const lock = join(directory, 'running.pid');
if (existsSync(lock)) {
  const pid = Number(readFileSync(lock, 'utf8'));
  let alive = true;
  try {
    process.kill(pid, 0);
  } catch {
    alive = false;
  }
  if (alive) fail(`The local cloud is running (process ${pid}): stop it with Ctrl-C first.`);
}
rmSync(directory, { recursive: true, force: true });
console.log('✔ The local cloud has forgotten everything: the next `npm start` begins anew.');
