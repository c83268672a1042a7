import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** A file that the page loads. */
export interface Asset {
  readonly body: Uint8Array;
  readonly type: string;
}

/** The page's files by name; names carry a hash of the content. */
export interface Bundle {
  readonly assets: ReadonlyMap<string, Asset>;
  readonly script: string;
  readonly style: string;
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  woff2: 'font/woff2',
};

/** Bundles the page from its sources, which takes a moment: at the first request for it, so that a start doesn't wait. Rejects with esbuild's messages. */
export async function bundle(): Promise<Bundle> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: { console: join(import.meta.dirname, '..', 'app', 'main.tsx') },
    bundle: true,
    write: false,
    outdir: '/',
    entryNames: '[name]',
    assetNames: '[name]-[hash]',
    minify: true,
    format: 'esm',
    target: 'es2023',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.woff2': 'file' },
    publicPath: '.',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const assets = new Map<string, Asset>();
  const names = { js: '', css: '' };
  for (const { path, contents } of outputFiles) {
    const plain = path.slice(path.lastIndexOf('/') + 1);
    const kind = plain.slice(plain.lastIndexOf('.') + 1);
    const isEntry = kind === 'js' || kind === 'css';
    const name = isEntry ? `console-${createHash('sha256').update(contents).digest('hex').slice(0, 12)}.${kind}` : plain;
    if (isEntry) names[kind] = name;
    assets.set(name, { body: contents, type: TYPES[kind] ?? 'application/octet-stream' });
  }
  return { assets, script: names.js, style: names.css };
}
