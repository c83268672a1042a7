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

/**
 * What CloudFormation may do for a pipeline in an account, instead of everything: the services that the stacks use, roles and policies of our own names, and nothing by which it
 * could widen itself: no people, no keys, no roles of the bootstrap, no organization. In production it may not delete what holds data either.
 */
export function executionPolicy(account: Account): { readonly Version: '2012-10-17'; readonly Statement: readonly Statement[] } {
  const own = [
    'arn:aws:iam::*:role/Enstratus*',
    'arn:aws:iam::*:role/enstratus-*',
    'arn:aws:iam::*:policy/Enstratus*',
    'arn:aws:iam::*:policy/enstratus-*',
  ];
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
        'iam:AttachRolePolicy',
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
      Resource: own,
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
      Resource: ['arn:aws:iam::*:role/cdk-*', 'arn:aws:ssm:*:*:parameter/cdk-bootstrap/*'],
    },
  ];
  if (account === 'prod') statements.push({ Sid: 'KeepWhatHoldsData', Effect: 'Deny', Action: irrecoverable, Resource: '*' });
  return { Version: '2012-10-17', Statement: statements };
}
