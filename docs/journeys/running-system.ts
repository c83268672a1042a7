import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The endpoints.json of the system on which the journeys are walked. */
    endpointsFile: string;
  }
}

/**
 * The system on which the journeys are walked: the one whose endpoints.json ENSTRATUS_ENDPOINTS names, else one of their own, started as `npm start`
 * of the workspace does in which Vitest was started, on a free port and in a temporary folder.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['ENSTRATUS_ENDPOINTS'];
  if (given !== undefined) {
    project.provide('endpointsFile', given);
    return async () => undefined;
  }
  const start = join(project.vitest.config.root, 'local-cloud', 'bin', 'start.ts');
  if (!existsSync(start))
    throw new Error(`No local cloud at ${start}: name the endpoints.json of a running system in ENSTRATUS_ENDPOINTS.`);
  const directory = mkdtempSync(join(tmpdir(), 'enstratus-journeys-'));
  const child = spawn(process.execPath, [start, '--port', '0', '--directory', directory, '--devices', '0'], {
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
  project.provide('endpointsFile', join(directory, 'endpoints.json'));
  return async () => {
    child.kill('SIGINT');
    await exited;
    rmSync(directory, { recursive: true, force: true });
  };
}
