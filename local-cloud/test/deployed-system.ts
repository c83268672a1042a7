import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The directory of the local cloud on which the whole system is deployed: its endpoints.json is in there. */
    systemDirectory: string;
  }
}

/** Starts the whole system once for every test of the project, exactly as `npm start` does, on a free port. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'enstratus-system-'));
  const running = await startSystem(directory);
  project.provide('systemDirectory', directory);
  return async () => {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}

export interface RunningSystem {
  readonly process: ChildProcess;
  /** Everything that it has printed. */
  output(): string;
  /** Ends it as Ctrl-C does and waits; rejects when it doesn't end well. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

export interface SystemOptions {
  /** How many demo devices have power; none unless told. */
  readonly devices?: number;
  /** Further options of bin/start.ts. */
  readonly more?: readonly string[];
  /** Sees everything that is printed, and may end it all as a power cut would. */
  readonly onOutput?: (output: string, kill: () => void) => void;
}

/** Runs bin/start.ts on a directory and resolves when it says that it is ready; rejects with all its output when it ends before that. */
export function startSystem(directory: string, port = 0, { devices = 0, more = [], onOutput }: SystemOptions = {}): Promise<RunningSystem> {
  const start = join(import.meta.dirname, '..', 'bin', 'start.ts');
  const child = spawn(process.execPath, [start, '--port', String(port), '--directory', directory, '--devices', String(devices), ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return new Promise((resolve, reject) => {
    const take = (chunk: string) => {
      output += chunk;
      onOutput?.(output, () => child.kill('SIGKILL'));
      if (!output.includes('ENStratus Cloud is running')) return;
      resolve({
        process: child,
        output: () => output,
        stop: async () => {
          child.kill('SIGINT');
          const code = await exited;
          if (code !== 0) throw new Error(`The system ended with code ${code}:\n${output}`);
        },
        kill: async () => {
          child.kill('SIGKILL');
          await exited;
        },
      });
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    void exited.then((code) => reject(new Error(`The system ended with code ${code} before it was ready:\n${output}`)));
  });
}
