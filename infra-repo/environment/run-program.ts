import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

export interface ProgramResult {
  readonly code: number;
  /** Standard output and error in the order in which they came. */
  readonly output: string;
}

/** Runs a program to its end and keeps what it prints. Rejects when it can't start. */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk: string) => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * The environment of the programs that work on an account: the caller's own credentials, in the region of the stage. The CDK CLI remembers which account a key
 * belongs to; for each run anew, in a folder of its own.
 */
export function programEnvironment(region: string, cdkHome: string): NodeJS.ProcessEnv {
  // The token can flash the whole fleet, and what runs here is code of every repo.
  const { PARTICLE_ACCESS_TOKEN: _, ...own } = process.env;
  return {
    ...own,
    // A repo's app is started as `node bin/…`: by this Node, not by an older one of the machine's.
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    CDK_HOME: cdkHome,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    NODE_NO_WARNINGS: '1',
  };
}

/** Runs the CDK CLI that a repo has pinned, in the repo's folder. Throws an Error with what the CLI said last. */
export async function cdk(directory: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const cli = createRequire(join(directory, 'package.json')).resolve('aws-cdk/bin/cdk');
  const { code, output } = await runProgram(process.execPath, [cli, ...args, '--no-notices', '--no-color'], { cwd: directory, env });
  if (code !== 0) throw new Error(`cdk ${args[0]} failed:\n${lastLines(output)}`);
}

/** The end of what a program printed, where it says why it failed. */
export const lastLines = (output: string, count = 40): string => output.trimEnd().split('\n').slice(-count).join('\n');
