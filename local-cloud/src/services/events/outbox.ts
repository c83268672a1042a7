import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { servicePrincipal } from '../../kernel/principal.ts';
import type { Caller, Scope } from '../../kernel/service.ts';
import { spanTime_ms } from '../../kernel/span.ts';
import { newSpanId, parseTraceHeader, withParent } from '../../kernel/trace-header.ts';
import { assumeRole } from '../iam/role-sessions.ts';
import type { BusEvent } from './event.ts';
import type { Rule } from './rule-store.ts';
import { targetInput } from './target-input.ts';
import { deliver, sendToQueue, type Target } from './targets.ts';

interface Row {
  id: number;
  rule_arn: string;
  target: string;
  event: string;
  ingested_ms: number;
  trace_header: string | null;
  attempts: number;
}

/** Deliveries under way at once, for each account and region. */
const CONCURRENCY = 16;
/** EventBridge User Guide, "How EventBridge retries delivering events": 24 hours and 185 times by default. */
const MAX_RETRIES = 185;
const MAX_AGE_S = 86_400;

/**
 * How long to wait after `attempts` failed ones, in milliseconds. AWS backs off exponentially with jitter over 24 hours, in steps that aren't
 * published; here it doubles from 0.5 s to a minute, so that the 185 tries take 3 hours.
 */
export function retryDelay_ms(attempts: number): number {
  return Math.min(60_000, 500 * 2 ** Math.min(attempts - 1, 10));
}

