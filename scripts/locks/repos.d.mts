export function repoFolders(root: string): string[];
export function repoLocks(
  root: string,
): { readonly repo: string; readonly path: string; readonly packages: number; readonly text: string }[];
