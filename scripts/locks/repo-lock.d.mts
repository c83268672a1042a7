/** A lock file as far as these scripts read it. */
export interface Lock {
  readonly name?: string;
  readonly version?: string;
  readonly lockfileVersion: number;
  readonly requires?: boolean;
  readonly packages: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
export function repoLock(workspace: Lock, repo: string, manifest: Readonly<Record<string, unknown>>): Lock;
