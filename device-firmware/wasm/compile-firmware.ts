import { readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { commands, runLLVM, type Tree } from '@yowasp/clang';
import { withFirmwareSection } from './firmware-section.ts';
import { packageRoot } from './package-root.ts';

export const compileFlags = [
  '--target=wasm32-wasip1',
  '-std=c++17',
  '-O2',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-fno-exceptions',
  '-fno-rtti',
  '-fno-threadsafe-statics',
  '-mbulk-memory',
  '-I.',
];
export const linkFlags = ['-mexec-model=reactor', '-nostartfiles', '-Wl,--no-entry', '-Wl,--export=__stack_pointer', '-Wl,-s'];
/** Device OS compiles applications as GNU C++17; the adapter is checked as strictly as its own tests do. */
const adapterFlags = ['--target=wasm32-wasip1', '-std=gnu++17', '-Wall', '-Wextra', '-Werror', '-fno-exceptions', '-fno-rtti'];

/** Path, with /, to text. */
export type Sources = ReadonlyMap<string, string>;

/** The sources don't compile; the message is the compiler's own words. */
export class CompileError extends Error {}

/**
 * Compiles the core to WebAssembly with the compiler from npm. Throws CompileError.
 *
 * @param core Its files, by paths that begin with `core/`.
 * @param product_version What PRODUCT_VERSION says: the artifact carries it, see `firmwareSectionOf`.
 */
export async function compileCore(core: Sources, product_version: number): Promise<Uint8Array> {
  const bindings = 'wasm/bindings.cpp';
  const sources = new Map([...core, [bindings, await readFile(join(packageRoot, bindings), 'utf8')]]);
  const units = [...sources.keys()].filter((name) => name.endsWith('.cpp'));
  const made = await run([...compileFlags, ...linkFlags, ...units, '-o', 'core.wasm'], treeOf(sources));
  const wasm = made['core.wasm'];
  if (!(wasm instanceof Uint8Array)) throw new Error('The compiler made no core.wasm');
  return withFirmwareSection(wasm, { product_version });
}

/**
 * Compiles a Boron project (boron/assemble.ts) as far as that goes without Particle's toolchain: the adapter is checked against the declarations of Device OS, and the core becomes
 * WebAssembly. Throws CompileError for sources that don't compile, or don't say their PRODUCT_VERSION.
 *
 * @param project The files below `src/`, by their paths in the project.
 */
export async function compileProject(project: Sources): Promise<Uint8Array> {
  const product_version = productVersionOf(project);
  const declarations = 'boron/declarations/Particle.h';
  const adapter = [...project.keys()].filter((name) => /^src\/[^/]+\.cpp$/.test(name));
  const seen = new Map([...project, [declarations, await readFile(join(packageRoot, declarations), 'utf8')]]);
  await run([...adapterFlags, '-fsyntax-only', `-I${dirname(declarations)}`, '-Isrc', ...adapter], treeOf(seen));
  const core = [...project].flatMap(([name, text]) => (name.startsWith('src/core/') ? [[name.slice('src/'.length), text] as const] : []));
  return compileCore(new Map(core), product_version);
}

/** What a project's PRODUCT_VERSION says, 1 to 65535 (Device OS reference, "PRODUCT_VERSION"). Throws CompileError when it says none, or two. */
export function productVersionOf(project: Sources): number {
  const said = [...project.values()].flatMap((text) => [...text.matchAll(/^PRODUCT_VERSION\((\d+)\);/gm)].map((match) => Number(match[1])));
  const [version] = said;
  if (said.length !== 1 || version === undefined || version < 1 || version > 65_535)
    throw new CompileError('The project must say its PRODUCT_VERSION once, 1 to 65535');
  return version;
}

/** Runs the compiler over files that it sees in its own file system; its messages become the error's. */
async function run(args: string[], files: Tree): Promise<Tree> {
  await runLLVM(undefined, {}, { fetchProgress: () => {} });
  const said: Uint8Array[] = [];
  const listen = (bytes: Uint8Array | null): void => {
    if (bytes !== null) said.push(bytes.slice());
  };
  try {
    return (await commands['clang++'](args, files, { stdout: listen, stderr: listen })) ?? {};
  } catch {
    // The error that was caught holds the whole file system.
    throw new CompileError(`clang++ ${args.join(' ')}\n${Buffer.concat(said).toString('utf8')}`);
  }
}

/** The compiler's file system knows no `..`: what is included by way of it is named from the root instead. */
function withoutWaysUp(name: string, text: string): string {
  const folder = posix.dirname(name);
  return text.replaceAll(/^#include "(\.\.\/[^"]+)"/gm, (_, path: string) => {
    const named = posix.join(folder, path);
    return `#include "${named.startsWith('src/') ? named.slice('src/'.length) : named}"`;
  });
}

function treeOf(sources: Sources): Tree {
  const root: Tree = {};
  for (const [name, text] of sources) {
    const folders = name.split('/').slice(0, -1);
    folderIn(root, folders)[posix.basename(name)] = withoutWaysUp(name, text);
  }
  return root;
}

function folderIn(tree: Tree, [name, ...below]: readonly string[]): Tree {
  if (name === undefined) return tree;
  const found = tree[name];
  const folder: Tree = typeof found === 'object' && !(found instanceof Uint8Array) ? found : {};
  tree[name] = folder;
  return folderIn(folder, below);
}
