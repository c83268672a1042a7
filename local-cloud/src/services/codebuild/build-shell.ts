import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killGroup } from './build-processes.ts';

export interface ShellOptions {
  /** `sh` or `bash`, as the buildspec asks. */
  readonly shell: string;
  /** A folder of the shell's own, in which its files lie. */
  readonly directory: string;
  /** Where the first command begins. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Each line of output of the commands, as it comes. */
  readonly onLine: (line: string) => void;
  /** The id of a process group that now runs commands. */
  readonly onProcessGroup: (id: number) => void;
}

/** How long output may still come after a shell has ended; a process in the background may hold it open for ever. */
const LAST_OUTPUT_MS = 500;
/** Output without an end of line is told in pieces of about so many characters. */
const LONGEST_LINE = 200_000;

/**
 * The one shell of a build, in which its commands run one after the other: what one of them exports, and where it goes by `cd`, the next
 * one sees ("Build specification reference for CodeBuild", version 0.2). A command that ends the shell (`exit`, `set -e`) ends itself only:
 * a new shell takes over the exported variables and the folder. Every command reads from /dev/null and writes to a pipe.
 */
export class BuildShell {
  readonly #options: ShellOptions;
  readonly #mark = `codebuild-${randomBytes(12).toString('hex')}`;
  #child: ChildProcess | undefined;
  #commands = 0;
  #shells = 0;
  #held = '';
  #emptyLines = 0;
  #waiting: { resolve(code: number): void; reject(error: Error): void } | undefined;
  #ended = false;

  constructor(options: ShellOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true });
  }

  /** Runs one command of the buildspec and answers its exit status. Rejects when no shell can be started. */
  run(command: string): Promise<number> {
    if (this.#ended) throw new Error('the shell has ended');
    const path = join(this.#options.directory, `command-${++this.#commands}.sh`);
    writeFileSync(path, `${command}\n`);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      const child = this.#child ?? this.#start();
      child.stdin?.write(`${path}\n`);
    });
  }

  /** Sets an environment variable for the commands that follow. */
  async set(name: string, value: string): Promise<void> {
    await this.run(`export ${name}=${quoted(value)}`);
  }

  /** The values of those variables that are set. */
  async read(names: readonly string[]): Promise<{ name: string; value: string }[]> {
    if (names.length === 0) return [];
    const path = join(this.#options.directory, 'variables');
    writeFileSync(path, '');
    const print = names.map((name) => `if [ -n "\${${name}+x}" ]; then printf '%s=%s\\0' ${name} "$${name}"; fi`).join('\n');
    await this.run(`{\n${print}\n} >${quoted(path)}`);
    return readFileSync(path, 'utf8')
      .split('\0')
      .filter((entry) => entry !== '')
      .map((entry) => ({ name: entry.slice(0, entry.indexOf('=')), value: entry.slice(entry.indexOf('=') + 1) }));
  }

  /** Ends the shell and everything that it has started, at once. A command that runs is answered with 137. */
  end(): void {
    this.#ended = true;
    const child = this.#child;
    if (child?.pid !== undefined) killGroup(child.pid);
    this.#child = undefined;
    this.#settle(137);
  }

  #start(): ChildProcess {
    const { directory, shell, cwd, env } = this.#options;
    const driver = join(directory, `shell-${++this.#shells}.sh`);
    writeFileSync(driver, driverText(directory, this.#mark));
    const pipe = `${driver}.out`;
    // Commands get a true pipe, which Node's own aren't: else /dev/stdout can't be opened. `cat` is no child of the shell, which may `wait`.
    const start = 'mkfifo "$1" && (cat <"$1" &) && exec "$2" "$3" >"$1" 2>&1';
    const child = spawn('/bin/sh', ['-c', start, 'build', pipe, shell, driver], {
      cwd,
      env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    if (child.pid !== undefined) this.#options.onProcessGroup(child.pid);
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    child.once('error', (error) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (this.#child === child) this.#child = undefined;
      waiting?.reject(error);
    });
    child.once('exit', (code, signal) => {
      // What it wrote may come after it. A shell that told its end was left already.
      const settle = () => {
        clearTimeout(timer);
        if (this.#child === child) this.#left(code ?? 128 + (signal === null ? 0 : 9));
      };
      const timer = setTimeout(settle, LAST_OUTPUT_MS);
      child.once('close', settle);
    });
    return child;
  }

  #take(text: string): void {
    const lines = (this.#held + text).split('\n');
    this.#held = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
    if (this.#held.length > LONGEST_LINE) {
      this.#line(this.#held);
      this.#held = '';
    }
  }

  #line(line: string): void {
    if (line.startsWith(`${this.#mark} `)) {
      // The mark begins a line of its own: one empty line before it is not the command's.
      this.#emptyLines = Math.max(0, this.#emptyLines - 1);
      this.#flushEmptyLines();
      const [, what, code] = line.split(' ');
      if (what === 'ended') this.#left(Number(code));
      else this.#settle(Number(code));
      return;
    }
    if (line === '') {
      this.#emptyLines += 1;
      return;
    }
    this.#flushEmptyLines();
    this.#options.onLine(line);
  }

  #flushEmptyLines(): void {
    for (; this.#emptyLines > 0; this.#emptyLines--) this.#options.onLine('');
  }

  /** The shell is gone: the next command gets a new one. */
  #left(code: number): void {
    this.#child = undefined;
    if (this.#held !== '') this.#options.onLine(this.#held);
    this.#held = '';
    this.#settle(code);
  }

  #settle(code: number): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(code);
  }
}

/** Text as one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The shell's own program: runs the files that are named on its input, and tells the end of each by the mark. For sh and bash. */
function driverText(directory: string, mark: string): string {
  const exports = quoted(join(directory, 'exports'));
  const folder = quoted(join(directory, 'folder'));
  return `__codebuild_told() { printf '\\n%s %s %s\\n' '${mark}' "$1" "$2"; }
__codebuild_left() { __codebuild_code=$?; export -p >${exports}; pwd >${folder}; __codebuild_told ended "$__codebuild_code"; }
if [ -f ${exports} ]; then . ${exports}; cd "$(cat ${folder})" || :; fi
trap __codebuild_left EXIT
while IFS= read -r __codebuild_command; do
  . "$__codebuild_command" </dev/null
  __codebuild_code=$?
  export CODEBUILD_LAST_EXIT=$__codebuild_code
  __codebuild_told done "$__codebuild_code"
done
`;
}
