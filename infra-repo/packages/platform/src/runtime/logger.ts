import { Logger } from '@aws-lambda-powertools/logger';
import { traceId } from './trace-position.ts';

const secretName = /secret|password|authorization|token|cookie|credential|api[-_]?key/i;
const isSecretName = (name: string) => secretName.test(name) && !/parameter_?name$/i.test(name);

/**
 * The one way a function logs: JSON lines with the service's name and, as `xray_trace_id`, the trace in which it was written. What stands under a name that sounds
 * like a secret is masked, so that a logged header or object can't give one away. The level comes from AWS_LAMBDA_LOG_LEVEL, which ServiceFunction sets.
 */
export function createLogger(serviceName: string): Logger {
  return new Logger({
    serviceName,
    jsonReplacerFn: (name, value) => {
      // Powertools knows the invocation's trace; work on a queue's message has the message's own.
      if (name === 'xray_trace_id') return traceId() ?? value;
      return isSecretName(name) && value !== null && value !== undefined ? '***' : value;
    },
  });
}

export type { Logger };

/** An error as log fields. For logs only: what is in a message is nobody else's business. */
export function errorDetails(error: unknown): { error_name: string; error_message: string } {
  return error instanceof Error
    ? { error_name: error.name, error_message: error.message }
    : { error_name: 'unknown', error_message: String(error) };
}
