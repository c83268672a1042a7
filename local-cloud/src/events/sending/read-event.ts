import { ToolError } from '../../tools/running-system.ts';

/** Lines that `npm run` without `--silent` writes before what a script writes: blank ones, and `> name` and `> command`. */
const banner = /^(?:\s*|> .*)\r?\n/;

/** The one JSON document in a text, such as the output of `npm run event`. Throws ToolError when there is none. */
export function readEvent(text: string): unknown {
  let rest = text.replace(/^\uFEFF/, '');
  for (let line = banner.exec(rest); line !== null; line = banner.exec(rest)) rest = rest.slice(line[0].length);
  if (rest.trim() === '' || rest.startsWith('> '))
    throw new ToolError('No event came. Make one: npm run --silent event -- particle-webhook | npm run invoke -- ingest/receive-status');
  try {
    return JSON.parse(rest) as unknown;
  } catch (error) {
    throw new ToolError(`What came is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
