import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A git repository of a test's own, below the system's folder for temporary files; each commit is a minute later than the one before, by an author and a committer in two time zones. */
export class MadeUpRepository {
  readonly #above = mkdtempSync(join(tmpdir(), 'split-'));
  readonly folder = join(this.#above, 'all');
  readonly target = join(this.#above, 'repos');
  #minute = 0;

  constructor() {
    mkdirSync(this.folder);
    this.git('init', '--quiet', '--initial-branch=main');
  }

  /** Runs git there and returns what it prints, without the line's end. */
  git(...args: string[]): string {
    return this.gitIn(this.folder, ...args);
  }

  gitIn(folder: string, ...args: string[]): string {
    const seconds = 1_700_000_000 + 60 * this.#minute;
    const env = {
      PATH: process.env['PATH'],
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Ana Peña',
      GIT_AUTHOR_EMAIL: 'ana@example.com',
      GIT_AUTHOR_DATE: `${seconds} -0700`,
      GIT_COMMITTER_NAME: 'Bo',
      GIT_COMMITTER_EMAIL: 'bo@example.com',
      GIT_COMMITTER_DATE: `${seconds + 7} +0530`,
    };
    return execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd();
  }

  /** Writes files (null: takes them away) and commits everything, also where nothing changed. */
  commit(message: string, files: Readonly<Record<string, string | null>> = {}): void {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.folder, path);
      mkdirSync(dirname(file), { recursive: true });
      if (text === null) rmSync(file);
      else writeFileSync(file, text);
    }
    this.#minute += 1;
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', message);
  }

  /** Merges a branch with a merge commit of its own. */
  merge(branch: string): void {
    this.#minute += 1;
    this.git('merge', '--quiet', '--no-ff', '--message', `Merge ${branch}`, branch);
  }

  remove(): void {
    rmSync(this.#above, { recursive: true, force: true });
  }
}
