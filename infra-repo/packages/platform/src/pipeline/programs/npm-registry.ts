import { type ExecFileException, execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const run = promisify(execFile);

/** A package as npm packs it. */
export interface Tarball {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  /** As lock files and registries write it ("Subresource Integrity"): the SHA-512 of the file's bytes. */
  readonly integrity: string;
  /** The SHA-512 of what is in it, before it was compressed: two machines' zlib need not make the same bytes of the same content. */
  readonly content: string;
}

/** How npm is called: by its own program where npm runs us, which works on Windows too. */
export async function npm(args: readonly string[]): Promise<string> {
  const program = process.env['npm_execpath'];
  const [command, first] = program?.endsWith('.js') ? [process.execPath, [program]] : ['npm', []];
  const { stdout } = await run(command, [...first, ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

const manifestSchema = z.object({ name: z.string(), version: z.string() });

/** Reads which package a file made by `npm pack` holds. Throws an Error that names a file which is none. */
export async function tarballIn(file: string): Promise<Tarball> {
  let name: string;
  let version: string;
  try {
    // npm puts everything below `package/` ("package.json", npm docs, of tarballs).
    const { stdout } = await run('tar', ['-xzOf', file, 'package/package.json']);
    ({ name, version } = manifestSchema.parse(JSON.parse(stdout)));
  } catch (error) {
    throw new Error(`${file} is no packed package: ${(error as Error).message}`);
  }
  const bytes = readFileSync(file);
  return { name, version, file, integrity: sha512(bytes), content: sha512(gunzipSync(bytes)) };
}

const sha512 = (bytes: Buffer): string => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

const failureSchema = z.object({ error: z.object({ code: z.string() }) });

/**
 * Fetches a package from the registry of its scope.
 *
 * @param spec `@enstratus/contract@0.1.0`, or `@enstratus/contract@latest`.
 * @param folder Where the file is put, in a folder of its own.
 * @returns undefined when the registry has none of that name, or not in that version. Throws an Error with npm's words when the registry can't be asked.
 */
export async function publishedTarball(spec: string, folder: string): Promise<Tarball | undefined> {
  const into = mkdtempSync(join(folder, 'published-'));
  try {
    // What another process has cached is another's answer, where a version was only just published.
    await npm(['pack', spec, '--json', '--ignore-scripts', '--prefer-online', '--pack-destination', into]);
  } catch (error) {
    const { stdout = '', stderr = '' } = error as ExecFileException;
    const failure = failureSchema.safeParse(parsedOrNot(stdout));
    // E404: no such package. ETARGET: no such version of it ("npm errors" as its `--json` tells them).
    if (failure.success && ['E404', 'ETARGET'].includes(failure.data.error.code)) return undefined;
    throw new Error(`npm could not ask for ${spec}:\n${stderr || (error as Error).message}`);
  }
  const [file] = readdirSync(into);
  if (file === undefined) throw new Error(`npm put no file of ${spec} into ${into}`);
  return tarballIn(join(into, file));
}

function parsedOrNot(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
