import { parseTraceHeader } from '../../kernel/trace-header.ts';
import type { InvocationRecord } from '../../services/lambda/invocation.ts';
import type { InvocationDetail, InvocationSummary } from '../shapes/invocations.ts';
import { withoutSecrets } from './without-secrets.ts';

export interface InvocationBounds {
  /** So many are kept; the oldest go. */
  readonly invocations: number;
  /** So many characters of logs, events and answers are kept in all; the oldest invocations go. */
  readonly characters: number;
  /** An event or an answer that is longer is left out, a log is cut. */
  readonly longest: number;
}

export const INVOCATION_BOUNDS: InvocationBounds = { invocations: 5000, characters: 32_000_000, longest: 128_000 };

interface Kept {
  readonly detail: InvocationDetail;
  readonly characters: number;
}

export interface InvocationFilter {
  /** A function's name, or a part of it. */
  readonly function?: string | undefined;
  readonly trace_id?: string | undefined;
  readonly errors?: boolean;
  readonly limit: number;
}

/** The latest invocations of every function, in memory. A request id is that of its latest attempt. */
export class InvocationStore {
  readonly #bounds: InvocationBounds;
  /** Oldest first. */
  readonly #kept = new Map<string, Kept>();
  #characters = 0;

  constructor(bounds: InvocationBounds = INVOCATION_BOUNDS) {
    this.#bounds = bounds;
  }

  add(record: InvocationRecord): void {
    this.#forget(record.requestId);
    const detail = detailOf(record, this.#bounds.longest);
    const characters = detail.log.reduce((sum, { text }) => sum + text.length, (detail.event?.length ?? 0) + (detail.answer?.length ?? 0));
    this.#kept.set(record.requestId, { detail, characters });
    this.#characters += characters;
    for (const requestId of this.#kept.keys()) {
      if (this.#kept.size <= this.#bounds.invocations && this.#characters <= this.#bounds.characters) break;
      this.#forget(requestId);
    }
  }

  /** What looks like a secret in its event and answer is left out. */
  get(requestId: string): InvocationDetail | undefined {
    const detail = this.#kept.get(requestId)?.detail;
    if (detail === undefined) return undefined;
    const { event, answer, ...rest } = detail;
    return {
      ...rest,
      ...(event === undefined ? {} : { event: withoutSecrets(event) }),
      ...(answer === undefined ? {} : { answer: withoutSecrets(answer) }),
    };
  }

  /** Newest first. */
  find(filter: InvocationFilter): InvocationSummary[] {
    const name = filter.function?.toLowerCase();
    const found: InvocationSummary[] = [];
    for (const { detail } of [...this.#kept.values()].toReversed()) {
      if (found.length === filter.limit) break;
      if (name !== undefined && !detail.function.toLowerCase().includes(name)) continue;
      if (filter.trace_id !== undefined && detail.trace_id !== filter.trace_id) continue;
      if (filter.errors === true && detail.error_type === undefined) continue;
      const { log: _log, event: _event, answer: _answer, ...summary } = detail;
      found.push(summary);
    }
    return found;
  }

  #forget(requestId: string): void {
    this.#characters -= this.#kept.get(requestId)?.characters ?? 0;
    this.#kept.delete(requestId);
  }
}

function detailOf(record: InvocationRecord, longest: number): InvocationDetail {
  const log: InvocationDetail['log'] = [];
  let left = longest;
  for (const { at_ms, text } of record.log) {
    if (left <= 0) break;
    log.push({ at: new Date(at_ms).toISOString(), text: text.slice(0, left) });
    left -= text.length;
  }
  return {
    request_id: record.requestId,
    function: record.functionName,
    account: record.account,
    region: record.region,
    started_at: new Date(record.start_ms).toISOString(),
    source: record.source,
    ...(record.executedVersion === '$LATEST' ? {} : { version: record.executedVersion }),
    trace_id: parseTraceHeader(record.traceHeader)?.root ?? '',
    duration_ms: Number(record.duration_ms.toFixed(3)),
    billed_ms: record.billed_ms,
    ...(record.init_ms === undefined ? {} : { init_ms: Number(record.init_ms.toFixed(3)) }),
    cold_start: record.coldStart,
    memory_mb: record.memory_mb,
    max_memory_mb: record.maxMemoryUsed_mb,
    ...(record.errorType === undefined ? {} : { error_type: record.errorType }),
    lines: record.log.length,
    log,
    ...(record.event.length > longest ? {} : { event: record.event }),
    ...(record.answer.length > longest ? {} : { answer: record.answer }),
  };
}
