import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startSystem } from './start-system.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The endpoints.json of the system on which the journeys are walked. */
    endpointsFile: string;
    /** What starts a system; it may not be there where a running one was given. */
    startProgram: string;
  }
}

/**
 * The system on which the journeys are walked: the one whose endpoints.json ENSTRATUS_ENDPOINTS names, else one of their own, started as `npm start`
 * of the workspace does in which Vitest was started, on a free port and in a temporary folder.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const start = join(project.vitest.config.root, 'local-cloud', 'bin', 'start.ts');
  project.provide('startProgram', start);
  const given = process.env['ENSTRATUS_ENDPOINTS'];
  if (given !== undefined) {
    project.provide('endpointsFile', given);
    return async () => undefined;
  }
  if (!existsSync(start))
    throw new Error(`No local cloud at ${start}: name the endpoints.json of a running system in ENSTRATUS_ENDPOINTS.`);
  const system = await startSystem(start);
  project.provide('endpointsFile', system.endpointsFile);
  return system.stop;
}
