import type { PolicyDocument, PolicyStatement } from '../../kernel/policy-document.ts';

/** Condition keys whose fixed values make a statement for everyone a statement for somebody. */
const NARROWING_KEYS = new Set([
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:sourceowner',
  'aws:userid',
  's3:dataaccesspointarn',
  's3:dataaccesspointaccount',
]);

/**
 * Whether a bucket policy is public: it allows something to a wildcard principal without a condition on a fixed value
 * of who or from where (Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", the meaning of
 * "public"). Conditions on `aws:SourceIp` count as public here, also where AWS would accept a narrow range.
 */
export function isPublicPolicy(policy: PolicyDocument): boolean {
  return policy.Statement.some((statement) => statement.Effect === 'Allow' && isForEveryone(statement) && !isNarrowed(statement));
}

function isForEveryone(statement: PolicyStatement): boolean {
  return (statement.Principal?.['AWS'] ?? []).some((principal) => principal.includes('*'));
}

function isNarrowed(statement: PolicyStatement): boolean {
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    if (!/^(ForAnyValue:)?(String(Equals|EqualsIgnoreCase|Like)|Arn(Equals|Like))$/.test(operator)) continue;
    for (const [key, values] of Object.entries(keys)) {
      if (NARROWING_KEYS.has(key.toLowerCase()) && values.every((value) => !/[*?]/.test(withoutWildPath(value)))) return true;
    }
  }
  return false;
}

/** In an ARN a wildcard behind the account still names somebody's resource. */
function withoutWildPath(value: string): string {
  return value.startsWith('arn:') ? value.split(':').slice(0, 5).join(':') : value;
}
