import { existsSync } from 'node:fs';
import { kindNamed } from '../src/events/all-kinds.ts';
import { generate, helpOf, listOfKinds, readRequest } from '../src/events/generate.ts';
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
  // The SDK's clients take longer to load than all the rest, and help needs none.
  const now_ms = Date.now();
  const isRunning = request.directory !== undefined || existsSync(endpointsFile(localDirectory));
  const where = isRunning
    ? (await import('../src/events/where/running.ts')).runningSurroundings(runningSystem(request.directory), now_ms)
    : (await import('../src/events/where/made-up.ts')).madeUpSurroundings(now_ms);
  console.log(JSON.stringify(await generate(kind, request, where), null, 2));
});
