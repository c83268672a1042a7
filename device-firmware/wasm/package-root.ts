import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package, wherever this file runs from: wasm/ as TypeScript, or dist/wasm/ as JavaScript. */
export const packageRoot = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** Where the build puts the core. */
export const corePath = join(packageRoot, 'dist', 'enstratus-core.wasm');

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error(`No package.json above ${fileURLToPath(import.meta.url)}`);
  return rootAbove(above);
}
