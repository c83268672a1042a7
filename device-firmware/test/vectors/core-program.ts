import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const coreFiles = [
  'decimal',
  'json_text',
  'open_pack',
  'pack_reader',
  'pack_second',
  'pack_writer',
  'plain_reader',
  'status_document',
  'status_members',
];

export const hasCompiler = spawnSync('g++', ['--version']).status === 0;

/** Compiles a C++ file of this folder with what the core reads and writes packs with, and answers the program's path. `folder` is for it and what it includes. */
export async function compileWithCore(name: string, folder: string): Promise<string> {
  const program = join(folder, name);
  const flags = ['-std=c++17', '-O1', '-Wall', '-Wextra', '-Werror', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
  const folders = [here('../../core'), here('.'), folder].map((path) => `-I${path}`);
  await run('g++', [...flags, ...folders, here(`${name}.cpp`), ...coreFiles.map((file) => here(`../../core/${file}.cpp`)), '-o', program]);
  return program;
}
