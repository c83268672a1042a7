import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { formatTraceHeader, newTraceRoot } from '../../kernel/trace-header.ts';
import { runningSystem, ToolError } from '../../tools/running-system.ts';
import { kindsOf } from '../all-kinds.ts';
import { deployedFunctions, functionNamed } from './deployed-functions.ts';
import { kindFitting } from './fitting.ts';
import { invokeDirectly, type Sent } from './invoke-directly.ts';
import { readEvent } from './read-event.ts';
import { sendThrough } from './send-through.ts';
import { shownAnswer, shownTrace } from './show.ts';

const usage = `npm run --silent event -- <kind> | npm run invoke -- <repo>/<function>
npm run invoke -- --list                the functions that run here
  --event <file>         takes the event from a file
  --through              sends it where such an event comes from, so that it takes the whole way
  --anyway               also an event that the function doesn't take
  --wait <seconds>       follows what it sets off for so long at most; 15 unless told
  --directory <folder>   of the running local cloud; .local unless told`;

export interface InvokeSurroundings {
  /** The event, where no file was named; undefined when nothing can come, as from a terminal. */
  readonly input: () => Promise<string> | undefined;
  readonly print: (text: string) => void;
}

/**
 * Does what `npm run invoke` is told by its arguments. Answers whether the function, and all that it set off, succeeded. Rejects with ToolError for a mistake of its user's, and
 * with parseArgs' own error for an unknown option.
 */
export async function invokeCommand(args: readonly string[], { input, print }: InvokeSurroundings): Promise<boolean> {
  const { values, positionals } = parseArgs({
    args: [...args],
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
  if (values.help === true) {
    print(usage);
    return true;
  }
  const endpoints = runningSystem(values.directory);
  const functions = await deployedFunctions(endpoints);
  if (values.list === true) {
    const widest = Math.max(...functions.map(({ name }) => name.length));
    for (const { name, description } of functions) print(`  ${name.padEnd(widest)}  ${description}`);
    return true;
  }
  const [name, ...more] = positionals;
  if ((name === undefined && values.through !== true) || more.length > 0) throw new ToolError(`Which function?\n${usage}`);
  const longest_ms = Number(values.wait) * 1000;
  if (values.wait.trim() === '' || !(longest_ms >= 0)) throw new ToolError(`--wait must be a number of seconds, not "${values.wait}".`);
  const target = name === undefined ? undefined : functionNamed(functions, name);
  const event = readEvent(await eventText(values.event, input));
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
  print(shownAnswer(sent));
  const shown = await shownTrace(endpoints.aws, trace_id, functions, longest_ms);
  print(shown.text);
  return sent.failure === undefined && !shown.failed;
}

function eventText(file: string | undefined, input: InvokeSurroundings['input']): Promise<string> | string {
  if (file === undefined) {
    const text = input();
    if (text === undefined) throw new ToolError(`The event comes on standard input:\n${usage}`);
    return text;
  }
  if (!existsSync(file)) throw new ToolError(`There is no file ${file}.`);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ToolError(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
