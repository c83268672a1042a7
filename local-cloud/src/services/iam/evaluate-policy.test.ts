import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyDocument } from '../../kernel/policy-document.ts';
import { ANONYMOUS, administratorOf, type RoleSession, servicePrincipal } from '../../kernel/principal.ts';
import { evaluateIdentityPolicy, evaluateResourcePolicy } from './evaluate-policy.ts';
import { matchesPattern } from './match-pattern.ts';

const TABLE = 'arn:aws:dynamodb:us-east-2:111122223333:table/fleet';
const session: RoleSession = {
  kind: 'role-session',
  account: '111122223333',
  arn: 'arn:aws:sts::111122223333:assumed-role/reader/one',
  userId: 'AROA:one',
  roleArn: 'arn:aws:iam::111122223333:role/reader',
  roleName: 'reader',
};

function decide(statement: object, request: { action?: string; resource?: string; keys?: Record<string, string[]> } = {}): string {
  const policy = policyDocument.parse({ Version: '2012-10-17', Statement: statement });
  const keys = new Map(Object.entries(request.keys ?? {}).map(([key, value]) => [key.toLowerCase(), value]));
  const verdict = evaluateIdentityPolicy(policy, {
    action: request.action ?? 'dynamodb:GetItem',
    resource: request.resource ?? TABLE,
    keys,
  });
  return verdict.denied !== undefined ? 'deny' : verdict.allowed !== undefined ? 'allow' : 'none';
}

