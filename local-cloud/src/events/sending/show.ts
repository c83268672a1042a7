import type { InvocationDetail } from '../../console/shapes/invocations.ts';
import type { DeployedFunction } from './deployed-functions.ts';
import { followTrace, type TraceShown } from './follow-trace.ts';
import { invocationsIn } from './invocations.ts';
import type { Sent } from './invoke-directly.ts';
import { waterfall } from './waterfall.ts';

/** What was sent and what came back, for a person to read. */
export function shownAnswer({ way, answer, failure }: Sent): string {
  const head = failure === undefined ? `✔ ${way}` : `✖ ${way}: ${failure}`;
  return `${head}\n\nAnswer\n${indented(typeof answer === 'string' ? answer : JSON.stringify(answer, null, 2))}`;
}

/**
 * Follows what a trace sets off and tells it: each invocation with its log, how long it took and what it used, then the trace as a waterfall. `failed` says whether any
 * function in it failed.
 */
export async function shownTrace(
  aws: string,
  trace_id: string,
  functions: readonly DeployedFunction[],
  longest_ms: number,
): Promise<{ text: string; failed: boolean }> {
  const nameOf = (functionName: string) => functions.find(({ function_name }) => function_name === functionName)?.name ?? functionName;
  const traces = await followTrace(aws, trace_id, longest_ms);
  if (traces.length === 0) return { text: `\nThe trace ${trace_id} is not known (yet): --wait <seconds> waits longer.`, failed: false };
  const invocations = (await Promise.all(traces.map((trace) => invocationsIn(aws, trace.trace_id)))).flat();
  const text = [
    ...invocations.map((invocation) => shownInvocation(invocation, nameOf)),
    ...traces.map((trace, index) => shownWaterfall(trace, index === 0 ? 'Trace' : 'Linked trace', nameOf)),
    `${aws}/_local has all of this to click through.`,
  ].join('\n\n');
  return { text: `\n${text}`, failed: invocations.some(({ error_type }) => error_type !== undefined) };
}

function shownWaterfall(trace: TraceShown, title: string, nameOf: (name: string) => string): string {
  return `${title} ${trace.trace_id}${' '.repeat(Math.max(1, 46 - title.length - trace.trace_id.length))}${'began'.padStart(21)}     took\n${waterfall(trace, nameOf)}`;
}

function shownInvocation(invocation: InvocationDetail, nameOf: (name: string) => string): string {
  const { duration_ms, billed_ms, cold_start, init_ms, memory_mb, max_memory_mb, error_type, log } = invocation;
  const cold = cold_start ? `, cold start${init_ms === undefined ? '' : ` of ${init_ms.toFixed(1)} ms`}` : '';
  const memory = `${max_memory_mb} of ${memory_mb} MB`;
  const head = `${nameOf(invocation.function)}  ${duration_ms.toFixed(1)} ms (${billed_ms} ms billed)${cold}, ${memory}${error_type === undefined ? '' : `  ✖ ${error_type}`}`;
  const lines = log.map(({ at, text }) => `${at.slice(11, 23)}  ${text.trimEnd()}`);
  return [head, indented(lines.length === 0 ? 'nothing logged' : lines.join('\n'))].join('\n');
}

const indented = (text: string) => text.replaceAll(/^/gm, '  ');
