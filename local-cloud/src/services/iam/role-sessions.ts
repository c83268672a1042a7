import { randomBytes } from 'node:crypto';
import { AccessDenied, AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type RoleSession, servicePrincipal } from '../../kernel/principal.ts';
import { Collection } from '../../kernel/state.ts';
import { conditionKeys } from './authorizer.ts';
import { evaluateResourcePolicy } from './evaluate-policy.ts';
import { iamStore, parseIamArn, type Role, type StoredSession } from './iam-store.ts';

export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly principal: RoleSession;
}

const ALL_ACCOUNTS = { account: 'all-accounts', region: 'aws-global' };
const sessions = new WeakMap<Cloud, { stored: Collection<StoredSession>; known: Map<string, StoredSession> }>();

/**
 * Credentials of a role for an AWS service that the role's trust policy names, as Lambda takes them for a function.
 * Throws AccessDenied when the role is missing or doesn't trust the service.
 */
export function assumeRole(
  cloud: Cloud,
  request: { roleArn: string; sessionName: string; servicePrincipal: string; durationSeconds?: number; sourceArn?: string },
): RoleCredentials {
  const role = findRole(cloud, request.roleArn);
  const account = parseIamArn(request.roleArn)?.account ?? '';
  const principal = servicePrincipal(request.servicePrincipal, account, request.sourceArn);
  const keys = conditionKeys(cloud, { principal, account, region: 'us-east-1' }, { action: 'sts:AssumeRole', resource: request.roleArn });
  const verdict =
    role === undefined
      ? undefined
      : evaluateResourcePolicy(role.AssumeRolePolicyDocument, { action: 'sts:AssumeRole', resource: request.roleArn, keys }, principal);
  if (role === undefined || verdict?.allowed === undefined || verdict.denied !== undefined) {
    throw new AccessDenied(
      request.servicePrincipal,
      'sts:AssumeRole',
      request.roleArn,
      'no trust policy of the role allows the sts:AssumeRole action',
    );
  }
  return openSession(cloud, role, request.sessionName, request.durationSeconds ?? 3600);
}

/** The role of this ARN, in whatever account it is. */
export function findRole(cloud: Cloud, roleArn: string): Role | undefined {
  const parsed = parseIamArn(roleArn);
  if (parsed === undefined || parsed.kind !== 'role' || parsed.account === 'aws') return undefined;
  const role = iamStore(cloud, parsed.account).roles.get(parsed.name);
  return role?.Arn === roleArn ? role : undefined;
}

/** Makes temporary credentials of a role; whether the caller may have them is decided before. */
export function openSession(cloud: Cloud, role: Role, sessionName: string, durationSeconds: number): RoleCredentials {
  const session: StoredSession = {
    accessKeyId: `ASIA${randomBytes(16)
      .toString('base64')
      .replace(/[^A-Za-z0-9]/g, 'X')
      .slice(0, 16)
      .toUpperCase()}`,
    sessionToken: randomBytes(96).toString('base64'),
    roleArn: role.Arn,
    sessionName,
    expiration: cloud.clock() + durationSeconds * 1000,
  };
  const { stored, known } = sessionsOf(cloud);
  stored.put(session.accessKeyId, session);
  known.set(session.accessKeyId, session);
  return {
    accessKeyId: session.accessKeyId,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: session.sessionToken,
    expiration: new Date(session.expiration),
    principal: principalOf(role, sessionName),
  };
}

/** Who presents these temporary credentials. Throws as STS does for unknown, foreign and expired ones. */
export function identifySession(cloud: Cloud, accessKeyId: string, sessionToken: string | undefined): RoleSession {
  const { stored, known } = sessionsOf(cloud);
  const session = known.get(accessKeyId) ?? stored.get(accessKeyId);
  if (session === undefined || session.sessionToken !== sessionToken) {
    throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
  }
  if (session.expiration <= cloud.clock()) {
    known.delete(accessKeyId);
    stored.delete(accessKeyId);
    throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired', 403);
  }
  known.set(accessKeyId, session);
  const role = findRole(cloud, session.roleArn);
  if (role === undefined) throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
  return principalOf(role, session.sessionName);
}

function principalOf(role: Role, sessionName: string): RoleSession {
  const account = role.Arn.split(':')[4] ?? '';
  return {
    kind: 'role-session',
    account,
    arn: `arn:aws:sts::${account}:assumed-role/${role.RoleName}/${sessionName}`,
    userId: `${role.RoleId}:${sessionName}`,
    roleArn: role.Arn,
    roleName: role.RoleName,
  };
}

function sessionsOf(cloud: Cloud): { stored: Collection<StoredSession>; known: Map<string, StoredSession> } {
  let found = sessions.get(cloud);
  if (found === undefined) {
    found = { stored: new Collection<StoredSession>(cloud.state.database(ALL_ACCOUNTS, 'sessions'), 'sessions'), known: new Map() };
    sessions.set(cloud, found);
    for (const session of found.stored.list()) if (session.expiration <= cloud.clock()) found.stored.delete(session.accessKeyId);
  }
  return found;
}
