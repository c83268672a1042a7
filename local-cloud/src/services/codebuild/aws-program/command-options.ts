import { type AwsCommand, mustBe, takeOptions, UsageError } from './arguments.ts';

export interface LoginOptions {
  readonly region: string | undefined;
  readonly domain: string;
  readonly domainOwner: string | undefined;
  readonly repository: string;
  /** A scope of npm with its `@`. */
  readonly scope: string | undefined;
  readonly duration_s: number | undefined;
}
export type TokenOptions = Pick<LoginOptions, 'region' | 'domain' | 'domainOwner' | 'duration_s'>;

export interface ParameterOptions {
  readonly region: string | undefined;
  readonly name: string;
  readonly withDecryption: boolean;
}

/** Of `aws codeartifact login`. Throws UsageError for what isn't carried out. */
export function loginOptions(command: AwsCommand): LoginOptions {
  const known = ['tool', 'domain', 'domain-owner', 'repository', 'namespace', 'duration-seconds'];
  const given = takeOptions(command, known, ['tool', 'domain', 'repository']);
  mustBe(given, 'tool', 'npm');
  return { ...tokenOptions(given), repository: given['repository'] ?? '', scope: scopeOf(given['namespace']) };
}

/** Of `aws codeartifact get-authorization-token --query authorizationToken --output text`. Throws UsageError for what isn't carried out. */
export function authorizationTokenOptions(command: AwsCommand): TokenOptions {
  const given = takeOptions(command, ['domain', 'domain-owner', 'duration-seconds', 'query', 'output'], ['domain']);
  mustBe(given, 'query', 'authorizationToken');
  mustBe(given, 'output', 'text');
  return tokenOptions(given);
}

/** Of `aws ssm get-parameter --query Parameter.Value --output text`. Throws UsageError for what isn't carried out. */
export function parameterOptions(command: AwsCommand): ParameterOptions {
  const given = takeOptions(command, ['name', 'query', 'output', 'with-decryption', 'no-with-decryption'], ['name']);
  mustBe(given, 'query', 'Parameter.Value');
  mustBe(given, 'output', 'text');
  return { region: given['region'], name: given['name'] ?? '', withDecryption: given['with-decryption'] !== undefined };
}

function tokenOptions(given: Readonly<Record<string, string>>): TokenOptions {
  const duration = given['duration-seconds'];
  if (duration !== undefined && !/^\d+$/.test(duration)) throw new UsageError(`--duration-seconds must be a number, not ${duration}`);
  return {
    region: given['region'],
    domain: given['domain'] ?? '',
    domainOwner: given['domain-owner'],
    duration_s: duration === undefined ? undefined : Number(duration),
  };
}

function scopeOf(namespace: string | undefined): string | undefined {
  if (namespace === undefined) return undefined;
  const scope = namespace.startsWith('@') ? namespace : `@${namespace}`;
  if (!/^@[A-Za-z0-9._~-]+$/.test(scope)) throw new UsageError(`--namespace ${namespace} is no scope of npm`);
  return scope;
}
