import { AwsError } from '../../kernel/aws-error.ts';
import type { RoleCredentials } from '../iam/role-sessions.ts';
import { type FunctionRecord, versionOf } from './function-record.ts';

/** Keys that a function's own environment may not set (Lambda Developer Guide, "Using Lambda environment variables"). */
const RESERVED = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);

/** Throws InvalidParameterValueException for a reserved key, a bad name, or more than 4 KB in all ("Lambda quotas"). */
export function checkEnvironment(variables: Readonly<Record<string, string>>): void {
  const reserved = Object.keys(variables).filter((key) => RESERVED.has(key));
  if (reserved.length > 0) {
    throw new AwsError(
      'InvalidParameterValueException',
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const malformed = Object.keys(variables).find((key) => !/^[a-zA-Z][a-zA-Z0-9_]+$/.test(key));
  if (malformed !== undefined) {
    throw new AwsError(
      'ValidationException',
      `Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]: ${malformed}`,
    );
  }
  if (Buffer.byteLength(JSON.stringify(variables)) > 4096) {
    throw new AwsError(
      'InvalidParameterValueException',
      'Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.',
    );
  }
}

/**
 * The whole environment of a function's code (Lambda Developer Guide, "Using Lambda environment variables"). Nothing of this
 * process's own environment is in it; what isn't AWS's is `AWS_ENDPOINT_URL`, by which the SDK finds the local cloud.
 */
export function environmentOf(
  record: FunctionRecord,
  options: {
    endpoint: string;
    region: string;
    taskRoot: string;
    logStream: string;
    credentials: RoleCredentials;
    xrayDaemon: string | undefined;
  },
): Record<string, string> {
  const { configuration } = record;
  const { logging } = configuration;
  return {
    ...configuration.environment,
    _HANDLER: configuration.handler,
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: configuration.environment['AWS_DEFAULT_REGION'] ?? options.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: record.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memory_mb),
    AWS_LAMBDA_FUNCTION_VERSION: versionOf(record),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logging.LogGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: options.logStream,
    AWS_LAMBDA_LOG_FORMAT: logging.LogFormat,
    ...(logging.LogFormat === 'JSON' ? { AWS_LAMBDA_LOG_LEVEL: logging.ApplicationLogLevel ?? 'INFO' } : {}),
    AWS_ACCESS_KEY_ID: options.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: options.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: options.credentials.sessionToken,
    ...(options.xrayDaemon === undefined ? {} : { AWS_XRAY_DAEMON_ADDRESS: options.xrayDaemon, AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR' }),
    LAMBDA_TASK_ROOT: options.taskRoot,
    LANG: 'en_US.UTF-8',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    TZ: ':UTC',
    AWS_ENDPOINT_URL: options.endpoint,
    // Keeps the SDK from reading the developer's own ~/.aws: on AWS there is no such folder.
    HOME: '/home/sbx_user1051',
  };
}
