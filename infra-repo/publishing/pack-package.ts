import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm, type Tarball, tarballIn } from '../packages/platform/src/pipeline/programs/npm-registry.ts';
import { tsc } from './typescript.ts';

/** The folders of the packages that are published. */
export const sharedPackages = ['contract', 'platform'].map((name) => fileURLToPath(new URL(`../packages/${name}`, import.meta.url)));

/** What of a package's folder is made or fetched, or is compiled anew. */
const leftOut = /^(dist|node_modules|src|coverage|.*\.tsbuildinfo|vitest\.config\.ts)$/;

/**
 * Packs a package as `npm publish` would, from its sources: its `dist` is compiled in a place of its own, so that nothing which an older source has left behind gets in. The same sources
 * make the same bytes (npm gives all files one date).
 *
 * @param source The package's folder.
 * @param into Where the file is put; an older one of the same name is replaced.
 */
export async function packPackage(source: string, into: string): Promise<Tarball> {
  const work = mkdtempSync(join(tmpdir(), 'pack-'));
  try {
    const stage = join(work, basename(source));
    const packed = join(work, 'packed');
    mkdirSync(packed);
    cpSync(source, stage, { recursive: true, filter: (path) => path === source || !leftOut.test(basename(path)) });
    const project = ['-p', join(source, 'tsconfig.json'), '--composite', 'false', '--declaration', '--outDir', join(stage, 'dist')];
    const { isClean, output } = await tsc(project, source);
    if (!isClean) throw new Error(`${source} does not compile:\n${output}`);
    // Whoever unpacks may read all of it, whatever the packer's own files are like.
    for (const entry of readdirSync(stage, { recursive: true, withFileTypes: true }))
      chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
    await npm(['pack', stage, '--ignore-scripts', '--pack-destination', packed]);
    const [file] = readdirSync(packed);
    if (file === undefined) throw new Error(`npm packed nothing of ${source}`);
    mkdirSync(into, { recursive: true });
    cpSync(join(packed, file), join(into, file));
    return await tarballIn(join(into, file));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
