import { chmod, lstat, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fromBuffer, type ZipFile as ZipReader } from 'yauzl';
import { ZipFile } from 'yazl';

const SYMBOLIC_LINK = 0o120000;
const FILE_TYPE = 0o170000;

/** One file of an archive: where it lies, and the path that it has in the archive. */
export interface ArchivedFile {
  readonly path: string;
  readonly name: string;
}

/** A zip file of these files with their modes; what a symbolic link points at stands for it. */
export async function zipFiles(files: readonly ArchivedFile[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { path, name } of files) zip.addFile(path, name);
  zip.end();
  return buffer(zip.outputStream);
}

/**
 * Writes what a zip file holds below a folder, with file modes and symbolic links where the zip tells them. Rejects for what is no zip file,
 * and for a name that leads out of the folder (yauzl refuses those).
 */
export async function unzipTo(zip: Buffer, directory: string): Promise<void> {
  const reader = await new Promise<ZipReader>((resolve, reject) => {
    fromBuffer(zip, { lazyEntries: true }, (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  await mkdir(directory, { recursive: true });
  const links: { path: string; target: string }[] = [];
  await new Promise<void>((resolve, reject) => {
    reader.once('error', reject);
    reader.once('end', resolve);
    reader.on('entry', (entry) => {
      const write = async () => {
        const path = join(directory, entry.fileName);
        const mode = entry.externalFileAttributes >>> 16;
        if (entry.fileName.endsWith('/')) await mkdir(path, { recursive: true });
        else {
          const content = await contentOf(reader, entry);
          if ((mode & FILE_TYPE) === SYMBOLIC_LINK) links.push({ path, target: content.toString('utf8') });
          else {
            await mkdir(dirname(path), { recursive: true });
            await writeFile(path, content);
            if ((mode & 0o111) !== 0) await chmod(path, 0o755);
          }
        }
        reader.readEntry();
      };
      write().catch(reject);
    });
    reader.readEntry();
  });
  // Last of all, so that no entry is written through a link.
  for (const { path, target } of links) {
    await mkdir(dirname(path), { recursive: true });
    await symlink(target, path);
  }
}

function contentOf(reader: ZipReader, entry: Parameters<ZipReader['openReadStream']>[0]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    reader.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(buffer(stream))));
  });
}

/** Whether something is at this path, be it a link that leads nowhere. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
