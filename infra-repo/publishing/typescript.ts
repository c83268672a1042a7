import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

/** Runs the TypeScript compiler in a folder, from where it looks for types that are named on the command line. Resolves to whether it found no error, and to all that it said. */
export async function tsc(args: readonly string[], cwd: string): Promise<{ readonly isClean: boolean; readonly output: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [compiler, ...args, '--pretty', 'false'], {
      cwd,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { isClean: true, output: stdout };
  } catch (error) {
    const { stdout = '', code } = error as { stdout?: string; code?: unknown };
    // 1 and 2 say that there are errors, with or without output; another one, that it did not get so far.
    if (code !== 1 && code !== 2) throw error;
    return { isClean: false, output: stdout };
  }
}