// IAM User Guide, "IAM JSON policy element reference"
describe('an identity-based policy', () => {
  it.each([
    ['an exact action', { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: TABLE }, 'allow'],
    ['an action in other case', { Effect: 'Allow', Action: 'DYNAMODB:getitem', Resource: TABLE }, 'allow'],
    ['a wildcard action', { Effect: 'Allow', Action: 'dynamodb:Get*', Resource: '*' }, 'allow'],
    ['another action', { Effect: 'Allow', Action: ['dynamodb:PutItem', 's3:*'], Resource: '*' }, 'none'],
    ['another resource', { Effect: 'Allow', Action: '*', Resource: `${TABLE}/index/*` }, 'none'],
    ['a resource in other case', { Effect: 'Allow', Action: '*', Resource: TABLE.toUpperCase() }, 'none'],
    ['NotAction', { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }, 'allow'],
    ['NotAction that covers it', { Effect: 'Allow', NotAction: 'dynamodb:*', Resource: '*' }, 'none'],
    ['NotResource', { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::x' }, 'deny'],
    [
      'a deny beside an allow',
      [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'dynamodb:*', Resource: TABLE },
      ],
      'deny',
    ],
  ])('decides %s', (_, statement, expected) => {
    expect(decide(statement)).toBe(expected);
  });

  it.each([
    ['StringEquals', { StringEquals: { 'aws:PrincipalAccount': ['1', '2'] } }, { 'aws:PrincipalAccount': ['2'] }, 'allow'],
    ['StringEquals on a missing key', { StringEquals: { 'aws:SourceArn': 'x' } }, {}, 'none'],
    ['StringEqualsIfExists on a missing key', { StringEqualsIfExists: { 'aws:SourceArn': 'x' } }, {}, 'allow'],
    ['StringNotEquals on a missing key', { StringNotEquals: { 'aws:SourceArn': 'x' } }, {}, 'allow'],
    ['StringNotEquals with one of the values', { StringNotEquals: { 'aws:SourceArn': ['x', 'y'] } }, { 'aws:SourceArn': ['y'] }, 'none'],
    [
      'StringLike',
      { StringLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/re?der' } },
      { 'aws:PrincipalArn': [session.roleArn] },
      'allow',
    ],
    [
      'ArnLike part by part',
      { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:1:t' } },
      { 'aws:SourceArn': ['arn:aws:sns:us-east-2:1:t'] },
      'allow',
    ],
    ['Bool', { Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:SecureTransport': ['true'] }, 'none'],
    ['Bool given as a boolean', { Bool: { 'aws:SecureTransport': true } }, { 'aws:SecureTransport': ['true'] }, 'allow'],
    ['Null of a missing key', { Null: { 'aws:SourceArn': 'true' } }, {}, 'allow'],
    ['Null of a present key', { Null: { 'aws:SourceArn': 'true' } }, { 'aws:SourceArn': ['x'] }, 'none'],
    ['NumericLessThan', { NumericLessThan: { 'aws:EpochTime': 5 } }, { 'aws:EpochTime': ['4'] }, 'allow'],
    [
      'two operators, one unmet',
      { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'aws:userid': 'a' } },
      { 'aws:SecureTransport': ['true'], 'aws:userid': ['b'] },
      'none',
    ],
    ['ForAllValues on a missing key', { 'ForAllValues:StringEquals': { 'aws:SourceArn': 'x' } }, {}, 'allow'],
    ['ForAnyValue on a missing key', { 'ForAnyValue:StringEquals': { 'aws:SourceArn': 'x' } }, {}, 'none'],
  ])('judges the condition %s', (_, Condition, keys, expected) => {
    expect(decide({ Effect: 'Allow', Action: '*', Resource: '*', Condition }, { keys: keys as Record<string, string[]> })).toBe(expected);
  });

  it('replaces policy variables, and matches nothing when one is missing', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable is written so
    const statement = { Effect: 'Allow', Action: '*', Resource: 'arn:aws:dynamodb:us-east-2:${aws:PrincipalAccount}:table/fleet' };
    expect(decide(statement, { keys: { 'aws:PrincipalAccount': ['111122223333'] } })).toBe('allow');
    expect(decide(statement, { keys: { 'aws:PrincipalAccount': ['444455556666'] } })).toBe('none');
    expect(decide(statement)).toBe('none');
  });

  it('refuses by name a condition that it cannot judge', () => {
    const conditioned = (Condition: object) => () => decide({ Effect: 'Allow', Action: '*', Resource: '*', Condition });
    expect(conditioned({ StringEquals: { 'dynamodb:LeadingKeys': 'x' } })).toThrow('dynamodb:LeadingKeys');
    expect(conditioned({ BinaryEquals: { 'aws:SourceArn': 'x' } })).toThrow();
    expect(() => policyDocument.parse({ Statement: { Effect: 'allow', Action: '*', Resource: '*' } })).toThrow();
  });
});

// IAM User Guide, "AWS JSON policy elements: Principal"
describe('a resource-based policy', () => {
  const verdict = (Principal: unknown, principal: Parameters<typeof evaluateResourcePolicy>[2]) => {
    const policy = policyDocument.parse({ Statement: { Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: '*' } });
    const { allowed, delegated } = evaluateResourcePolicy(policy, { action: 'sqs:SendMessage', resource: 'q', keys: new Map() }, principal);
    return allowed !== undefined ? 'allowed' : delegated !== undefined ? 'delegated' : 'none';
  };

  it.each([
    ['everyone', '*', ANONYMOUS, 'allowed'],
    ['everyone by AWS', { AWS: '*' }, session, 'allowed'],
    ['the role', { AWS: session.roleArn }, session, 'allowed'],
    ['the session', { AWS: session.arn }, session, 'allowed'],
    ['the account by its id', { AWS: '111122223333' }, session, 'delegated'],
    ['the account by its root', { AWS: 'arn:aws:iam::111122223333:root' }, session, 'delegated'],
    ['another account', { AWS: '444455556666' }, session, 'none'],
    ['a service', { Service: 'sns.amazonaws.com' }, servicePrincipal('sns.amazonaws.com', '111122223333'), 'allowed'],
    ['another service', { Service: ['s3.amazonaws.com'] }, servicePrincipal('sns.amazonaws.com', '111122223333'), 'none'],
    ['a service for a role', { Service: 'sns.amazonaws.com' }, session, 'none'],
    ['an account for nobody', { AWS: '111122223333' }, ANONYMOUS, 'none'],
    ['the administrator by the account', { AWS: '111122223333' }, administratorOf('111122223333'), 'delegated'],
  ])('that names %s', (_, Principal, principal, expected) => {
    expect(verdict(Principal, principal)).toBe(expected);
  });
});

describe('wildcards', () => {
  it('match what a pattern made from the text stands for, and regular expression characters stand for themselves', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.nat(), (text, a, b) => {
        const [from, to] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y) as [number, number];
        expect(matchesPattern(`${text.slice(0, from).replaceAll('*', '?')}*${text.slice(to).replaceAll('*', '?')}`, text)).toBe(true);
      }),
    );
    // Would take for ever where every star is tried at every place.
    expect(matchesPattern(`${'*a'.repeat(200)}b`, 'a'.repeat(5000))).toBe(false);
    expect(matchesPattern('*:Get*', 'dynamodb:GETITEM', true)).toBe(true);
    expect(matchesPattern('a.c', 'abc')).toBe(false);
    expect(matchesPattern('a?c', 'ac')).toBe(false);
    expect(matchesPattern('a*', 'a\nb')).toBe(true);
  });
});
