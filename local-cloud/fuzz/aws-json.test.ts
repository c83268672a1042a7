import { afterAll, beforeAll, describe, it } from 'vitest';
import { jsonMessages } from './aws-messages.ts';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { fuzzService } from './fuzz-service.ts';

describe('the AWS JSON protocols, whatever they are sent', () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
  });
  afterAll(() => furnished.stop());

  it.each([
    ['dynamodb', 'DynamoDB_20120810', '1.0'],
    ['logs', 'Logs_20140328', '1.1'],
    ['ssm', 'AmazonSSM', '1.1'],
    ['cognito-idp', 'AWSCognitoIdentityProviderService', '1.1'],
    ['sqs', 'AmazonSQS', '1.0'],
    ['events', 'AWSEvents', '1.1'],
    ['codecommit', 'CodeCommit_20150413', '1.1'],
    ['kms', 'TrentService', '1.1'],
    ['codepipeline', 'CodePipeline_20150709', '1.1'],
    ['codedeploy', 'CodeDeploy_20141006', '1.1'],
    ['monitoring', 'GraniteServiceVersion20100801', '1.0'],
  ] as const)('%s', { timeout: 600_000 }, async (service, target, version) => {
    await fuzzService(furnished, {
      border: `JSON ${service}`,
      shortRuns: 25,
      inputs: jsonMessages(furnished, service, target, version),
      write: (message) => message,
    });
  });
});
