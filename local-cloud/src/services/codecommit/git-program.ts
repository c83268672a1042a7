import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { devNull } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { AwsError } from '../../kernel/aws-error.ts';

export type GitProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** Above everything that is read whole: a file of GetFile is 6 MB at the most, lists of files are shorter. */
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;

/** git failed: what it wrote to its standard error. */
export class GitFailed extends Error {
  readonly exitCode: number | null;

  constructor(args: readonly string[], exitCode: number | null, complaint: string) {
    super(`git ${args.join(' ')} ended with ${exitCode}: ${complaint.trim()}`);
    this.name = 'GitFailed';
    this.exitCode = exitCode;
  }
}

/**
 * Starts this machine's git on a bare repository, away from the developer's own settings, hooks and identity. `environment` adds to what git sees,
 * such as GIT_PROTOCOL.
 */
export function startGit(directory: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): GitProcess {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const settings = [
    ['core.hooksPath', devNull],
    ['gc.autoDetach', 'false'],
    ['safe.directory', '*'],
  ];
  return spawn('git', [...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]), ...args], {
    cwd: directory,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...inherited,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: devNull,
      GIT_TERMINAL_PROMPT: '0',
      GIT_LITERAL_PATHSPECS: '1',
      LC_ALL: 'C',
      ...environment,
    },
  });
}

/** Resolves to what git writes. Rejects with GitFailed, or with ServiceUnavailableException on a machine without git. */
export async function runGit(directory: string, args: readonly string[], input: string | Uint8Array = ''): Promise<Buffer> {
  const git = startGit(directory, args);
  const ended = gitEnded(git, args);
  // A git that has ended before it read everything says so by its exit code.
  git.stdin.on('error', () => undefined);
  git.stdin.end(input);
  const chunks: Buffer[] = [];
  let size = 0;
  git.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_OUTPUT_BYTES) git.kill();
    else chunks.push(chunk);
  });
  await ended;
  return Buffer.concat(chunks);
}

/** The same as text without the end of its last line. */
export async function gitText(directory: string, args: readonly string[]): Promise<string> {
  return (await runGit(directory, args)).toString('utf8').replace(/\n$/, '');
}

/** Resolves when git has ended well and all that it wrote was read. Rejects as `runGit` does. */
export function gitEnded(git: GitProcess, args: readonly string[]): Promise<void> {
  let complaint = '';
  git.stderr.setEncoding('utf8');
  git.stderr.on('data', (text: string) => {
    if (complaint.length < 10_000) complaint += text;
  });
  return new Promise((resolve, reject) => {
    git.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? withoutGit() : error));
    git.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new GitFailed(args, code, complaint));
    });
  });
}

function withoutGit(): AwsError {
  return new AwsError(
    'ServiceUnavailableException',
    'There is no program "git" on the PATH of this machine: the local cloud keeps the repositories of CodeCommit with it. Install git and start again.',
    503,
  );
}
