import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { glob } from 'tinyglobby';
import type { ArchivedFile } from './archive.ts';
import type { ArtifactSpec } from './buildspec.ts';

/** What is wrong with the files that a buildspec names; the texts are CodeBuild's (CLIENT_ERROR of UPLOAD_ARTIFACTS). */
export class ArtifactError extends Error {}

/**
 * The files of an artifact: `files` below `base-directory` (one folder, or a pattern of top-level folders), without `exclude-paths`, and
 * with `discard-paths` by their last name alone ("Build specification reference for CodeBuild", artifacts). Hidden files count, what links
 * point at stands for them. Throws ArtifactError when no folder or no file matches. `told` hears what is looked for.
 */
export async function selectFiles(source: string, spec: ArtifactSpec, told: (line: string) => void): Promise<ArchivedFile[]> {
  told(`Expanding base directory path: ${spec['base-directory']}`);
  const bases = await baseDirectories(source, spec['base-directory']);
  if (bases.length === 0) throw new ArtifactError(`no matching base directory path found for ${spec['base-directory']}`);
  const found = new Map<string, ArchivedFile>();
  for (const base of bases) {
    told(`Expanding file paths for base directory ${spec['base-directory']}`);
    told('Assembling file list');
    for (const pattern of spec.files) {
      told(`Expanding ${pattern}`);
      const names = await glob(withoutDot(pattern), {
        cwd: base,
        dot: true,
        onlyFiles: true,
        expandDirectories: false,
        ignore: spec['exclude-paths'].map(withoutDot),
      });
      if (names.length === 0) told(`Skipping invalid file path ${pattern}`);
      for (const name of names.toSorted()) {
        const archived = spec['discard-paths'] ? basename(name) : name;
        found.set(archived, { path: join(base, name), name: archived });
      }
      told(`Found ${names.length} file(s)`);
    }
  }
  if (found.size === 0) throw new ArtifactError('no matching artifact paths found');
  return [...found.values()];
}

async function baseDirectories(source: string, pattern: string): Promise<string[]> {
  const plain = join(source, pattern);
  try {
    if ((await stat(plain)).isDirectory()) return [plain];
  } catch {
    // No folder of that very name: a pattern, or missing.
  }
  const names = await glob(withoutDot(pattern), { cwd: source, dot: true, onlyDirectories: true, expandDirectories: false, deep: 1 });
  return names.toSorted().map((name) => join(source, name));
}

function withoutDot(pattern: string): string {
  return pattern.replace(/^(\.\/)+/, '');
}
