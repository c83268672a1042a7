import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

export const root = join(import.meta.dirname, '..', '..');

const manifest = z.object({
  name: z.string(),
  workspaces: z.array(z.string()).optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
  peerDependencies: z.record(z.string(), z.string()).default({}),
});

/** A package.json as far as these checks read it. */
export type Manifest = z.output<typeof manifest>;

export function manifestIn(folder: string): Manifest {
  return manifest.parse(JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')));
}

/** Every folder with a package.json of its own, from the root's workspaces: repos, and the two packages of infra-repo. */
export const folders: readonly string[] = manifestIn('.').workspaces ?? [];

/** The repos: what is copied out whole. */
export const repos: readonly string[] = folders.filter((folder) => !folder.includes('/'));

/** The folder of {@link folders} in which a file is: the innermost. */
export function folderOf(file: string): string | undefined {
  return folders.filter((folder) => file.startsWith(`${folder}/`)).sort((one, other) => other.length - one.length)[0];
}

/** Git's files in the workspace that are code, by their paths below the root. */
export function sourceFiles(): string[] {
  return execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((file) => /\.(ts|tsx|mts|mjs|js)$/.test(file) && folderOf(file) !== undefined && existsSync(join(root, file)));
}

/** What a file's code names by a path: an absolute path below the root, and as it stands there. */
export interface NamedPath {
  readonly text: string;
  readonly target: string;
}

/** A text that begins with dots, such as in an import, in `new URL` or in `readFileSync`. */
const RELATIVE = /(['"`])(\.\.?(?:\/[^'"`\n$]*)?)\1/g;
/** `join(import.meta.dirname, '..', 'x')`, also by `resolve` and by a name that stands for the folder. */
const JOINED = /\b(?:join|resolve)\(\s*(?:import\.meta\.dirname|here|__dirname)((?:,\s*'[^']*')+)/g;

/** The paths that a file's text names relative to itself, each in one piece. A path that is put together in other ways is seen by `npm run standalone` alone. */
export function namedPaths(file: string, text: string): NamedPath[] {
  const from = join(root, dirname(file));
  const joined = [...text.matchAll(JOINED)].map(([whole, parts = '']) => ({
    text: whole,
    target: join(from, ...[...parts.matchAll(/'([^']*)'/g)].map(([, part = '']) => part)),
  }));
  const relative = [...text.replaceAll(JOINED, '').matchAll(RELATIVE)].map(([, , path = '']) => ({ text: path, target: join(from, path) }));
  return [...joined, ...relative];
}

const IMPORTED =
  /(?:^|[;\n]\s*)(?:import|export)\s(?:[^'";]*?\sfrom\s)?\s*'([^'.][^']*)'|\bimport\('([^'.][^']*)'\)|\brequire\.resolve\('([^'.][^']*)'\)/g;

/** Names of the packages that a file imports, without Node's own. */
export function importedPackages(text: string): string[] {
  const names = [...text.matchAll(IMPORTED)].map(([, one, other, third]) => one ?? other ?? third ?? '');
  return [
    ...new Set(
      names
        .filter((name) => !name.includes(':'))
        .map((name) =>
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        ),
    ),
  ];
}
