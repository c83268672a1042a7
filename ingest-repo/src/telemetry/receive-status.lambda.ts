import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createLogger, type HttpReply, parseEnv, traced, tracedClient, tracedFetch } from '@enstratus/platform/runtime';
import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod';
import { deviceEventPublisher } from '../events/publish-device-event.ts';
import { archiveBucket } from './archive.ts';
import { deviceLog } from './device-log.ts';
import { reportTable } from './device-report.ts';
import { DeviceTable } from './device-table.ts';
import { knownDevices } from './known-devices.ts';
import { LatestItems } from './latest-item.ts';
import { contactTable, latestStatusTable } from './latest-status.ts';
import { NotedStates } from './noted-states.ts';
import { quarantineBucket } from './quarantine.ts';
import { receiveStatus, type StatusReceiver, type WebhookRequest } from './receive-status.ts';
import { SeenDevices } from './seen-devices.ts';
import { graphqlWatchers } from './tell-watchers.ts';
import { webhookSecrets } from './webhook-secrets.ts';

const log = createLogger('receive-status');
let receiver: StatusReceiver | undefined;

const connect = (): StatusReceiver => {
  const name = z.string().min(1);
  const env = parseEnv(
    z.object({
      TABLE_NAME: name,
      DEVICE_EVENTS_TOPIC_ARN: name.startsWith('arn:'),
      ARCHIVE_BUCKET_NAME: name,
      QUARANTINE_BUCKET_NAME: name,
      WEBHOOK_SECRET_PARAMETER_NAME: name.startsWith('/'),
      DEVICE_LOG_GROUP_PREFIX: name.startsWith('/'),
      GRAPHQL_URL: z.url(),
    }),
  );
  const dynamoDb = tracedClient(new DynamoDBClient({}));
  const documents = DynamoDBDocumentClient.from(dynamoDb);
  // The SDK's own default credentials and region, found once for everything.
  const aws = dynamoDb.config;
  const table = new DeviceTable(documents, env.TABLE_NAME);
  const latestItems = new LatestItems(documents, env.TABLE_NAME);
  const s3 = tracedClient(new S3Client({}));
  const ssm = tracedClient(new SSMClient({}));
  const clock = Date.now;
  const readSecrets = async (): Promise<string> => {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: env.WEBHOOK_SECRET_PARAMETER_NAME, WithDecryption: true }));
    return Parameter?.Value ?? '';
  };
  return {
    acceptsSecret: webhookSecrets({ read: readSecrets, log, clock }),
    findDevice: knownDevices(table, clock),
    quarantine: quarantineBucket(s3, env.QUARANTINE_BUCKET_NAME),
    store: {
      table,
      states: new NotedStates(latestItems),
      writeLog: deviceLog(tracedClient(new CloudWatchLogsClient({})), env.DEVICE_LOG_GROUP_PREFIX),
      archive: archiveBucket(s3, env.ARCHIVE_BUCKET_NAME),
      seen: new SeenDevices(),
      publish: deviceEventPublisher(tracedClient(new SNSClient({})), env.DEVICE_EVENTS_TOPIC_ARN),
      keepLatest: latestStatusTable(latestItems),
      tellWatchers: graphqlWatchers({
        url: env.GRAPHQL_URL,
        signer: new SignatureV4({ service: 'appsync', region: aws.region, credentials: aws.credentials, sha256: aws.sha256 }),
        fetch: tracedFetch('AppSync', fetch),
        log,
      }),
      clock,
    },
    keepReport: reportTable(documents, env.TABLE_NAME),
    keepContact: contactTable(documents, env.TABLE_NAME),
    log,
  };
};

/** Particle's webhook, behind a function URL. */
export const handler = traced('receive-status', async (request: WebhookRequest): Promise<HttpReply> => {
  receiver ??= connect();
  return receiveStatus(request, receiver);
});
