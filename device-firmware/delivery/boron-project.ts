import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A firmware in source, as Particle compiles it. */
export interface BoronProject {
  /** PRODUCT_VERSION, by which Particle tells firmwares apart. */
  readonly version: number;
  /** SHA-256 of the files and of what they are compiled for, in hexadecimal digits: two compilations of the same sources need not make the same bytes. */
  readonly hash: string;
  /** Path in the project, with /, to text. */
  readonly files: ReadonlyMap<string, string>;
}

/** What Particle compiles a project for (Cloud API reference, "Compile source code"): the same sources make another firmware for another Device OS. */
export interface CompileTarget {
  readonly platform_id: number;
  readonly device_os: string;
}

/** Reads what boron/assemble.ts has made. Throws an Error when it states no PRODUCT_VERSION, or more than one. */
export function readBoronProject(folder: string, { platform_id, device_os }: CompileTarget): BoronProject {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((path) => path === 'project.properties' || path.startsWith('src/'))
    .sort();
  const files = new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
  const said = [...files.values()].flatMap((text) => [...text.matchAll(/^PRODUCT_VERSION\((\d+)\);/gm)].map((match) => Number(match[1])));
  const [version] = said;
  if (version === undefined || said.length !== 1) throw new Error(`${folder} states its PRODUCT_VERSION ${said.length} times, not once`);
  return {
    version,
    files,
    hash: createHash('sha256')
      .update(JSON.stringify([platform_id, device_os, ...files]))
      .digest('hex'),
  };
}
