import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { kindsOf } from '../src/events/all-kinds.ts';
import { deployedFunctions, functionNamed } from '../src/events/sending/deployed-functions.ts';
import { kindFitting } from '../src/events/sending/fitting.ts';
import { invokeDirectly, type Sent } from '../src/events/sending/invoke-directly.ts';
import { readEvent } from '../src/events/sending/read-event.ts';
import { sendThrough } from '../src/events/sending/send-through.ts';
import { shownAnswer, shownTrace } from '../src/events/sending/show.ts';
import { formatTraceHeader, newTraceRoot } from '../src/kernel/trace-header.ts';
import { runningSystem, runTool, ToolError } from '../src/tools/running-system.ts';

const usage = `npm run --silent event -- <kind> | npm run invoke -- <repo>/<function>
npm run invoke -- --list                the functions that run here
  --event <file>         takes the event from a file
  --through              sends it where such an event comes from, so that it takes the whole way
  --anyway               also an event that the function doesn't take
  --wait <seconds>       follows what it sets off for so long at most; 15 unless told
  --directory <folder>   of the running local cloud; .local unless told`;

await runTool(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      list: { type: 'boolean' },
      help: { type: 'boolean' },
      event: { type: 'string' },
      through: { type: 'boolean' },
      anyway: { type: 'boolean' },
      wait: { type: 'string', default: '15' },
      directory: { type: 'string' },
    },
  });
  if (values.help === true) return console.log(usage);
  const endpoints = runningSystem(values.directory);
  const functions = await deployedFunctions(endpoints);
  if (values.list === true) {
    const widest = Math.max(...functions.map(({ name }) => name.length));
    for (const { name, description } of functions) console.log(`  ${name.padEnd(widest)}  ${description}`);
    return;
  }
  const [name, ...more] = positionals;
  if ((name === undefined && values.through !== true) || more.length > 0) throw new ToolError(`Which function?\n${usage}`);
  const longest_ms = Number(values.wait) * 1000;
  if (!(longest_ms >= 0)) throw new ToolError(`--wait must be a number of seconds, not "${values.wait}".`);
  const target = name === undefined ? undefined : functionNamed(functions, name);
  const event = readEvent(await eventText(values.event));
  const looksLike = target === undefined || values.anyway === true ? kindsOf(event)[0] : kindFitting(event, target.name);

  const trace_id = newTraceRoot(Date.now());
  const traceHeader = formatTraceHeader({ root: trace_id, sampled: '1' });
  let sent: Sent;
  if (values.through === true) {
    if (looksLike === undefined)
      throw new ToolError('This is no kind of event that is known, so there is no way through the system for it.');
    sent = await sendThrough(looksLike, event, endpoints, traceHeader);
  } else if (target === undefined) throw new ToolError(`Which function?\n${usage}`);
  else sent = await invokeDirectly(endpoints, target, event, traceHeader);
  console.log(shownAnswer(sent));

  const shown = await shownTrace(endpoints.aws, trace_id, functions, longest_ms);
  console.log(shown.text);
  if (sent.failure !== undefined || shown.failed) process.exitCode = 1;
});

async function eventText(file: string | undefined): Promise<string> {
  if (file !== undefined) {
    if (!existsSync(file)) throw new ToolError(`There is no file ${file}.`);
    return readFileSync(file, 'utf8');
  }
  if (process.stdin.isTTY) throw new ToolError(`The event comes on standard input:\n${usage}`);
  return text(process.stdin);
}
