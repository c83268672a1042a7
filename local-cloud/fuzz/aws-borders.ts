/** Services that speak AWS JSON: name, target, version. `every-service.test.ts` holds this list against what is registered. */
export const jsonBorders = [
  ['dynamodb', 'DynamoDB_20120810', '1.0'],
  ['logs', 'Logs_20140328', '1.1'],
  ['ssm', 'AmazonSSM', '1.1'],
  ['cognito-idp', 'AWSCognitoIdentityProviderService', '1.1'],
  ['sqs', 'AmazonSQS', '1.0'],
  ['events', 'AWSEvents', '1.1'],
  ['codecommit', 'CodeCommit_20150413', '1.1'],
  ['kms', 'TrentService', '1.1'],
  ['codepipeline', 'CodePipeline_20150709', '1.1'],
  ['codebuild', 'CodeBuild_20161006', '1.1'],
  ['codedeploy', 'CodeDeploy_20141006', '1.1'],
  ['monitoring', 'GraniteServiceVersion20100801', '1.0'],
] as const;

/** Services that speak the Query protocol; true where the numbers of lists stand flat. */
export const queryBorders = [
  ['iam', false],
  ['sts', false],
  ['cloudformation', false],
  ['sns', false],
  ['sqs', true],
  ['monitoring', false],
] as const;

/** Services whose own SDK writes their REST requests. */
export const sdkBorders = ['s3', 'lambda', 'appsync', 'cloudfront', 'codeartifact'] as const;

/** Services that bind their requests themselves and have a campaign of their own, by its file. */
export const ownBorders: Readonly<Record<string, string>> = { xray: 'xray.test.ts', monitoring: 'rpc-cbor.test.ts' };
