import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Progress, StartError } from './progress.ts';
import { hashOf } from './repos.ts';
import { runProgram } from './run-program.ts';
import { Stamps } from './stamps.ts';

/**
 * Compiles the packages that the repos share, when their sources changed. Returns a hash of those sources and of the
 * lock file: what every repo's synthesis depends on besides itself. Throws StartError with the compiler's words.
 */
export async function buildSharedPackages(root: string, progress: Progress): Promise<string> {
  const built = new Stamps(join(root, '.local', 'built.json'));
  const packages = ['contract', 'platform'].map((name) => join(root, 'infra-repo', 'packages', name));
  const hash = hashOf(packages, readFileSync(join(root, 'package-lock.json'), 'utf8'));
  if (built.is('packages', hash) && packages.every((path) => existsSync(join(path, 'dist')))) return hash;
  await progress.step('Building @enstratus/contract and @enstratus/platform', async () => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { code, output } = await runProgram(process.execPath, [tsc, '-b', ...packages], { cwd: root, env: process.env });
    if (code !== 0) throw new StartError(`The shared packages don't compile:\n${output}`);
  });
  built.set('packages', hash);
  return hash;
}
