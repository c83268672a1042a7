import { AwsError } from '../../kernel/aws-error.ts';
import type { PolicyStatement } from '../../kernel/policy-document.ts';
import type { Scope } from '../../kernel/service.ts';

/** `LoggingConfig` of a function (Lambda API Reference, "LoggingConfig"). */
export interface LoggingConfig {
  readonly LogFormat: 'JSON' | 'Text';
  /** Only with LogFormat JSON. */
  readonly ApplicationLogLevel?: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL' | undefined;
  /** Only with LogFormat JSON. */
  readonly SystemLogLevel?: 'DEBUG' | 'INFO' | 'WARN' | undefined;
  readonly LogGroup: string;
}

/** What runs: a change of any of these ends the environments of the function. */
export interface FunctionConfiguration {
  readonly role: string;
  readonly handler: string;
  readonly runtime: string;
  readonly description: string;
  readonly timeout_s: number;
  readonly memory_mb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly architectures: readonly string[];
  readonly ephemeralStorage_mb: number;
  readonly tracing: 'Active' | 'PassThrough';
  readonly deadLetterTargetArn?: string | undefined;
  readonly logging: LoggingConfig;
}

/** The unzipped deployment package. */
export interface FunctionCode {
  /** SHA-256 of the zip file, Base64, as the API shows it. */
  readonly sha256: string;
  /** Name of the folder that holds the unzipped package. */
  readonly folder: string;
  readonly size_bytes: number;
}

export interface FunctionUrl {
  /** The host label on AWS, the path segment here. */
  readonly id: string;
  readonly authType: 'NONE' | 'AWS_IAM';
  readonly invokeMode: 'BUFFERED';
  readonly created: string;
  readonly lastModified: string;
}

export interface EventInvokeConfig {
  readonly maximumRetryAttempts?: number | undefined;
  readonly maximumEventAge_s?: number | undefined;
  readonly onSuccess?: string | undefined;
  readonly onFailure?: string | undefined;
  readonly lastModified_ms: number;
}

/** What an alias, a version or the function itself has of its own. */
export interface QualifierSettings {
  readonly policy?: { readonly revisionId: string; readonly statements: readonly PolicyStatement[] } | undefined;
  /** Only of the function itself and of aliases. */
  readonly url?: FunctionUrl | undefined;
  readonly eventInvoke?: EventInvokeConfig | undefined;
}

/** Everything that is known of one function, or of a published version, which is a copy of it. */
export interface FunctionRecord extends QualifierSettings {
  readonly name: string;
  /** Without a qualifier. */
  readonly arn: string;
  /** The number of a published version; absent of `$LATEST`. */
  readonly version?: string | undefined;
  readonly configuration: FunctionConfiguration;
  readonly code: FunctionCode;
  readonly lastModified: string;
  readonly revisionId: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Of the function in all: its versions share it. */
  readonly reservedConcurrency?: number | undefined;
}

/** A name for a version, or for two by weight (Lambda Developer Guide, "Create an alias for a Lambda function"). */
export interface AliasRecord extends QualifierSettings {
  readonly functionName: string;
  readonly name: string;
  readonly description: string;
  /** `$LATEST` or a version's number. */
  readonly functionVersion: string;
  /** The share, 0 to 1, of invocations that another version answers; at most one other. */
  readonly additionalWeights: Readonly<Record<string, number>>;
  readonly revisionId: string;
}

/** `$LATEST` or the number of a published version. */
export function versionOf(record: FunctionRecord): string {
  return record.version ?? '$LATEST';
}

/** `arn:aws:lambda:<region>:<account>:function:<name>` */
export function functionArn(scope: Scope, name: string): string {
  return `arn:aws:lambda:${scope.region}:${scope.account}:function:${name}`;
}

export interface FunctionReference {
  readonly scope: Scope;
  readonly name: string;
  /** Undefined when the caller named none. */
  readonly qualifier: string | undefined;
}

const REFERENCE =
  /^(?:(?:arn:aws:lambda:)?(?:(?<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?<account>\d{12}):)?function:|(?:(?<partialAccount>\d{12}):function:))?(?<name>[a-zA-Z0-9-_]{1,64})(?::(?<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?$/;

/**
 * Reads a function's name, ARN or partial ARN, each with or without a qualifier (Lambda API Reference, "Invoke",
 * FunctionName). Throws ValidationException for anything else, ResourceNotFoundException for one of another region.
 */
export function parseFunctionName(text: string, scope: Scope, qualifier?: string): FunctionReference {
  const groups = REFERENCE.exec(text)?.groups;
  const name = groups?.['name'];
  if (groups === undefined || name === undefined) {
    throw new AwsError('ValidationException', `Value '${text}' at 'functionName' failed to satisfy constraint: not a function name or ARN`);
  }
  const named = groups['qualifier'];
  if (named !== undefined && qualifier !== undefined && named !== qualifier) {
    throw new AwsError(
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  const region = groups['region'] ?? scope.region;
  if (region !== scope.region) {
    // The code and the words are from reports of users, not from a page of AWS's.
    throw new AwsError('ResourceNotFoundException', `Functions from '${region}' are not reachable in this region ('${scope.region}')`, 404);
  }
  return {
    scope: { account: groups['account'] ?? groups['partialAccount'] ?? scope.account, region },
    name,
    qualifier: named ?? qualifier,
  };
}

/**
 * A function or version as the API shows it (Lambda API Reference, "FunctionConfiguration"); `arn` is the one by which it was asked for, else that of
 * the version.
 */
export function describeFunction(record: FunctionRecord, arn?: string): Record<string, unknown> {
  const { configuration, version } = record;
  const hasEnvironment = Object.keys(configuration.environment).length > 0;
  return {
    FunctionName: record.name,
    FunctionArn: arn ?? (version === undefined ? record.arn : `${record.arn}:${version}`),
    Runtime: configuration.runtime,
    Role: configuration.role,
    Handler: configuration.handler,
    CodeSize: record.code.size_bytes,
    Description: configuration.description,
    Timeout: configuration.timeout_s,
    MemorySize: configuration.memory_mb,
    LastModified: record.lastModified,
    CodeSha256: record.code.sha256,
    Version: versionOf(record),
    ...(hasEnvironment ? { Environment: { Variables: configuration.environment } } : {}),
    ...(configuration.deadLetterTargetArn === undefined ? {} : { DeadLetterConfig: { TargetArn: configuration.deadLetterTargetArn } }),
    TracingConfig: { Mode: configuration.tracing },
    RevisionId: record.revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: configuration.architectures,
    EphemeralStorage: { Size: configuration.ephemeralStorage_mb },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: configuration.logging,
  };
}

/** The time format of Lambda's own documents: `2026-11-21T21:14:00.000+0000`. */
export function lambdaTime(time_ms: number): string {
  return new Date(time_ms).toISOString().replace('Z', '+0000');
}
