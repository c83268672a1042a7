import { text } from 'node:stream/consumers';
import { invokeCommand } from '../src/events/sending/invoke-command.ts';
import { runTool } from '../src/tools/running-system.ts';

await runTool(async () => {
  const input = () => (process.stdin.isTTY ? undefined : text(process.stdin));
  if (!(await invokeCommand(process.argv.slice(2), { input, print: console.log }))) process.exitCode = 1;
});
