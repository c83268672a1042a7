import { chmodSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { State } from '../../kernel/state.ts';
import { readMachineNpm } from './machine-npm.ts';

/** Where the tools and npm's cache lie, for builds of all accounts. */
const ALL_ACCOUNTS = { account: 'all-accounts', region: 'this-machine' };
/** What build images have in their PATH. */
const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** What AWS's build images carry, as far as this machine has it. */
export interface BuildTools {
  /** Folders for PATH, in which `node` is this process's, and `aws` the local cloud's own. */
  readonly path: readonly string[];
  /** Of all builds: what one has fetched, the next one needn't. */
  readonly npmCache: string;
  /** The text of an npmrc by which the machine's registries are reached. */
  readonly npmrc: string;
}

/**
 * Lays out the tools: links to this process's Node and to the machine's npm, and the `aws` of the local cloud. Throws when the machine has
 * no npm in its PATH.
 */
export async function layOutTools(state: State): Promise<BuildTools> {
  const directory = state.directory(ALL_ACCOUNTS, 'codebuild-tools');
  const npm = machineNpm();
  link(process.execPath, join(directory, 'node'));
  link(npm, join(directory, 'npm'));
  const npx = join(dirname(npm), 'npx-cli.js');
  link(existsSync(npx) ? npx : realpathSync(machineProgram('npx')), join(directory, 'npx'));
  const program = fileURLToPath(new URL('aws-program/aws.ts', import.meta.url));
  const aws = join(directory, 'aws');
  writeFileSync(aws, `#!/bin/sh\nexec '${process.execPath}' --no-warnings '${program}' "$@"\n`);
  chmodSync(aws, 0o755);
  const git = findProgram('git');
  const npmCache = state.directory(ALL_ACCOUNTS, 'codebuild-npm-cache');
  mkdirSync(npmCache, { recursive: true });
  return {
    path: [directory, ...SYSTEM_PATH, ...(git === undefined || SYSTEM_PATH.includes(dirname(git)) ? [] : [dirname(git)])],
    npmCache,
    npmrc: await readMachineNpm(npm),
  };
}

function link(target: string, path: string): void {
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

/** The npm that has started this process, else the one in PATH, which may be a shim of a version manager. */
function machineNpm(): string {
  const started = process.env['npm_execpath'];
  return realpathSync(started !== undefined && basename(started) === 'npm-cli.js' && existsSync(started) ? started : machineProgram('npm'));
}

function machineProgram(name: string): string {
  const found = findProgram(name);
  if (found === undefined) throw new Error(`builds need ${name}, which isn't in PATH`);
  return found;
}

/** `npm run` puts packages' own programs before the machine's: those are passed over. */
function findProgram(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder.startsWith('/') && !folder.includes('/node_modules/'))
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
