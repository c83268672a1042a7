import { runGit } from './git-program.ts';

/** An entry of a commit's tree. */
export interface TreeEntry {
  /** As git writes it: `100644`, `100755`, `120000` (a symbolic link), `040000` (a folder), `160000` (a submodule). */
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly id: string;
  /** Bytes; undefined for what is no file. */
  readonly size: number | undefined;
  /** From the top of the tree, with `/` between folders. */
  readonly path: string;
}

/** What `git ls-tree` tells of `commit` with these arguments (git's documentation, "git-ls-tree", output format). */
export async function listTree(directory: string, commit: string, ...args: string[]): Promise<TreeEntry[]> {
  const text = (await runGit(directory, ['ls-tree', '-z', '--long', '--full-tree', commit, ...args])).toString('utf8');
  return text
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const [, mode = '', type = '', id = '', size = '', path = ''] = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
      return { mode, type: type as TreeEntry['type'], id, size: size === '-' ? undefined : Number(size), path };
    });
}

/** `FileModeTypeEnum` of the API. */
export function fileMode(mode: string): 'NORMAL' | 'EXECUTABLE' | 'SYMLINK' {
  return mode === '120000' ? 'SYMLINK' : mode === '100755' ? 'EXECUTABLE' : 'NORMAL';
}
