import { existsSync } from 'node:fs';
import { endpointsFile } from '../start/endpoints-file.ts';
import { localDirectory, runningSystem, ToolError } from '../tools/running-system.ts';
import { kindNamed } from './all-kinds.ts';
import { generate, helpOf, listOfKinds, readRequest } from './generate.ts';

/** What `npm run event` answers to its arguments: an event as JSON, or its help. Rejects with ToolError, and parseArgs' own error for an unknown option. */
export async function eventCommand([name, ...args]: readonly string[]): Promise<string> {
  if (name === '--list' || name === '--help') return listOfKinds();
  if (name === undefined || name.startsWith('-')) throw new ToolError('Which event? npm run --silent event -- --list');
  const kind = kindNamed(name);
  const request = readRequest(kind, args);
  if (request.help) return helpOf(kind);
  const now_ms = Date.now();
  const isRunning = request.directory !== undefined || existsSync(endpointsFile(localDirectory));
  // The SDK's clients take longer to load than all the rest, and help needs none.
  const where = isRunning
    ? (await import('./where/running.ts')).runningSurroundings(runningSystem(request.directory), now_ms)
    : (await import('./where/made-up.ts')).madeUpSurroundings(now_ms);
  return JSON.stringify(await generate(kind, request, where), null, 2);
}
