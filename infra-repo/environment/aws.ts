import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Organization, organizationNamed } from '@enstratus/platform/delivery';
import { Refusal } from './refusal.ts';

/** The account and region of a stage, with clients of the services that an environment is made of. */
export interface Target {
  readonly organization: Organization;
  readonly stage: Organization['stages'][number]['stage'];
  readonly account: string;
  readonly region: string;
  readonly cloudFormation: CloudFormationClient;
  readonly cognito: CognitoIdentityProviderClient;
  readonly dynamodb: DynamoDBClient;
  readonly documents: DynamoDBDocumentClient;
  readonly logs: CloudWatchLogsClient;
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly ssm: SSMClient;
  /** Who works there, as STS names them. */
  readonly caller: string;
}

/** Where a stage of an organization is. Throws Refusal when the organization has no such stage, and an Error when there is no such organization. */
export function stageOf(name: string, stage: Target['stage']): Pick<Target, 'organization' | 'stage' | 'account' | 'region'> {
  const organization = organizationNamed(name);
  const found = organization.stages.find((one) => one.stage === stage);
  if (found === undefined)
    throw new Refusal(
      `${name} has no stage ${stage}: infra-repo/packages/platform/organizations/${name}.json lists ${organization.stages.map((one) => one.stage).join(', ')}.`,
    );
  return { organization, stage, account: found.account, region: found.region ?? organization.region };
}

/**
 * Signs in with the default credentials of AWS's SDKs (AWS_PROFILE, environment, SSO) and checks that they are of the account that the organization gives the stage.
 * Throws Refusal when they are of another one, or when there are none.
 */
export async function signedInTo(place: ReturnType<typeof stageOf>): Promise<Target> {
  const { region, account, stage, organization } = place;
  // Accounts limit how often these are called: a log group for each device goes at ten a second at most.
  const options = { region, maxAttempts: 10, retryMode: 'adaptive' } as const;
  const identity = await new STSClient(options).send(new GetCallerIdentityCommand({})).catch((error: Error) => {
    throw new Refusal(`AWS does not say who you are: ${error.message}`);
  });
  if (identity.Account !== account)
    throw new Refusal(
      `You are ${identity.Arn} in account ${identity.Account}. ${stage.toUpperCase()} of ${organization.organization} is account ${account}: sign in there (AWS_PROFILE).`,
    );
  const dynamodb = new DynamoDBClient(options);
  return {
    ...place,
    cloudFormation: new CloudFormationClient(options),
    cognito: new CognitoIdentityProviderClient(options),
    dynamodb,
    documents: DynamoDBDocumentClient.from(dynamodb),
    logs: new CloudWatchLogsClient(options),
    s3: new S3Client(options),
    sns: new SNSClient(options),
    ssm: new SSMClient(options),
    caller: identity.Arn ?? account,
  };
}
