import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { holderOf } from '../src/start/run-lock.ts';

const directory = join(import.meta.dirname, '..', '..', '.local');
const pid = await holderOf(directory);
if (pid === undefined) {
  rmSync(directory, { recursive: true, force: true });
  console.log('✔ The local cloud has forgotten everything: the next `npm start` begins anew.');
} else {
  console.error(`✖ The local cloud is running (process ${pid}): stop it with Ctrl-C first.`);
  process.exitCode = 1;
}
