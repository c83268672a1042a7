import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const assetsSchema = z.object({ files: z.record(z.string(), z.object({ source: z.object({ path: z.string().optional() }) })).default({}) });

/** How many files (templates among them) a stage's assembly publishes, and their bytes as they lie there. */
export function assetSize(assembly: string): { readonly files: number; readonly bytes: number } {
  const paths = globSync('*.assets.json', { cwd: assembly }).flatMap((file) => {
    const { files } = assetsSchema.parse(JSON.parse(readFileSync(join(assembly, file), 'utf8')));
    return Object.values(files).flatMap(({ source: { path } }) => (path === undefined ? [] : [join(assembly, path)]));
  });
  return { files: paths.length, bytes: paths.reduce((sum, path) => sum + sizeOf(path), 0) };
}

function sizeOf(path: string): number {
  if (!existsSync(path)) return 0;
  const { size, isDirectory } = ((stat) => ({ size: stat.size, isDirectory: stat.isDirectory() }))(statSync(path));
  if (!isDirectory) return size;
  return globSync('**/*', { cwd: path }).reduce(
    (sum, file) => sum + (statSync(join(path, file)).isFile() ? statSync(join(path, file)).size : 0),
    0,
  );
}
