import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpReply, HttpRequest } from '../../kernel/service.ts';
import { type Bundle, bundle } from './bundle.ts';

const ASSETS = '/_local/assets/';

/** Nothing of elsewhere, nothing inline: what a device sent can be no script, wherever it is shown. */
const PAGE_HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Serves the console's page at `/_local` and its files below `/_local/assets/`. */
export class Page {
  #bundle: Promise<Bundle> | undefined;

  matches({ method, path }: HttpRequest): boolean {
    return (method === 'GET' || method === 'HEAD') && (path === '/_local' || path === '/_local/' || path.startsWith(ASSETS));
  }

  async handle({ path }: HttpRequest): Promise<HttpReply> {
    if (path === '/_local/') return { status: 308, headers: { Location: '/_local' } };
    if (path === `${ASSETS}theme.js`)
      return file(readFileSync(join(import.meta.dirname, 'theme.js')), 'text/javascript; charset=utf-8', 'no-cache');
    if (path === `${ASSETS}icon.svg`) return file(readFileSync(join(import.meta.dirname, 'icon.svg')), 'image/svg+xml', 'max-age=86400');
    this.#bundle ??= bundle();
    const built = await this.#bundle.catch((error: unknown) => {
      // A mistake in the page's sources is mended and asked for again.
      this.#bundle = undefined;
      throw error;
    });
    if (path === '/_local')
      return {
        status: 200,
        headers: { ...PAGE_HEADERS, 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-cache' },
        body: html(built),
      };
    const asset = built.assets.get(path.slice(ASSETS.length));
    if (asset === undefined)
      return { status: 404, headers: { ...PAGE_HEADERS, 'Content-Type': 'text/plain' }, body: 'There is no such file.' };
    return file(asset.body, asset.type, 'public, max-age=31536000, immutable');
  }
}

function file(body: Uint8Array, type: string, caching: string): HttpReply {
  return {
    status: 200,
    headers: {
      'Content-Type': type,
      'Cache-Control': caching,
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
    },
    body,
  };
}

function html({ script, style }: Bundle): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Console · ENStratus local cloud</title>
<link rel="icon" href="${ASSETS}icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${ASSETS}${style}">
<script src="${ASSETS}theme.js"></script>
<script type="module" src="${ASSETS}${script}"></script>
</head>
<body><div id="app"></div><noscript>The console is a program: it needs JavaScript.</noscript></body>
</html>
`;
}
