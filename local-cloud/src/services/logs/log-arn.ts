import { AwsError } from '../../kernel/aws-error.ts';
import type { Scope } from '../../kernel/service.ts';

/**
 * The ARN of a log group without the trailing `:*`: what `logGroupArn`, `logGroupIdentifier` and the tagging actions use
 * (CloudWatch Logs API Reference, "LogGroup").
 */
export function logGroupArn(scope: Scope, logGroupName: string): string {
  return `arn:aws:logs:${scope.region}:${scope.account}:log-group:${logGroupName}`;
}

export function logStreamArn(scope: Scope, logGroupName: string, logStreamName: string): string {
  return `${logGroupArn(scope, logGroupName)}:log-stream:${logStreamName}`;
}

/**
 * What IAM compares a policy's `Resource` with for actions on a log group. AWS appends an empty stream, as its own refusals
 * show (`…:log-group:<name>:log-stream:`): a policy needs the form with `:*`, the bare ARN grants nothing
 * (CloudWatch Logs User Guide, "Overview of managing access permissions to your CloudWatch Logs resources").
 */
export function logGroupResource(scope: Scope, logGroupName: string): string {
  return logStreamArn(scope, logGroupName, '');
}

const IDENTIFIER_ARN = /^arn:aws:logs:([^:]*):([^:]*):log-group:([^:*]+)$/;

/**
 * The name of the log group that a request means: `logGroupName`, or `logGroupIdentifier` as a name or an ARN without `:*`.
 * Throws InvalidParameterException unless exactly one is given, ResourceNotFoundException for another account's or region's ARN.
 */
export function requestedLogGroup(
  scope: Scope,
  input: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined },
): string {
  const { logGroupName, logGroupIdentifier } = input;
  if (logGroupName !== undefined && logGroupIdentifier !== undefined)
    throw invalidParameter('LogGroup name and LogGroup identifier cannot both be specified.');
  if (logGroupName !== undefined) return logGroupName;
  if (logGroupIdentifier === undefined) throw invalidParameter('Either LogGroup name or LogGroup identifier must be specified.');
  return identifiedLogGroup(scope, logGroupIdentifier);
}

/** The name behind one log group identifier: a name, or an ARN without `:*`. */
export function identifiedLogGroup(scope: Scope, identifier: string): string {
  if (!identifier.startsWith('arn:')) return identifier;
  const [, region, account, name] = IDENTIFIER_ARN.exec(identifier) ?? [];
  if (name === undefined) throw invalidParameter(`The log group identifier '${identifier}' is not valid.`);
  if (region !== scope.region || account !== scope.account) throw logGroupNotFound();
  return name;
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

export function logGroupNotFound(): AwsError {
  return new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
}

export function logStreamNotFound(): AwsError {
  return new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
}
