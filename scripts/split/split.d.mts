export function split(options: {
  readonly source: string;
  readonly folders: readonly string[];
  readonly target: string;
  readonly tell: (line: string) => void;
}): { readonly folder: string; readonly path: string; readonly tip: string; readonly commits: number; readonly added: number }[];
