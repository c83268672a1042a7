import { fileURLToPath } from 'node:url';
import { parameterNames, tableIndexes } from '@enstratus/contract';
import { type Deployment, publishParameter, readParameter, ServiceFunction } from '@enstratus/platform/cdk';
import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AppsyncAlarms } from './appsync-alarms.ts';
import { GraphqlApi } from './graphql-api.ts';

const repo = 'appsync-lambda-repo';
const entry = (path: string) => fileURLToPath(new URL(`../src/${path}.lambda.ts`, import.meta.url));

/** GraphQL for the dashboard: what people see of their devices, and what comes from them live. */
export class AppsyncStack extends Stack {
  /** For the smoke test of the stages. */
  readonly graphqlUrl: CfnOutput;

  constructor(scope: Construct, id: string, { stage, env }: Deployment) {
    super(scope, id, {
      // The same in every stage: a pipeline's stages would put their own name before it.
      stackName: id,
      env,
      description: 'ENStratus: GraphQL for the dashboard, over the devices below the caller in the tree',
      terminationProtection: stage === 'prod',
      tags: { system: 'enstratus', repo, stage },
    });
    const tableName = readParameter(this, parameterNames.tableName);
    const userPoolId = readParameter(this, parameterNames.userPoolId);
    const alarmsTopicArn = readParameter(this, parameterNames.alarmsTopicArn);
    const deviceEventsTopicArn = readParameter(this, parameterNames.deviceEventsTopicArn);

    const answerQuery = new ServiceFunction(this, 'AnswerQuery', {
      repo,
      name: 'answer-query',
      entry: entry('answer-query'),
      description: 'Answers the queries of the dashboard',
      takenBackBy: 'what the stack says',
      // A whole processor: the time of a page is mostly that of decoding what was read, and half the memory would take twice as long for the same price.
      memory_mib: 1769,
    })
      .usesTable(tableName, ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'])
      .queriesIndexes(tableName, [tableIndexes.gsi1.name]);

    const watchDevice = new ServiceFunction(this, 'WatchDevice', {
      repo,
      name: 'watch-device',
      entry: entry('live/watch-device'),
      description: 'Keeps until when somebody watches a device, and tells when it is to be live',
      takenBackBy: 'what the stack says',
    })
      .usesTable(tableName, ['dynamodb:GetItem', 'dynamodb:UpdateItem'])
      .publishesTo(deviceEventsTopicArn, 'DEVICE_EVENTS_TOPIC_ARN');

    const { api, realtimeUrl } = new GraphqlApi(this, 'Graphql', { userPoolId, answerQuery, watchDevice });
    new AppsyncAlarms(this, 'Alarms', { alarmsTopicArn, api, answerQuery, watchDevice });
    this.graphqlUrl = new CfnOutput(this, 'GraphqlUrl', { value: api.graphqlUrl, description: 'Where queries and mutations go' });
    publishParameter(this, parameterNames.graphqlUrl, api.graphqlUrl, 'Where queries and mutations go');
    publishParameter(this, parameterNames.graphqlRealtimeUrl, realtimeUrl, 'Where the websockets of subscriptions go');
    publishParameter(this, parameterNames.graphqlApiArn, api.arn, 'The API, for grants');
  }
}
