import { AccessDenied } from '../../kernel/aws-error.ts';
import type { Authorizer, Cloud } from '../../kernel/cloud.ts';
import type { PolicyDocument } from '../../kernel/policy-document.ts';
import { administratorOf } from '../../kernel/principal.ts';
import type { Authorization, Caller } from '../../kernel/service.ts';
import { awsManagedPolicy } from './aws-managed-policies.ts';
import type { ConditionKeys } from './conditions.ts';
import { evaluateIdentityPolicy, evaluateResourcePolicy, type Match, type PolicyRequest } from './evaluate-policy.ts';
import { iamStore, parseIamArn } from './iam-store.ts';
import { findRole, identifySession } from './role-sessions.ts';

/** A grant that a request needed: which policy allowed which action on which resource. */
export interface UsedGrant {
  /** A role's ARN, or the ARN of the resource whose own policy allowed. */
  readonly holder: string;
  /** The inline policy's name, the managed policy's ARN, or `resource policy`. */
  readonly policy: string;
  /** The action as the statement writes it. */
  readonly grantedAction: string;
  readonly action: string;
  readonly resource: string;
}

const used = new WeakMap<Cloud, Map<string, UsedGrant>>();

/** Every grant that some request needed since the start: a grant that isn't here was never put to the test. */
export function usedGrants(cloud: Cloud): UsedGrant[] {
  return [...(used.get(cloud)?.values() ?? [])];
}

/**
 * IAM's decision: an explicit deny wins, then an allow is needed. In one account the caller's policies or the
 * resource's suffice, across accounts both are needed (IAM User Guide, "Policy evaluation logic").
 */
export function createAuthorizer(cloud: Cloud): Authorizer {
  used.set(cloud, new Map());
  return {
    identify(accessKeyId, sessionToken) {
      return /^\d{12}$/.test(accessKeyId) ? administratorOf(accessKeyId) : identifySession(cloud, accessKeyId, sessionToken);
    },
    authorize(caller, wanted) {
      const { principal } = caller;
      const { action, resource, resourcePolicy } = wanted;
      const keys = conditionKeys(cloud, caller, wanted);
      const request: PolicyRequest = { action, resource, keys };
      const sameAccount = principal.account === ownerOf(caller, wanted);
      const identity = principal.kind === 'role-session' ? evaluateRole(cloud, principal.roleArn, request) : undefined;
      const own = resourcePolicy === undefined ? undefined : evaluateResourcePolicy(resourcePolicy, request, principal);
      const refuse = (why: string) => new AccessDenied(principal.arn, action, resource, why);

      if (identity?.denied !== undefined) throw refuse('an identity-based policy has an explicit deny');
      if (own?.denied !== undefined) throw refuse('a resource-based policy has an explicit deny');
      const byIdentity = principal.kind === 'administrator' || identity?.allowed !== undefined;
      const byResource = own?.allowed !== undefined;
      const isUser = principal.kind === 'administrator' || principal.kind === 'role-session';
      if (identity?.allowed !== undefined)
        note(
          cloud,
          principal.arn.replace(/^arn:aws:sts::(\d+):assumed-role\/([^/]+)\/.*$/, 'arn:aws:iam::$1:role/$2'),
          identity.policy,
          identity.allowed,
          request,
        );
      if (own?.allowed !== undefined) note(cloud, resource, 'resource policy', own.allowed, request);
      if (wanted.needsResourcePolicy === true && !byResource && own?.delegated === undefined) {
        throw refuse(`no resource-based policy allows the ${action} action`);
      }
      if (isUser && sameAccount) {
        if (byIdentity || byResource) return;
        throw refuse(`no identity-based policy allows the ${action} action`);
      }
      if (isUser) {
        if (byIdentity && (byResource || own?.delegated !== undefined)) return;
        throw refuse(
          byIdentity ? `no resource-based policy allows the ${action} action` : `no identity-based policy allows the ${action} action`,
        );
      }
      if (!byResource) throw refuse(`no resource-based policy allows the ${action} action`);
    },
  };
}

/** The condition keys of a request, names in lower case. Loopback HTTP stands for TLS (LIMITS.md). */
export function conditionKeys(cloud: Cloud, caller: Caller, wanted: Authorization): ConditionKeys {
  const { principal } = caller;
  const now = cloud.clock();
  const keys = new Map<string, readonly string[]>([
    ['aws:currenttime', [new Date(now).toISOString()]],
    ['aws:epochtime', [String(Math.floor(now / 1000))]],
    ['aws:securetransport', ['true']],
    ['aws:requestedregion', [caller.region]],
    ['aws:userid', [principal.userId]],
    ['aws:principalisawsservice', [String(principal.kind === 'service')]],
    ['aws:viaawsservice', ['false']],
  ]);
  if (principal.kind === 'service') {
    keys.set('aws:principalservicename', [principal.arn]);
    keys.set('aws:sourceaccount', [principal.account]);
    keys.set('aws:sourceowner', [principal.account]);
    if (principal.sourceArn !== undefined) keys.set('aws:sourcearn', [principal.sourceArn]);
  } else if (principal.kind !== 'anonymous') {
    keys.set('aws:principalaccount', [principal.account]);
    keys.set('aws:principalarn', [principal.kind === 'role-session' ? principal.roleArn : principal.arn]);
    keys.set('aws:principaltype', [principal.kind === 'role-session' ? 'AssumedRole' : 'Account']);
  }
  const owner = ownerOf(caller, wanted);
  keys.set('aws:resourceaccount', [owner]);
  keys.set('s3:resourceaccount', [owner]);
  for (const [key, value] of Object.entries(wanted.conditions ?? {}))
    keys.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
  return keys;
}

function ownerOf(caller: Caller, wanted: Authorization): string {
  if (wanted.resourceAccount !== undefined) return wanted.resourceAccount;
  const account = wanted.resource.split(':')[4];
  return account === undefined || account === '' ? caller.account : account;
}

function evaluateRole(
  cloud: Cloud,
  roleArn: string,
  request: PolicyRequest,
): { allowed: Match | undefined; denied: Match | undefined; policy: string } {
  let allowed: Match | undefined;
  let denied: Match | undefined;
  let policy = '';
  for (const [name, document] of policiesOf(cloud, roleArn)) {
    const verdict = evaluateIdentityPolicy(document, request);
    denied ??= verdict.denied;
    if (allowed === undefined && verdict.allowed !== undefined) {
      allowed = verdict.allowed;
      policy = name;
    }
  }
  return { allowed, denied, policy };
}

function policiesOf(cloud: Cloud, roleArn: string): [string, PolicyDocument][] {
  const role = findRole(cloud, roleArn);
  if (role === undefined) return [];
  const attached = role.attached.flatMap((arn): [string, PolicyDocument][] => {
    const parsed = parseIamArn(arn);
    const managed = parsed?.account === 'aws' ? undefined : iamStore(cloud, parsed?.account ?? '').policies.get(arn);
    const document = parsed?.account === 'aws' ? awsManagedPolicy(arn) : managed?.versions[managed.defaultVersion];
    return document === undefined ? [] : [[arn, document]];
  });
  return [...Object.entries(role.inline), ...attached];
}

function note(cloud: Cloud, holder: string, policy: string, match: Match, request: PolicyRequest): void {
  const grants = used.get(cloud);
  const grantedAction = match.action ?? 'NotAction';
  const key = `${holder}|${policy}|${grantedAction}|${request.action}`;
  if (grants !== undefined && !grants.has(key))
    grants.set(key, { holder, policy, grantedAction, action: request.action, resource: request.resource });
}