/** Deliveries that rules have promised: on disk until they are made or given up, so that none is lost with the process. */
export class Outbox {
  readonly #cloud: Cloud;
  readonly #scope: Scope;
  readonly #sql: Record<'insert' | 'due' | 'next' | 'delete' | 'postpone', StatementSync>;
  readonly #underWay = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(cloud: Cloud, scope: Scope, database: DatabaseSync) {
    database.exec(`
      CREATE TABLE IF NOT EXISTS deliveries (
        id INTEGER PRIMARY KEY,
        rule_arn TEXT NOT NULL,
        target TEXT NOT NULL,
        event TEXT NOT NULL,
        ingested_ms INTEGER NOT NULL,
        trace_header TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        due_ms INTEGER NOT NULL
      );
      CREATE INDEX IF NOT EXISTS deliveries_by_due ON deliveries (due_ms, id);
    `);
    this.#cloud = cloud;
    this.#scope = scope;
    this.#sql = {
      insert: database.prepare(
        'INSERT INTO deliveries (rule_arn, target, event, ingested_ms, trace_header, due_ms) VALUES (?, ?, ?, ?, ?, ?)',
      ),
      due: database.prepare('SELECT * FROM deliveries WHERE due_ms <= ? ORDER BY due_ms, id LIMIT ?'),
      next: database.prepare('SELECT min(due_ms) AS due FROM deliveries WHERE due_ms > ?'),
      delete: database.prepare('DELETE FROM deliveries WHERE id = ?'),
      postpone: database.prepare('UPDATE deliveries SET attempts = ?, due_ms = ? WHERE id = ?'),
    };
  }

  /** Promises a delivery to each of the rule's targets; to be called within a transaction, and `work` after it. */
  add(rule: Rule, event: BusEvent, traceHeader: string | undefined): void {
    const now = this.#cloud.clock();
    for (const target of Object.values(rule.targets))
      this.#sql.insert.run(rule.arn, JSON.stringify(target), JSON.stringify(event), now, traceHeader ?? null, now);
  }

  /** Sets about what is due; returns at once. */
  work(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    const now = this.#cloud.clock();
    const free = CONCURRENCY - this.#underWay.size;
    const due = free === 0 ? [] : (this.#sql.due.all(now, CONCURRENCY) as unknown as Row[]);
    for (const row of due.filter(({ id }) => !this.#underWay.has(id)).slice(0, free)) {
      this.#underWay.add(row.id);
      void this.#deliver(row).finally(() => {
        this.#underWay.delete(row.id);
        this.work();
      });
    }
    const next = this.#sql.next.get(now)?.['due'];
    if (typeof next === 'number') this.#timer = setTimeout(() => this.work(), Math.min(next - now, 60_000));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #deliver(row: Row): Promise<void> {
    const target = JSON.parse(row.target) as Target;
    const failure = await this.#attempt(() => this.#send(target, row));
    // What was being delivered when the process ended is delivered again: at least once.
    if (this.#stopped) return;
    if (failure === undefined) {
      this.#sql.delete.run(row.id);
      return;
    }
    const now = this.#cloud.clock();
    const attempts = row.attempts + 1;
    const { MaximumRetryAttempts = MAX_RETRIES, MaximumEventAgeInSeconds = MAX_AGE_S } = target.RetryPolicy ?? {};
    const due_ms = now + retryDelay_ms(attempts);
    if (isPassing(failure) && attempts <= MaximumRetryAttempts && due_ms <= row.ingested_ms + MaximumEventAgeInSeconds * 1000) {
      this.#sql.postpone.run(attempts, due_ms, row.id);
      return;
    }
    const queue = target.DeadLetterConfig?.Arn;
    const buried =
      queue === undefined ? undefined : await this.#attempt(() => sendToQueue(this.#cloud, queue, row.event, this.#asEvents(row)));
    if (this.#stopped) return;
    console.warn(
      `EventBridge gave up a delivery of ${row.rule_arn} to ${target.Arn} (${failure.code}: ${failure.message});`,
      queue === undefined || buried !== undefined
        ? `the event is lost${buried === undefined ? '' : `: ${buried.message}`}`
        : `the event is in ${queue}`,
    );
    this.#sql.delete.run(row.id);
  }

  /** What the work failed of; undefined when it didn't. */
  async #attempt(work: () => Promise<void>): Promise<AwsError | undefined> {
    try {
      await work();
      return undefined;
    } catch (error) {
      return error instanceof AwsError ? error : new AwsError('InternalError', String(error), 500);
    }
  }

  /** One try, within a span below that of whatever caused the event. */
  async #send(target: Target, row: Row): Promise<void> {
    const trace = parseTraceHeader(row.trace_header ?? undefined);
    if (trace === undefined) return this.#sendTraced(target, row);
    const span_id = newSpanId();
    const start_ms = spanTime_ms();
    let errorCode: string | undefined;
    try {
      await this.#sendTraced(target, { ...row, trace_header: withParent(row.trace_header ?? '', span_id) });
    } catch (error) {
      errorCode = error instanceof AwsError ? error.code : 'InternalError';
      throw error;
    } finally {
      this.#cloud.recordSpan({
        ...this.#scope,
        trace_id: trace.root,
        span_id,
        parent_id: trace.parent,
        service: 'events',
        operation: 'delivery',
        resource: nameOfRule(row.rule_arn),
        start_ms,
        duration_ms: spanTime_ms() - start_ms,
        errorCode,
        attributes: { to: target.Arn, attempt: row.attempts + 1 },
      });
    }
  }

  async #sendTraced(target: Target, row: Row): Promise<void> {
    const rule = {
      arn: row.rule_arn,
      name: nameOfRule(row.rule_arn),
      ingestionTime: new Date(row.ingested_ms).toISOString(),
    };
    const input = targetInput(target, JSON.parse(row.event) as BusEvent, rule);
    await deliver({ target, input, cloud: this.#cloud, caller: this.#callerFor(target, row) });
  }

  /** The target's role, which must trust EventBridge; without one EventBridge itself, for the rule. */
  #callerFor({ RoleArn }: Target, row: Row): Caller {
    if (RoleArn === undefined) return this.#asEvents(row);
    const { principal } = assumeRole(this.#cloud, {
      roleArn: RoleArn,
      sessionName: 'AWSEvents',
      servicePrincipal: 'events.amazonaws.com',
      sourceArn: row.rule_arn,
    });
    return { ...this.#scope, principal, traceHeader: row.trace_header ?? undefined };
  }

  #asEvents(row: Row): Caller {
    return {
      ...this.#scope,
      principal: servicePrincipal('events.amazonaws.com', this.#scope.account, row.rule_arn),
      traceHeader: row.trace_header ?? undefined,
    };
  }
}

function nameOfRule(arn: string): string {
  return arn.slice(arn.indexOf('/') + 1);
}

/** A missing right or target isn't tried again (EventBridge User Guide, "Using dead-letter queues to process undelivered events"). */
function isPassing({ code, httpStatus }: AwsError): boolean {
  return code !== 'NotCarriedOut' && (httpStatus >= 500 || httpStatus === 429 || /throttl/i.test(code));
}
