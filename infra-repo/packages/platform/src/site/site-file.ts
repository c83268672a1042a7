import { extname } from 'node:path';

/** A file of the built site. */
export interface SiteFile {
  /** Its path below the site's root, without a slash at the beginning. */
  readonly name: string;
  readonly body: Uint8Array;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/vnd.microsoft.icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/**
 * The media type of a file by its extension. Throws for one that isn't known: browsers are told not to guess (nosniff), so a wrong type would be a
 * file that doesn't work.
 */
export function contentType(name: string): string {
  const type = contentTypes[extname(name)];
  if (type === undefined)
    throw new Error(`${name}: no content type is known for this extension (@enstratus/platform, src/site/site-file.ts)`);
  return type;
}

/** Vite and esbuild name what they build by its content: `assets/device-page-B7PI925R.js`. */
const namedByContent = /^assets\/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/;

/** How long browsers and CloudFront may keep a file: for good what is named by its content; everything else is asked for again each time. */
export function cacheControl(name: string): string {
  return namedByContent.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/** The page that a site begins with. */
export const pageName = 'index.html';

/**
 * The order in which files are put, one group after the other: first what is loaded, then the pages that load it. Whoever opens the site meanwhile gets the page
 * before or the page after, whole.
 */
export function putOrder<File extends Pick<SiteFile, 'name'>>(files: readonly File[]): File[][] {
  const rank = ({ name }: Pick<SiteFile, 'name'>) => (extname(name) === '.html' ? 2 : namedByContent.test(name) ? 0 : 1);
  return [0, 1, 2].map((wanted) => files.filter((file) => rank(file) === wanted));
}
