import type { PolicyDocument, PolicyStatement } from '../../kernel/policy-document.ts';
import type { Principal } from '../../kernel/principal.ts';
import { type ConditionKeys, conditionsHold } from './conditions.ts';
import { matchesPattern, substituteVariables } from './match-pattern.ts';

export interface PolicyRequest {
  readonly action: string;
  readonly resource: string;
  readonly keys: ConditionKeys;
}

/** A statement that matched, so that use of each grant can be told. */
export interface Match {
  readonly statement: PolicyStatement;
  /** The Action pattern that matched; undefined for a NotAction statement. */
  readonly action: string | undefined;
}

export interface Verdict {
  readonly allowed: Match | undefined;
  readonly denied: Match | undefined;
}

/** What an identity-based policy says of a request: its Principal elements don't count. */
export function evaluateIdentityPolicy(policy: PolicyDocument, request: PolicyRequest): Verdict {
  return evaluate(policy.Statement, request);
}

/** How a resource-based policy's Principal element names the caller. */
export type PrincipalMatch = 'direct' | 'account';

/**
 * What a resource-based policy says of a request by this principal. An Allow for the whole account (its id or root ARN)
 * only delegates: the caller's own policies must allow as well (IAM User Guide, "Policy evaluation logic").
 */
export function evaluateResourcePolicy(
  policy: PolicyDocument,
  request: PolicyRequest,
  principal: Principal,
): Verdict & { readonly delegated: Match | undefined } {
  const direct: PolicyStatement[] = [];
  const delegating: PolicyStatement[] = [];
  for (const statement of policy.Statement) {
    const match = namesPrincipal(statement, principal);
    if (match === 'direct' || (match === 'account' && statement.Effect === 'Deny')) direct.push(statement);
    else if (match === 'account') delegating.push(statement);
  }
  const verdict = evaluate(direct, request);
  return { ...verdict, delegated: evaluate(delegating, request).allowed };
}

function evaluate(statements: readonly PolicyStatement[], request: PolicyRequest): Verdict {
  let allowed: Match | undefined;
  let denied: Match | undefined;
  for (const statement of statements) {
    const match = matches(statement, request);
    if (match === undefined) continue;
    if (statement.Effect === 'Deny') denied ??= match;
    else allowed ??= match;
  }
  return { allowed, denied };
}

function matches(statement: PolicyStatement, { action, resource, keys }: PolicyRequest): Match | undefined {
  let pattern: string | undefined;
  if (statement.Action !== undefined) {
    pattern = statement.Action.find((candidate) => matchesPattern(candidate, action, true));
    if (pattern === undefined) return undefined;
  } else if (statement.NotAction === undefined || statement.NotAction.some((candidate) => matchesPattern(candidate, action, true))) {
    return undefined;
  }
  const covers = (candidate: string) => {
    const resolved = substituteVariables(candidate, keys);
    return resolved !== undefined && matchesPattern(resolved, resource);
  };
  // A trust policy has neither element: its resource is the role itself.
  if (statement.Resource !== undefined && !statement.Resource.some(covers)) return undefined;
  if (statement.NotResource?.some(covers)) return undefined;
  if (statement.Condition !== undefined && !conditionsHold(statement.Condition, keys)) return undefined;
  return { statement, action: pattern };
}

function namesPrincipal(statement: PolicyStatement, principal: Principal): PrincipalMatch | undefined {
  const { Principal: named } = statement;
  if (named === undefined) return undefined;
  if (principal.kind === 'service') {
    return named['Service']?.includes(principal.arn) || named['AWS']?.includes('*') ? 'direct' : undefined;
  }
  const aws = named['AWS'] ?? [];
  if (aws.includes('*')) return 'direct';
  if (principal.kind === 'anonymous') return undefined;
  if (aws.includes(principal.arn) || (principal.kind === 'role-session' && aws.includes(principal.roleArn))) return 'direct';
  return aws.includes(principal.account) || aws.includes(`arn:aws:iam::${principal.account}:root`) ? 'account' : undefined;
}
