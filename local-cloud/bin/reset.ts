import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { holderOf } from '../src/start/run-lock.ts';

function directoryToForget(): string {
  try {
    const usual = join(import.meta.dirname, '..', '..', '.local');
    return resolve(parseArgs({ options: { directory: { type: 'string', default: usual } } }).values.directory);
  } catch (error) {
    console.error(`✖ ${error instanceof Error ? error.message : error}\n  npm run reset -- [--directory .local]`);
    process.exit(1);
  }
}

const directory = directoryToForget();
const pid = await holderOf(directory);
if (pid === undefined) {
  rmSync(directory, { recursive: true, force: true });
  console.log('✔ The local cloud has forgotten everything: the next `npm start` begins anew.');
} else {
  console.error(`✖ The local cloud is running (process ${pid}): stop it with Ctrl-C first.`);
  process.exitCode = 1;
}
