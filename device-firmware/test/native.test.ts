import { execFile, execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * The core compiled with g++ and its sanitizers. Each `test/native/*_test.cpp` is a program (with native/check.h) that exits with 0 when its checks hold, each
 * `test/fuzz/*_fuzz.cpp` one (with fuzz/fuzz_main.h) that runs inputs for as many seconds as its first argument says; both say how many they ran. A machine
 * without g++ runs none of them, and its report says so. ENSTRATUS_LONG=1 makes the fuzz targets run longer, and the compiler optimise as it does for a device.
 */
const root = join(import.meta.dirname, '..');
const sources = (pattern: string): string[] => globSync(pattern, { cwd: root }).sort();
const coreSources = sources('core/**/*.cpp');
const long = process.env['ENSTRATUS_LONG'] !== undefined;
const fuzzSeconds = long ? '30' : '0.5';

const warnings = ['-std=c++17', long ? '-O1' : '-O0', '-g', '-Wall', '-Wextra', '-Werror'];
const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const patience = 300_000;

const run = promisify(execFile);

function hasCompiler(): boolean {
  try {
    execFileSync('g++', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const compiler = hasCompiler();
const title = (name: string): string => (compiler ? name : `${name} (not run: there is no g++ here)`);

/** At most two compilers or programs at a time: the machine has other work. */
const waiting: (() => void)[] = [];
let free = 2;
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free--;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  }
}

let folder = '';
const objectOf = (source: string): string => join(folder, `${source.replaceAll('/', '-')}.o`);

/** Compiles a program with the core, runs it, and answers what it printed; throws with what it complained of. */
async function runProgram(source: string, programArguments: readonly string[]): Promise<string> {
  const program = join(folder, basename(source, '.cpp'));
  const objects = coreSources.map(objectOf);
  await inTurn(() => run('g++', [...warnings, ...sanitizers, join(root, source), ...objects, '-o', program]));
  const { stdout } = await inTurn(() => run(program, [...programArguments]));
  return stdout;
}

beforeAll(async () => {
  if (!compiler) return;
  folder = mkdtempSync(join(tmpdir(), 'enstratus-native-'));
  const asOnTheDevice = ['-fno-exceptions', '-fno-rtti'];
  await Promise.all(
    coreSources.map((source) =>
      inTurn(() => run('g++', [...warnings, ...sanitizers, ...asOnTheDevice, '-c', join(root, source), '-o', objectOf(source)])),
    ),
  );
}, patience);

afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true });
});

describe('the core, compiled by g++ with its sanitizers', () => {
  for (const source of sources('test/native/*_test.cpp')) {
    it.runIf(compiler).concurrent(title(source), { timeout: patience }, async () => {
      expect(await runProgram(source, [])).toMatch(/^[1-9]\d* tests, 0 failures$/m);
    });
  }
  for (const source of sources('test/fuzz/*_fuzz.cpp')) {
    it.runIf(compiler).concurrent(title(source), { timeout: patience }, async () => {
      expect(await runProgram(source, [fuzzSeconds])).toMatch(/^[1-9]\d* inputs/m);
    });
  }
});
