import { eventCommand } from '../src/events/event-command.ts';
import { runTool } from '../src/tools/running-system.ts';

await runTool(async () => {
  console.log(await eventCommand(process.argv.slice(2)));
});
