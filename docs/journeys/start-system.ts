import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface StartedSystem {
  readonly endpointsFile: string;
  /** Ends it as Ctrl-C does, and forgets what it kept. */
  stop(): Promise<void>;
}

/**
 * Starts the program of `npm start` on a free port and in a temporary folder, without devices; resolves when it is ready, rejects with what it
 * printed when it ends before.
 */
export async function startSystem(program: string, more: readonly string[] = []): Promise<StartedSystem> {
  const directory = mkdtempSync(join(tmpdir(), 'enstratus-journeys-'));
  const child = spawn(process.execPath, [program, '--port', '0', '--directory', directory, '--devices', '0', ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    const take = (chunk: string) => {
      output += chunk;
      if (output.includes('ENStratus Cloud is running')) resolve();
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    void exited.then((code) => reject(new Error(`The system ended with code ${code} before it was ready:\n${output}`)));
  });
  return {
    endpointsFile: join(directory, 'endpoints.json'),
    stop: async () => {
      child.kill('SIGINT');
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
