import type { PolicyDocument } from '../../kernel/policy-document.ts';

/**
 * The AWS managed policies that the system's templates and CDK's bootstrap attach, with the statements that the AWS
 * Managed Policy Reference shows. ReadOnlyAccess lists actions service by service there; here it allows the verbs that
 * those lists are made of, which is wider in places (LIMITS.md).
 */
const POLICIES: Readonly<Record<string, PolicyDocument['Statement']>> = {
  AdministratorAccess: [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] }],
  ReadOnlyAccess: [
    { Effect: 'Allow', Action: ['*:Get*', '*:List*', '*:Describe*', '*:BatchGet*', '*:Query', '*:Scan', '*:Head*'], Resource: ['*'] },
  ],
  AWSCloudFormationReadOnlyAccess: [
    {
      Effect: 'Allow',
      Action: [
        'cloudformation:Describe*',
        'cloudformation:EstimateTemplateCost',
        'cloudformation:Get*',
        'cloudformation:List*',
        'cloudformation:ValidateTemplate',
        'cloudformation:Detect*',
      ],
      Resource: ['*'],
    },
  ],
  'service-role/AWSLambdaBasicExecutionRole': [
    { Effect: 'Allow', Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], Resource: ['*'] },
  ],
};

/** The document of an AWS managed policy by its ARN, or undefined when this local cloud doesn't have it. */
export function awsManagedPolicy(arn: string): PolicyDocument | undefined {
  const name = arn.startsWith('arn:aws:iam::aws:policy/') ? arn.slice('arn:aws:iam::aws:policy/'.length) : '';
  const statements = Object.hasOwn(POLICIES, name) ? POLICIES[name] : undefined;
  return statements === undefined ? undefined : { Version: '2012-10-17', Statement: statements };
}
