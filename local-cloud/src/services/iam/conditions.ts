import { BlockList, isIP } from 'node:net';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { matchesPattern, substituteVariables } from './match-pattern.ts';

/** Values of the request's condition keys, by key in lower case: keys are case-insensitive. */
export type ConditionKeys = ReadonlyMap<string, readonly string[]>;

/**
 * Keys that this local cloud gives a request where AWS would. A policy that asks for another one can't be judged and
 * is refused by the key's name, instead of being matched or missed in silence.
 */
const CARRIED_OUT = new Set(
  [
    'aws:CurrentTime',
    'aws:EpochTime',
    'aws:PrincipalAccount',
    'aws:PrincipalArn',
    'aws:PrincipalIsAWSService',
    'aws:PrincipalServiceName',
    'aws:PrincipalType',
    'aws:RequestedRegion',
    'aws:ResourceAccount',
    'aws:SecureTransport',
    'aws:SourceAccount',
    'aws:SourceArn',
    'aws:SourceOwner',
    'aws:userid',
    'aws:ViaAWSService',
    'cloudwatch:namespace',
    'codecommit:References',
    'events:detail-type',
    'events:source',
    'events:TargetArn',
    'iam:PassedToService',
    'iam:PolicyARN',
    'kms:CallerAccount',
    'kms:ViaService',
    'lambda:FunctionUrlAuthType',
    'lambda:InvokedViaFunctionUrl',
    's3:ResourceAccount',
    'sns:Endpoint',
    'sns:Protocol',
    'sts:AWSServiceName',
    'sts:DurationSeconds',
    'sts:ExternalId',
    'sts:RoleSessionName',
  ].map((key) => key.toLowerCase()),
);

/** A tag of the role that is to be assumed: a role without it has no such key. */
const ROLE_TAG = 'iam:resourcetag/';

type Comparison = (wanted: string, actual: string) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: (wanted, actual) => wanted === actual,
  StringEqualsIgnoreCase: (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase(),
  StringLike: (wanted, actual) => matchesPattern(wanted, actual),
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  NumericEquals: (wanted, actual) => Number(wanted) === Number(actual),
  NumericLessThan: (wanted, actual) => Number(actual) < Number(wanted),
  NumericLessThanEquals: (wanted, actual) => Number(actual) <= Number(wanted),
  NumericGreaterThan: (wanted, actual) => Number(actual) > Number(wanted),
  NumericGreaterThanEquals: (wanted, actual) => Number(actual) >= Number(wanted),
  DateEquals: (wanted, actual) => Date.parse(wanted) === Date.parse(actual),
  DateLessThan: (wanted, actual) => Date.parse(actual) < Date.parse(wanted),
  DateLessThanEquals: (wanted, actual) => Date.parse(actual) <= Date.parse(wanted),
  DateGreaterThan: (wanted, actual) => Date.parse(actual) > Date.parse(wanted),
  DateGreaterThanEquals: (wanted, actual) => Date.parse(actual) >= Date.parse(wanted),
  Bool: (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase(),
  IpAddress: inNetwork,
};

const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
};

/**
 * Whether a statement's Condition element holds (IAM User Guide, "IAM JSON policy elements: Condition operators" and
 * "Conditions with multiple context keys or values"). Throws NotCarriedOut for an operator or key it can't judge.
 */
export function conditionsHold(
  conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  keys: ConditionKeys,
): boolean {
  for (const [operator, byKey] of Object.entries(conditions)) {
    for (const [key, wanted] of Object.entries(byKey)) {
      if (!holds(operator, key, wanted, keys)) return false;
    }
  }
  return true;
}

function holds(operator: string, key: string, wanted: readonly string[], keys: ConditionKeys): boolean {
  const name = key.toLowerCase();
  const actual = keys.get(name);
  if (actual === undefined && !CARRIED_OUT.has(name) && !name.startsWith(ROLE_TAG))
    throw new NotCarriedOut(`the IAM condition key "${key}"`);
  if (operator === 'Null') return wanted.every((value) => (actual === undefined) === (value.toLowerCase() === 'true'));

  const set = /^(ForAnyValue|ForAllValues):/.exec(operator)?.[1];
  const ifExists = operator.endsWith('IfExists');
  const bare = operator.slice(set === undefined ? 0 : set.length + 1, ifExists ? -'IfExists'.length : undefined);
  const negated = Object.hasOwn(NEGATED, bare);
  const comparison = COMPARISONS[NEGATED[bare] ?? bare];
  if (comparison === undefined) throw new NotCarriedOut(`the IAM condition operator "${operator}"`);

  if (actual === undefined) return ifExists || negated || set === 'ForAllValues';
  const matchesOne = (value: string) =>
    wanted.some((pattern) => {
      const resolved = substituteVariables(pattern, keys);
      return resolved !== undefined && comparison(resolved, value);
    });
  const test = (value: string) => matchesOne(value) !== negated;
  return set === 'ForAnyValue' ? actual.some(test) : actual.every(test);
}

/** Each of the six parts of an ARN is matched by itself. */
function matchesArn(wanted: string, actual: string): boolean {
  const split = (arn: string) => {
    const parts = arn.split(':');
    return [...parts.slice(0, 5), parts.slice(5).join(':')];
  };
  const patterns = split(wanted);
  const values = split(actual);
  return patterns.length === values.length && patterns.every((pattern, index) => matchesPattern(pattern, values[index] ?? ''));
}

function inNetwork(wanted: string, actual: string): boolean {
  const [address = '', prefix] = wanted.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0 || isIP(actual) !== isIP(address)) return false;
  const list = new BlockList();
  list.addSubnet(address, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family);
  return list.check(actual, family);
}
