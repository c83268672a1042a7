import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import type { EventLoopUtilization } from 'node:perf_hooks';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Principal } from '../../kernel/principal.ts';
import { spanTime_ms } from '../../kernel/span.ts';
import { newSpanId, withParent } from '../../kernel/trace-header.ts';
import type { RoleCredentials } from '../iam/role-sessions.ts';
import { daemonAddress } from '../xray/daemon.ts';
import { runningFunctions } from '../xray/running-functions.ts';
import { Environment, type EnvironmentAnswer } from './environment.ts';
import { environmentOf } from './environment-variables.ts';
import { versionOf } from './function-record.ts';
import type { Invocation, InvocationOutcome, InvocationRecord, LogLine } from './invocation.ts';
import { recordFunctionSpans } from './invocation-spans.ts';
import { LogDelivery } from './log-delivery.ts';
import { type InvocationReport, PlatformEvents } from './platform-events.ts';
import type { RuntimeError } from './runtime-messages.ts';

/** Lambda API Reference, "Invoke", LogType: the last 4 KB of the log. */
const TAIL_BYTES = 4096;
const MEBIBYTE = 1024 * 1024;
/** So much of an invocation's log is told to those who listen; all of it goes to CloudWatch Logs. */
const MAX_TOLD_LINES = 500;
/** An instance isn't used any more when its credentials end this soon after the longest invocation. */
const CREDENTIALS_MARGIN_MS = 15 * 60_000;

/** An execution environment of one function with all that belongs to it: credentials, log stream, reports. */
export class FunctionInstance {
  readonly revisionId: string;
  readonly #cloud: Cloud;
  readonly #environment: Environment;
  readonly #log: LogDelivery;
  readonly #principal: Principal;
  readonly #events: PlatformEvents;
  readonly #expires_ms: number;
  readonly #onRecord: (record: InvocationRecord) => void;
  #tail: string[] | undefined;
  #told: LogLine[] = [];
  #init_ms: number | undefined;
  #initStart_ms: number | undefined;
  #initError: RuntimeError | undefined;
  /** Set by the pool: since when nothing runs here. */
  idleSince = 0;

