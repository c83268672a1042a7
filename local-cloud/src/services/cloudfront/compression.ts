import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Amazon CloudFront Developer Guide, "Serve compressed files": the types and the sizes that are compressed. */
const TYPES = new Set([
  ...['dash+xml', 'eot', 'font', 'font-sfnt', 'javascript', 'json', 'opentype', 'otf', 'pkcs7-mime', 'protobuf', 'rss+xml'].map(
    application,
  ),
  ...['truetype', 'ttf', 'vnd.apple.mpegurl', 'vnd.ms-fontobject', 'xhtml+xml', 'xml', 'x-font-opentype'].map(application),
  ...['x-font-truetype', 'x-font-ttf', 'x-httpd-cgi', 'x-javascript', 'x-mpegurl', 'x-opentype', 'x-otf', 'x-perl', 'x-ttf'].map(
    application,
  ),
  ...['font/eot', 'font/opentype', 'font/otf', 'font/ttf', 'image/svg+xml', 'text/css', 'text/csv', 'text/html', 'text/javascript'],
  ...['text/js', 'text/plain', 'text/richtext', 'text/tab-separated-values', 'text/xml', 'text/x-component', 'text/x-java-source'],
  ...['text/x-script', 'vnd.apple.mpegurl'],
]);
const BYTES = { from: 1_000, to: 10_000_000 };

function application(name: string): string {
  return `application/${name}`;
}

export type Encoding = 'br' | 'gzip';

/** The encoding in which CloudFront sends a body that it compresses: Brotli where the viewer takes both; undefined for none. */
export function encodingFor(acceptEncoding: string | undefined, body: { type: string | undefined; size: number }): Encoding | undefined {
  const type = body.type?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!TYPES.has(type) || body.size < BYTES.from || body.size > BYTES.to) return undefined;
  const taken = new Set(
    (acceptEncoding ?? '')
      .toLowerCase()
      .split(',')
      .map((one) => one.trim().split(/\s*;\s*q=/))
      .filter(([, quality = '1']) => Number(quality) > 0)
      .map(([name]) => name),
  );
  return taken.has('br') ? 'br' : taken.has('gzip') ? 'gzip' : undefined;
}

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** Compresses at a level between fast and small: every request does it anew here. */
export function compress(body: Uint8Array, encoding: Encoding): Promise<Buffer> {
  return encoding === 'gzip' ? zip(body, { level: 6 }) : brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
}

/** A compressed body is the same only in meaning: a strong ETag becomes a weak one. */
export function weakened(etag: string): string {
  return etag.startsWith('W/') ? etag : `W/${etag}`;
}
