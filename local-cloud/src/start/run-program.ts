import { spawn } from 'node:child_process';

export interface ProgramResult {
  readonly code: number;
  /** Standard output and error in the order in which they came. */
  readonly output: string;
}

/** Runs a program to its end and keeps what it prints; `onLine` sees each line as it comes. Rejects when it can't start. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; onLine?: (line: string) => void; signal?: AbortSignal },
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: ['ignore', 'pipe', 'pipe'], signal: options.signal });
    let output = '';
    let rest = '';
    const take = (chunk: string) => {
      output += chunk;
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine?.(line);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', reject);
    child.once('close', (code) => {
      if (rest !== '') options.onLine?.(rest);
      resolve({ code: code ?? 1, output });
    });
  });
}
