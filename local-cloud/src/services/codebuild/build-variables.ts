import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller } from '../../kernel/service.ts';
import type { BuildRecord } from './build-record.ts';
import type { Buildspec } from './buildspec.ts';
import { PhaseFailure } from './phase-failure.ts';

/** Systems Manager API Reference, "GetParameters": at most so many names a call. */
const NAMES_A_CALL = 10;

/** The variables of a build, and which of their values are secret. */
export interface BuildVariables {
  readonly values: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/**
 * A build's own variables: those of the start win over those of the project, and these over the buildspec's ("Build specification reference
 * for CodeBuild", env). What comes from Parameter Store is read with the service role's rights (ssm:GetParameters). Throws PhaseFailure when
 * the role may not, a parameter isn't there, or a value can't be one of a process.
 */
export async function resolveVariables(cloud: Cloud, build: BuildRecord, spec: Buildspec, caller: Caller): Promise<BuildVariables> {
  const given = [
    ...Object.entries(spec.env.variables).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' })),
    ...Object.entries(spec.env['parameter-store']).map(([name, value]) => ({ name, value, type: 'PARAMETER_STORE' })),
    ...build.settings.environment.environmentVariables,
    ...build.variables,
  ];
  const settled = new Map(given.map((one) => [one.name, one]));
  const stored = [...settled.values()].filter(({ type }) => type === 'PARAMETER_STORE');
  const parameters = await readParameters(cloud, [...new Set(stored.map(({ value }) => value))], caller);
  const values = [...settled.values()].map(({ name, value, type }) => [
    name,
    type === 'PARAMETER_STORE' ? (parameters.get(value) ?? '') : value,
  ]);
  const unfit = values.find(([, value]) => value?.includes('\0'));
  // No process can be given one.
  if (unfit !== undefined) throw new PhaseFailure('CLIENT_ERROR', `The environment variable ${unfit[0]} has a character NUL in it`);
  return { values: Object.fromEntries(values) as Record<string, string>, secrets: [...parameters.values()] };
}

async function readParameters(cloud: Cloud, names: readonly string[], caller: Caller): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let at = 0; at < names.length; at += NAMES_A_CALL) {
    const Names = names.slice(at, at + NAMES_A_CALL);
    for (const { Name, Value } of await getParameters(cloud, Names, caller)) found.set(Name, Value);
  }
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) throw new PhaseFailure('Decrypted Variables Error', `parameter does not exist: ${missing.join(', ')}`);
  return found;
}

async function getParameters(cloud: Cloud, Names: readonly string[], caller: Caller): Promise<{ Name: string; Value: string }[]> {
  try {
    type Answer = { Parameters: { Name: string; Value: string }[] };
    return (await cloud.call<Answer>('ssm', 'GetParameters', { Names, WithDecryption: true }, caller)).Parameters;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new PhaseFailure('Decrypted Variables Error', `${error.code}: ${error.message}`);
  }
}
