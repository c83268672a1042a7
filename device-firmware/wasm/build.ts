import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCore, compileFlags, linkFlags, productVersionOf, type Sources } from './compile-firmware.ts';
import { corePath, packageRoot } from './package-root.ts';

const recordPath = join(dirname(corePath), 'enstratus-core.json');
/**
 * Compiles the core to dist/enstratus-core.wasm with the compiler from npm, unless what stands there was made of the same sources by the same compiler.
 * Prints one line. Throws with the compiler's own words when the sources don't compile.
 */
export async function buildCore(): Promise<void> {
  const started = performance.now();
  const sources = await readSources();
  const main = 'boron/src/main.cpp';
  const product_version = productVersionOf(new Map([[main, await readFile(join(packageRoot, main), 'utf8')]]));
  const hash = await hashOf(sources, product_version);
  if (await isBuilt(hash)) {
    console.log('The core is built already (dist/enstratus-core.wasm)');
    return;
  }
  const core = new Map([...sources].filter(([name]) => name.startsWith('core/')));
  const wasm = await compileCore(core, product_version);
  await mkdir(dirname(corePath), { recursive: true });
  await replace(corePath, wasm);
  await replace(recordPath, `${JSON.stringify({ hash, wasm: sha256(wasm) }, undefined, 2)}\n`);
  console.log(
    `The core is built: ${wasm.length} bytes in ${((performance.now() - started) / 1000).toFixed(1)} s (dist/enstratus-core.wasm)`,
  );
}

/** The core and its bindings, by their paths in the package and in order. */
async function readSources(): Promise<Sources> {
  const paths = [join(packageRoot, 'wasm', 'bindings.cpp')];
  for (const entry of await readdir(join(packageRoot, 'core'), { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && /\.(?:h|cpp)$/.test(entry.name)) paths.push(join(entry.parentPath, entry.name));
  }
  const names = paths.map((path) => relative(packageRoot, path).replaceAll('\\', '/')).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(packageRoot, name), 'utf8')] as const)));
}

async function hashOf(sources: Sources, product_version: number): Promise<string> {
  const compiler = await readFile(fileURLToPath(new URL('../package.json', import.meta.resolve('@yowasp/clang'))), 'utf8');
  return sha256(JSON.stringify([compiler, compileFlags, linkFlags, product_version, ...sources]));
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

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildCore();
