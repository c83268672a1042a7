import { spawn } from 'node:child_process';

/** Runs a program of a benchmark in a process of its own: the plan, JSON, on its stdin; resolves to the JSON of its stdout. Rejects when it fails. */
export function inOwnProcess(file: string, plan: unknown, args: readonly string[] = []): Promise<unknown> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(plan));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`${file} ended with ${code}`));
    });
  });
}
