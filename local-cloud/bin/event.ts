import { existsSync } from 'node:fs';
import { kindNamed } from '../src/events/all-kinds.ts';
import { generate, helpOf, listOfKinds, readRequest } from '../src/events/generate.ts';
import { madeUpSurroundings } from '../src/events/where/made-up.ts';
import { runningSurroundings } from '../src/events/where/running.ts';
import { endpointsFile } from '../src/start/endpoints-file.ts';
import { localDirectory, runningSystem, runTool, ToolError } from '../src/tools/running-system.ts';

await runTool(async () => {
  const [name, ...args] = process.argv.slice(2);
  if (name === '--list' || name === '--help') {
    console.log(listOfKinds());
    return;
  }
  if (name === undefined || name.startsWith('-')) throw new ToolError('Which event? npm run --silent event -- --list');
  const kind = kindNamed(name);
  const request = readRequest(kind, args);
  if (request.help) {
    console.log(helpOf(kind));
    return;
  }
  const now_ms = Date.now();
  const isRunning = request.directory !== undefined || existsSync(endpointsFile(localDirectory));
  const where = isRunning ? runningSurroundings(runningSystem(request.directory), now_ms) : madeUpSurroundings(now_ms);
  console.log(JSON.stringify(await generate(kind, request, where), null, 2));
});
