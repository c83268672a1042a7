import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { assumeRole, type RoleCredentials } from '../iam/role-sessions.ts';
import { type FunctionRecord, versionOf } from './function-record.ts';

/** Credentials of a function's role last this long, as one environment may. */
const LIFETIME_S = 12 * 3600;
const cached = new WeakMap<Cloud, Map<string, { role: string; credentials: RoleCredentials }>>();

/**
 * Credentials of a function's execution role, taken by Lambda as the role's trust policy allows. Kept for half of their life,
 * so that not every call opens a session. Throws AccessDeniedException when Lambda can't assume the role.
 */
export function executionRole(cloud: Cloud, record: FunctionRecord): RoleCredentials {
  let known = cached.get(cloud);
  if (known === undefined) {
    known = new Map();
    cached.set(cloud, known);
  }
  const { role } = record.configuration;
  const key = `${record.arn}:${versionOf(record)}`;
  const before = known.get(key);
  if (before?.role === role && before.credentials.expiration.getTime() - cloud.clock() > (LIFETIME_S / 2) * 1000) return before.credentials;
  const credentials = take(cloud, record.arn, role, record.name, LIFETIME_S);
  known.set(key, { role, credentials });
  return credentials;
}

/** Throws InvalidParameterValueException when Lambda can't assume the role. */
export function checkExecutionRole(cloud: Cloud, functionArn: string, roleArn: string): void {
  try {
    take(cloud, functionArn, roleArn, 'check', 1);
  } catch (error) {
    throw error instanceof AwsError ? new AwsError('InvalidParameterValueException', error.message) : error;
  }
}

function take(cloud: Cloud, sourceArn: string, roleArn: string, sessionName: string, durationSeconds: number): RoleCredentials {
  try {
    return assumeRole(cloud, { roleArn, sessionName, servicePrincipal: 'lambda.amazonaws.com', durationSeconds, sourceArn });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError('AccessDeniedException', 'The role defined for the function cannot be assumed by Lambda.', 403);
  }
}
