import { resolve } from 'node:path';
import { buildFirmwareCore, buildSharedPackages } from '../src/start/build-packages.ts';
import { consoleProgress, StartError } from '../src/start/progress.ts';

/*
 * What programs that are run before the first `npm start` import, made when it isn't there or its sources have changed. Progress goes to the standard error: the
 * standard output belongs to the program that comes after it.
 */

const root = resolve(import.meta.dirname, '..', '..');
const progress = consoleProgress((text) => process.stderr.write(text));
try {
  await buildSharedPackages(root, progress);
  await buildFirmwareCore(root, progress);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(`\n✖ ${error.message}`);
  process.exitCode = 1;
}
