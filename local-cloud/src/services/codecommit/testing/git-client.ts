import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** For tests: a developer's git, with a home and an identity of its own, in folders that go with it. */
export class GitClient {
  readonly home = mkdtempSync(join(tmpdir(), 'git-client-'));
  readonly environment: Readonly<Record<string, string>>;

  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.environment = environment;
  }

  /** Resolves to what git prints on both outputs; rejects with an error whose `stderr` says what it complains of. */
  async run(directory: string, ...args: string[]): Promise<string> {
    const identity = [
      '-c',
      'user.name=Dana',
      '-c',
      'user.email=dana@example.com',
      '-c',
      'init.defaultBranch=main',
      '-c',
      'commit.gpgsign=false',
    ];
    const { stdout, stderr } = await execute('git', [...identity, ...args], {
      cwd: directory,
      maxBuffer: 64 * 1024 * 1024,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: this.home,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: devNull,
        GIT_TERMINAL_PROMPT: '0',
        LC_ALL: 'C',
        ...this.environment,
      },
    });
    return `${stdout}${stderr}`;
  }

  /** Clones into a folder of this name, and answers where it is. */
  async clone(url: string, name: string, ...options: string[]): Promise<string> {
    await this.run(this.home, ...options, 'clone', '--quiet', url, name);
    return join(this.home, name);
  }

  /** A folder with a repository that nothing was cloned into. */
  async init(name: string, url: string): Promise<string> {
    const directory = join(this.home, name);
    mkdirSync(directory);
    await this.run(directory, 'init', '--quiet');
    await this.run(directory, 'remote', 'add', 'origin', url);
    return directory;
  }

  /** Writes files and commits them; answers the commit's id. */
  async commit(directory: string, files: Readonly<Record<string, string | Uint8Array>>, message = 'Change'): Promise<string> {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content);
    }
    await this.run(directory, 'add', '--all');
    await this.run(directory, 'commit', '--quiet', '-m', message);
    return this.head(directory);
  }

  async head(directory: string, revision = 'HEAD'): Promise<string> {
    return (await this.run(directory, 'rev-parse', revision)).trim();
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
