import type { LoggingConfig } from './function-record.ts';

/** How an invocation ended, as the platform's report tells it. */
export interface InvocationReport {
  readonly requestId: string;
  readonly duration_ms: number;
  readonly billed_ms: number;
  readonly memory_mb: number;
  readonly maxMemoryUsed_mb: number;
  /** Only for the first invocation of an environment. */
  readonly init_ms?: number | undefined;
  /** `failure`: the environment ended. */
  readonly status: 'success' | 'error' | 'failure' | 'timeout';
  readonly errorType?: string | undefined;
  readonly traceHeader: string;
}

const SYSTEM_LEVELS = ['DEBUG', 'INFO', 'WARN'];

/**
 * The lines that Lambda itself writes in a function's log: plain text, or the JSON events of "Lambda Telemetry API Event
 * schema reference", each at the level that "Configuring JSON and plain text log formats" gives it. Whether AWS says `error`
 * or `failure` for a given end couldn't be checked.
 */
export class PlatformEvents {
  readonly #logging: LoggingConfig;
  readonly #functionName: string;
  readonly #version: string;

  constructor(logging: LoggingConfig, functionName: string, version: string) {
    this.#logging = logging;
    this.#functionName = functionName;
    this.#version = version;
  }

  initStart(time_ms: number): string | undefined {
    const version = `nodejs:24.local-cloud-${process.version}`;
    return this.#event(time_ms, 'INFO', `INIT_START Runtime Version: ${version}`, 'platform.initStart', {
      initializationType: 'on-demand',
      phase: 'init',
      runtimeVersion: version,
      functionName: this.#functionName,
      functionVersion: this.#version,
    });
  }

  start(time_ms: number, requestId: string): string | undefined {
    return this.#event(time_ms, 'INFO', `START RequestId: ${requestId} Version: ${this.#version}`, 'platform.start', {
      requestId,
      version: this.#version,
    });
  }

  /** Only plain text has an END line. */
  end(requestId: string): string | undefined {
    return this.#logging.LogFormat === 'Text' ? `END RequestId: ${requestId}` : undefined;
  }

  report(time_ms: number, report: InvocationReport): string | undefined {
    const text = [
      `REPORT RequestId: ${report.requestId}`,
      `Duration: ${report.duration_ms.toFixed(2)} ms`,
      `Billed Duration: ${report.billed_ms} ms`,
      `Memory Size: ${report.memory_mb} MB`,
      `Max Memory Used: ${report.maxMemoryUsed_mb} MB`,
      ...(report.init_ms === undefined ? [] : [`Init Duration: ${report.init_ms.toFixed(2)} ms`]),
      ...(report.status === 'success' ? [] : [`Status: ${report.status}`]),
      ...(report.errorType === undefined ? [] : [`Error Type: ${report.errorType}`]),
      '',
    ].join('\t');
    return this.#event(time_ms, report.status === 'success' ? 'INFO' : 'WARN', text, 'platform.report', {
      requestId: report.requestId,
      metrics: {
        durationMs: Number(report.duration_ms.toFixed(3)),
        billedDurationMs: report.billed_ms,
        memorySizeMB: report.memory_mb,
        maxMemoryUsedMB: report.maxMemoryUsed_mb,
        ...(report.init_ms === undefined ? {} : { initDurationMs: Number(report.init_ms.toFixed(3)) }),
      },
      tracing: { type: 'X-Amzn-Trace-Id', value: report.traceHeader },
      status: report.status,
      ...(report.errorType === undefined ? {} : { errorType: report.errorType }),
    });
  }

  /** Whether a line of the function's own is written: JSON lines that carry a level are filtered by it. */
  passes(line: string): boolean {
    const { LogFormat, ApplicationLogLevel } = this.#logging;
    if (LogFormat === 'Text' || !line.startsWith('{')) return true;
    try {
      const { level, timestamp } = JSON.parse(line) as { level?: unknown; timestamp?: unknown };
      if (typeof level !== 'string' || timestamp === undefined) return true;
      const order = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
      const rank = order.indexOf(level.toUpperCase());
      return rank < 0 || rank >= order.indexOf(ApplicationLogLevel ?? 'INFO');
    } catch {
      return true;
    }
  }

  #event(time_ms: number, level: string, text: string, type: string, record: unknown): string | undefined {
    if (this.#logging.LogFormat === 'Text') return text;
    if (SYSTEM_LEVELS.indexOf(level) < SYSTEM_LEVELS.indexOf(this.#logging.SystemLogLevel ?? 'INFO')) return undefined;
    return JSON.stringify({ time: new Date(time_ms).toISOString(), type, record });
  }
}
