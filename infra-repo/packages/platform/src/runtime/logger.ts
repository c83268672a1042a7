import { Logger } from '@aws-lambda-powertools/logger';

const secretName = /secret|password|authorization|token|cookie|credential|api[-_]?key/i;
const isSecretName = (name: string) => secretName.test(name) && !/parameter_?name$/i.test(name);

/**
 * The one way a function logs: JSON lines with the service's name. What stands under a name that sounds like a secret is masked,
 * so that a logged header or object can't give one away. The level comes from AWS_LAMBDA_LOG_LEVEL, which ServiceFunction sets.
 */
export function createLogger(serviceName: string): Logger {
  return new Logger({
    serviceName,
    jsonReplacerFn: (name, value) => (isSecretName(name) && value !== null && value !== undefined ? '***' : value),
  });
}

export type { Logger };
