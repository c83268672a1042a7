import type { Organization } from '@enstratus/platform/delivery';

type Account = 'delivery' | Organization['stages'][number]['stage'];

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The services of which stacks make resources, by their IAM prefixes. */
const services: Readonly<Record<'stage' | 'delivery', readonly string[]>> = {
  stage: [
    'appsync',
    'cloudfront',
    'cloudwatch',
    'codedeploy',
    'cognito-idp',
    'dynamodb',
    'events',
    'lambda',
    'logs',
    's3',
    'sns',
    'sqs',
    'ssm',
  ],
  delivery: ['codeartifact', 'codebuild', 'codecommit', 'codepipeline', 'events', 'kms', 'logs', 's3', 'sns', 'ssm'],
};

/** What takes away what nobody can make again: refused in production, whoever asks CloudFormation for it. */
const irrecoverable = ['cognito-idp:DeleteUserPool', 'dynamodb:DeleteBackup', 'dynamodb:DeleteTable', 's3:DeleteBucket'];

/** What CloudFormation's policy is called in each account, before a dash and the region. */
export const executionPolicyName = 'enstratus-execution';

/**
 * What CloudFormation may do for a pipeline in an account, instead of everything: the services that the stacks use, roles and policies of our own names, and on those roles only
 * policies of our own names. No people, no access keys, no organization; and neither this policy nor the bootstrap's roles can be changed by it. In production it may not delete
 * what holds data either.
 *
 * It bounds CloudFormation, not what CloudFormation makes: a template may give a role of ours any right, also more than stand here, and something that runs with it then has
 * that right. Whoever decides at a gate is told rights first for that reason. IAM bounds such roles too only where each has a permissions boundary ("Permissions boundaries for IAM
 * entities"); ours have none.
 */
export function executionPolicy(account: Account): { readonly Version: '2012-10-17'; readonly Statement: readonly Statement[] } {
  const roles = ['arn:aws:iam::*:role/Enstratus*', 'arn:aws:iam::*:role/enstratus-*'];
  const policies = ['arn:aws:iam::*:policy/Enstratus*', 'arn:aws:iam::*:policy/enstratus-*'];
  const thisPolicy = `arn:aws:iam::*:policy/${executionPolicyName}-*`;
  const statements: Statement[] = [
    {
      Sid: 'WhatStacksAreMadeOf',
      Effect: 'Allow',
      Action: services[account === 'delivery' ? 'delivery' : 'stage'].map((service) => `${service}:*`),
      Resource: '*',
    },
    {
      Sid: 'RolesOfOurOwnNames',
      Effect: 'Allow',
      Action: [
        'iam:CreatePolicy',
        'iam:CreatePolicyVersion',
        'iam:CreateRole',
        'iam:DeletePolicy',
        'iam:DeletePolicyVersion',
        'iam:DeleteRole',
        'iam:DeleteRolePolicy',
        'iam:DetachRolePolicy',
        'iam:GetPolicy',
        'iam:GetPolicyVersion',
        'iam:GetRole',
        'iam:GetRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListEntitiesForPolicy',
        'iam:ListPolicyVersions',
        'iam:ListRolePolicies',
        'iam:PassRole',
        'iam:PutRolePolicy',
        'iam:TagPolicy',
        'iam:TagRole',
        'iam:UntagPolicy',
        'iam:UntagRole',
        'iam:UpdateAssumeRolePolicy',
        'iam:UpdateRole',
        'iam:UpdateRoleDescription',
      ],
      Resource: [...roles, ...policies],
    },
    {
      Sid: 'PoliciesOfOurOwnNamesOnThem',
      Effect: 'Allow',
      Action: ['iam:AttachRolePolicy'],
      Resource: roles,
      Condition: { ArnLike: { 'iam:PolicyARN': policies } },
    },
    {
      Sid: 'PublishedAssets',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:GetBucketLocation'],
      Resource: 'arn:aws:s3:::cdk-hnb659fds-assets-*',
    },
    {
      Sid: 'NotTheBootstrap',
      Effect: 'Deny',
      Action: ['iam:*', 'ssm:PutParameter', 'ssm:DeleteParameter*'],
      Resource: ['arn:aws:iam::*:role/cdk-*', thisPolicy, 'arn:aws:ssm:*:*:parameter/cdk-bootstrap/*'],
    },
    {
      Sid: 'NotThisPolicyOnARole',
      Effect: 'Deny',
      Action: ['iam:AttachRolePolicy'],
      Resource: '*',
      Condition: { ArnLike: { 'iam:PolicyARN': thisPolicy } },
    },
  ];
  if (account === 'prod') statements.push({ Sid: 'KeepWhatHoldsData', Effect: 'Deny', Action: irrecoverable, Resource: '*' });
  return { Version: '2012-10-17', Statement: statements };
}