  constructor(
    cloud: Cloud,
    invocation: Invocation,
    credentials: RoleCredentials,
    hooks: { onRecord: (record: InvocationRecord) => void; onEnd: (instance: FunctionInstance) => void },
  ) {
    const { record, scope } = invocation;
    const { configuration } = record;
    this.#cloud = cloud;
    this.#principal = credentials.principal;
    this.#onRecord = hooks.onRecord;
    this.revisionId = record.revisionId;
    this.#expires_ms = credentials.expiration.getTime() - CREDENTIALS_MARGIN_MS - configuration.timeout_s * 1000;
    const now = cloud.clock();
    const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/');
    const stream = `${day}/[${versionOf(record)}]${randomBytes(16).toString('hex')}`;
    const taskRoot = realpathSync(invocation.taskRoot);
    this.#events = new PlatformEvents(configuration.logging, record.name, versionOf(record));
    this.#log = new LogDelivery(cloud, {
      caller: { principal: credentials.principal, account: scope.account, region: scope.region },
      group: configuration.logging.LogGroup,
      stream,
      functionArn: record.arn,
    });
    this.#initStart_ms = spanTime_ms();
    this.#environment = new Environment({
      variables: environmentOf(record, {
        endpoint: cloud.endpoint,
        region: scope.region,
        taskRoot,
        logStream: stream,
        credentials,
        xrayDaemon: daemonAddress(cloud),
      }),
      runtime: {
        taskRoot,
        handler: configuration.handler,
        logFormat: configuration.logging.LogFormat,
        logLevel: configuration.logging.ApplicationLogLevel,
        suppliedFrom: import.meta.url,
      },
      memory_mb: configuration.memory_mb,
      timeout_s: configuration.timeout_s,
      onLine: (line) => {
        if (this.#events.passes(line)) this.#write(line);
      },
      onEnd: () => hooks.onEnd(this),
    });
    this.#write(this.#events.initStart(now));
  }

  /** Resolves when the code is loaded, or has failed to: then the next `run` answers with that failure. */
  async loaded(): Promise<void> {
    const result = await this.#environment.ready;
    this.#init_ms = result.init_ms;
    if ('error' in result) this.#initError = result.error;
  }

  /** How busy the thread has been, for a later comparison. */
  utilization(since?: EventLoopUtilization): EventLoopUtilization {
    return this.#environment.utilization(since);
  }

  get ended(): boolean {
    return this.#environment.ended;
  }

  /** Whether another invocation may run here, of this revision of the function. */
  usableFor(revisionId: string): boolean {
    return !this.ended && this.#initError === undefined && revisionId === this.revisionId && this.#cloud.clock() < this.#expires_ms;
  }

  /** Runs one invocation at a time; never rejects. */
  async run(invocation: Invocation): Promise<InvocationOutcome> {
    const { record, requestId } = invocation;
    const { timeout_s, memory_mb } = record.configuration;
    if (invocation.wantsTail === true) this.#tail = [];
    const started = this.#cloud.clock();
    this.#write(this.#events.start(started, requestId));
    runningFunctions(this.#cloud).note(requestId, { scope: invocation.scope, principal: this.#principal, function_name: record.name });
    const span_id = newSpanId();
    const ownHeader = withParent(invocation.traceHeader, span_id);
    const start_ms = spanTime_ms();
    const answer = await this.#invoke(invocation, ownHeader);
    const init_ms = this.#init_ms;
    const initStart_ms = this.#initStart_ms;
    this.#init_ms = undefined;
    this.#initStart_ms = undefined;
    const duration_ms = answer.status === 'timeout' ? timeout_s * 1000 : answer.duration_ms;
    const errorType = answer.status === 'success' ? undefined : answer.error.errorType;
    const report: InvocationReport = {
      requestId,
      duration_ms,
      billed_ms: Math.ceil(duration_ms + (init_ms ?? 0)),
      memory_mb,
      maxMemoryUsed_mb: Math.min(memory_mb, Math.ceil(answer.heap_bytes / MEBIBYTE)),
      init_ms,
      status: answer.status,
      errorType: answer.status === 'failure' ? errorType : undefined,
      traceHeader: ownHeader,
    };
    const now = this.#cloud.clock();
    if (answer.status === 'timeout') {
      this.#write(`${new Date(now).toISOString()} ${requestId} Task timed out after ${timeout_s.toFixed(2)} seconds\n`);
    }
    this.#write(this.#events.end(requestId));
    this.#write(this.#events.report(now, report));
    const payload = answer.status === 'success' ? answer.payload : JSON.stringify(answer.error);
    const invoked: InvocationRecord = {
      account: invocation.scope.account,
      region: invocation.scope.region,
      functionName: record.name,
      functionArn: record.arn,
      qualifier: invocation.qualifier,
      executedVersion: versionOf(record),
      requestId,
      traceHeader: invocation.traceHeader,
      source: invocation.source,
      duration_ms,
      billed_ms: report.billed_ms,
      ...(init_ms === undefined ? {} : { init_ms }),
      coldStart: init_ms !== undefined,
      memory_mb,
      maxMemoryUsed_mb: report.maxMemoryUsed_mb,
      ...(errorType === undefined ? {} : { errorType }),
      start_ms: started,
      event: invocation.event,
      answer: payload,
      log: this.#told,
    };
    this.#told = [];
    this.#onRecord(invoked);
    recordFunctionSpans(this.#cloud, invoked, { span_id, start_ms, initStart_ms });
    const tail = this.#takeTail();
    return answer.status === 'success' ? { payload, tail } : { payload, error: answer.error, tail };
  }

  /** Ends it; what it wrote is delivered. */
  async end(): Promise<void> {
    await this.#environment.end();
    // An invocation that was cut off writes its report first.
    await new Promise((resolve) => setImmediate(resolve));
    await this.#log.flush();
  }

  flushLog(): Promise<void> {
    return this.#log.flush();
  }

  async #invoke(invocation: Invocation, traceHeader: string): Promise<EnvironmentAnswer> {
    if (this.#initError !== undefined) return { status: 'failure', error: this.#initError, duration_ms: 0, heap_bytes: 0 };
    return this.#environment.invoke({
      requestId: invocation.requestId,
      event: invocation.event,
      deadline_ms: Date.now() + invocation.record.configuration.timeout_s * 1000,
      traceHeader,
      functionArn: invocation.invokedArn,
      clientContext: invocation.clientContext,
    });
  }

  #write(line: string | undefined): void {
    if (line === undefined) return;
    this.#log.write(line);
    this.#tail?.push(line);
    if (this.#told.length < MAX_TOLD_LINES) this.#told.push({ at_ms: this.#cloud.clock(), text: line });
  }

  #takeTail(): string | undefined {
    if (this.#tail === undefined) return undefined;
    const bytes = Buffer.from(`${this.#tail.join('\n')}\n`);
    this.#tail = undefined;
    return bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES)).toString('base64');
  }
}
