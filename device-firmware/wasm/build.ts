import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commands, runLLVM, type Tree } from '@yowasp/clang';
import { corePath, packageRoot } from './package-root.ts';

const recordPath = join(dirname(corePath), 'enstratus-core.json');
const compileFlags = [
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
const linkFlags = ['-mexec-model=reactor', '-nostartfiles', '-Wl,--no-entry', '-Wl,--export=__stack_pointer', '-Wl,-s'];

/**
 * Compiles the core to dist/enstratus-core.wasm with the compiler from npm, unless what stands there was made of the same sources by the same compiler.
 * Prints one line. Throws with the compiler's own words when the sources don't compile.
 */
export async function buildCore(): Promise<void> {
  const started = performance.now();
  const sources = await readSources();
  const hash = await hashOf(sources);
  if (await isBuilt(hash)) {
    console.log('The core is built already (dist/enstratus-core.wasm)');
    return;
  }
  const wasm = await compile(sources);
  await mkdir(dirname(corePath), { recursive: true });
  await replace(corePath, wasm);
  await replace(recordPath, `${JSON.stringify({ hash, wasm: sha256(wasm) }, undefined, 2)}\n`);
  console.log(
    `The core is built: ${wasm.length} bytes in ${((performance.now() - started) / 1000).toFixed(1)} s (dist/enstratus-core.wasm)`,
  );
}

/** Path in the package, with /, to text; in order. */
type Sources = ReadonlyMap<string, string>;

async function readSources(): Promise<Sources> {
  const paths = [join(packageRoot, 'wasm', 'bindings.cpp')];
  for (const entry of await readdir(join(packageRoot, 'core'), { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && /\.(?:h|cpp)$/.test(entry.name)) paths.push(join(entry.parentPath, entry.name));
  }
  const names = paths.map((path) => relative(packageRoot, path).replaceAll('\\', '/')).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(packageRoot, name), 'utf8')] as const)));
}

async function hashOf(sources: Sources): Promise<string> {
  const compiler = await readFile(fileURLToPath(new URL('../package.json', import.meta.resolve('@yowasp/clang'))), 'utf8');
  return sha256(JSON.stringify([compiler, compileFlags, linkFlags, ...sources]));
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

async function isBuilt(hash: string): Promise<boolean> {
  const record = await readFile(recordPath, 'utf8').catch(() => undefined);
  const wasm = await readFile(corePath).catch(() => undefined);
  return record !== undefined && wasm !== undefined && record === `${JSON.stringify({ hash, wasm: sha256(wasm) }, undefined, 2)}\n`;
}

/** Somebody else may build at the same time: whoever reads sees one whole file or the other. */
async function replace(path: string, data: string | Uint8Array): Promise<void> {
  const written = `${path}.${randomUUID()}`;
  await writeFile(written, data);
  await rename(written, path);
}

async function compile(sources: Sources): Promise<Uint8Array> {
  const quietly = { fetchProgress: () => {} };
  await runLLVM(undefined, {}, quietly);
  const units = [...sources.keys()].filter((name) => name.endsWith('.cpp'));
  return fileOf(await run([...compileFlags, ...linkFlags, ...units, '-o', 'core.wasm'], treeOf(sources)), 'core.wasm');
}

/** Runs the compiler over files that it sees in its own file system; its messages become the error's. */
async function run(args: string[], files: Tree): Promise<Tree> {
  const said: Uint8Array[] = [];
  const listen = (bytes: Uint8Array | null): void => {
    if (bytes !== null) said.push(bytes.slice());
  };
  try {
    return (await commands['clang++'](args, files, { stdout: listen, stderr: listen })) ?? {};
  } catch {
    // The error that was caught holds the whole file system.
    throw new Error(`clang++ ${args.join(' ')}\n${Buffer.concat(said).toString('utf8')}`);
  }
}

/** The compiler's file system knows no `..`: what is included by way of it is named from the package's root instead. */
function withoutWaysUp(name: string, text: string): string {
  const folder = posix.dirname(name);
  return text.replaceAll(/^#include "(\.\.\/[^"]+)"/gm, (_, path: string) => `#include "${posix.join(folder, path)}"`);
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

function fileOf(tree: Tree, name: string): Uint8Array {
  const file = tree[name];
  if (!(file instanceof Uint8Array)) throw new Error(`The compiler made no ${name}`);
  return file;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildCore();
