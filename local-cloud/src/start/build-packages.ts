import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Progress, StartError } from './progress.ts';
import { runProgram } from './run-program.ts';
import { hashOf } from './source-hash.ts';
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

/** What of device-firmware its WebAssembly and the module around it are made of. */
const FIRMWARE_SOURCES = ['core', 'wasm'];
const FIRMWARE_ARTIFACTS = ['enstratus-core.wasm', 'wasm/core.js'];

/**
 * Builds the firmware's core as WebAssembly, and the module that hosts it, when their sources changed (ADR 0006). Throws StartError with the compiler's words. In processes of
 * their own: the compiler is itself WebAssembly, and takes a processor while it works.
 */
export async function buildFirmwareCore(root: string, progress: Progress): Promise<void> {
  const built = new Stamps(join(root, '.local', 'built.json'));
  const firmware = join(root, 'device-firmware');
  const sources = FIRMWARE_SOURCES.map((name) => join(firmware, name));
  const hash = hashOf(sources, readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const isThere = FIRMWARE_ARTIFACTS.every((name) => existsSync(join(firmware, 'dist', name)));
  if (built.is('firmware', hash) && isThere) return;
  await progress.step('Building the firmware’s core', async (tell) => {
    const options = { cwd: root, env: process.env };
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const [host, core] = await Promise.all([
      runProgram(process.execPath, [tsc, '-b', firmware], options),
      runProgram(process.execPath, [join(firmware, 'wasm', 'build.ts')], options),
    ]);
    if (host.code !== 0) throw new StartError(`The core's host doesn't compile:\n${host.output}`);
    if (core.code !== 0) throw new StartError(`The firmware's core doesn't compile:\n${core.output}`);
    tell(core.output.trim());
  });
  built.set('firmware', hash);
}
