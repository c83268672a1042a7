import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { type RecordedTrace, recordedTrace } from './rendering/recorded-trace.ts';

/*
 * Takes a pack's trace from a running system and writes it to traces/a-pack.json:
 *   npm run trace -w docs -- .local/endpoints.json
 */

const endpoints = z.object({ aws: z.url() });
const listed = z.object({ traces: z.array(z.object({ trace_id: z.string() })) });
const span = z.object({
  span_id: z.string(),
  parent_id: z.string().optional(),
  service: z.string(),
  operation: z.string(),
  resource: z.string().optional(),
  start_ms: z.number(),
  duration_ms: z.number(),
  errorCode: z.string().optional(),
});
const shown = z.object({ spans: z.array(span) });
type Span = z.output<typeof span>;

const [given] = process.argv.slice(2);
if (given === undefined) throw new Error('Name the endpoints.json of a running system: npm run trace -w docs -- .local/endpoints.json');
const file = resolve(process.env['INIT_CWD'] ?? '.', given);
const { aws } = endpoints.parse(JSON.parse(readFileSync(file, 'utf8')));

/** What a trace of a pack has in it: the documents' way to the log and the pack's to the table. */
const isPack = (spans: readonly Span[]): boolean =>
  ['PutLogEvents', 'PutItem'].every((operation) => spans.some((one) => one.operation === operation && one.errorCode === undefined)) &&
  spans.some(({ service }) => service === 'particle');

const { traces } = listed.parse(await ask('/_local/traces?limit=500'));
const packs: { id: string; spans: Span[] }[] = [];
for (const { trace_id } of traces) {
  const { spans } = shown.parse(await ask(`/_local/traces/${trace_id}`));
  if (isPack(spans)) packs.push({ id: trace_id, spans });
}
// Without errors rather than with one, such as a condition that did not hold; then the one that went furthest: it brought a change of state, or somebody watched.
const failures = ({ spans }: { spans: readonly Span[] }): number => spans.filter(({ errorCode }) => errorCode !== undefined).length;
const [best] = packs.sort((one, other) => failures(one) - failures(other) || other.spans.length - one.spans.length);
if (best === undefined) throw new Error(`None of the ${traces.length} traces there is a pack's: wait until a device has sent one.`);
const target = join(import.meta.dirname, '..', 'traces', 'a-pack.json');
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `${JSON.stringify(recordedTrace.parse(recorded(best.spans)), null, 2)}\n`);
console.log(`${best.id}, ${best.spans.length} calls: traces/a-pack.json`);

async function ask(path: string): Promise<unknown> {
  const answer = await fetch(new URL(path, aws));
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}

function recorded(spans: readonly Span[]): RecordedTrace {
  const begin = Math.min(...spans.map(({ start_ms }) => start_ms));
  const byId = new Map(spans.map((one) => [one.span_id, one]));
  const depthOf = ({ parent_id }: Span): number => {
    const parent = parent_id === undefined ? undefined : byId.get(parent_id);
    return parent === undefined ? 0 : depthOf(parent) + 1;
  };
  const round = (value: number): number => Math.round(value * 100) / 100;
  return {
    recorded_at: new Date(begin).toISOString(),
    calls: inTreeOrder(spans).map((one) => ({
      service: one.service,
      operation: one.operation,
      ...(one.resource === undefined ? {} : { resource: one.resource }),
      from_ms: round(one.start_ms - begin),
      duration_ms: round(one.duration_ms),
      depth: depthOf(one),
      ...(one.errorCode === undefined ? {} : { error: one.errorCode }),
    })),
  };
}

/** Each call before those that it made, which stand in order of start. */
function inTreeOrder(spans: readonly Span[]): Span[] {
  const known = new Set(spans.map(({ span_id }) => span_id));
  const below = (parent: string | undefined): Span[] =>
    spans
      .filter(({ parent_id }) => (parent_id !== undefined && known.has(parent_id) ? parent_id : undefined) === parent)
      .sort((one, other) => one.start_ms - other.start_ms)
      .flatMap((one) => [one, ...below(one.span_id)]);
  return below(undefined);
}
