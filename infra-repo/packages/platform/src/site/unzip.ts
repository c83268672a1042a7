import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import type { SiteFile } from './site-file.ts';

/** The function holds zip and files in its memory of 512 MiB. */
export const maxUnzippedBytes = 128 * 1024 * 1024;
export const maxFiles = 2_000;

/**
 * The files in a zip file, without its folders. Throws for what is no zip file, for paths that lead out of it (yauzl refuses them), and for more than 2,000
 * files or 128 MiB, whatever the zip file says of its own sizes (yauzl holds each file to it).
 */
export async function unzip(zip: Uint8Array): Promise<SiteFile[]> {
  const archive = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(Buffer.from(zip), { lazyEntries: true }, (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  const files: SiteFile[] = [];
  let bytes = 0;
  await new Promise<void>((resolve, reject) => {
    archive.once('error', reject);
    archive.once('end', resolve);
    archive.on('entry', (entry) => {
      take(entry).then(() => archive.readEntry(), reject);
    });
    archive.readEntry();
  });
  return files;

  async function take(entry: Entry): Promise<void> {
    if (entry.fileName.endsWith('/')) return;
    bytes += entry.uncompressedSize;
    if (bytes > maxUnzippedBytes) throw new Error(`the build has more than ${maxUnzippedBytes} bytes`);
    if (files.length >= maxFiles) throw new Error(`the build has more than ${maxFiles} files`);
    files.push({ name: entry.fileName, body: await content(archive, entry) });
  }
}

function content(archive: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, stream) => {
      if (error) return reject(error);
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('end', () => resolve(Buffer.concat(chunks)));
      stream.once('error', reject);
    });
  });
}
