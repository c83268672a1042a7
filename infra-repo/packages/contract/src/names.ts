import { maxCounter } from './status-fields.ts';

/**
 * Names of SSM parameters by which one repo finds what another has deployed (soft exports, no cross-stack deadlock).
 * All are of type String except the webhook's secret and Particle's token, which are SecureStrings.
 */
export const parameterNames = {
  tableName: '/enstratus/infra/table-name',
  tableArn: '/enstratus/infra/table-arn',
  userPoolId: '/enstratus/infra/user-pool-id',
  userPoolArn: '/enstratus/infra/user-pool-arn',
  userPoolClientId: '/enstratus/infra/user-pool-client-id',
  /** The user pool's provider URL: the tokens' `iss`. Its origin is where people sign in. */
  userPoolIssuer: '/enstratus/infra/user-pool-issuer',
  deviceEventsTopicArn: '/enstratus/infra/device-events-topic-arn',
  alarmsTopicArn: '/enstratus/infra/alarms-topic-arn',
  archiveBucketName: '/enstratus/infra/archive-bucket-name',
  quarantineBucketName: '/enstratus/infra/quarantine-bucket-name',
  siteBucketName: '/enstratus/infra/site-bucket-name',
  /** Where people open the dashboard. */
  siteUrl: '/enstratus/infra/site-url',
  docsUrl: '/enstratus/docs/site-url',
  graphqlUrl: '/enstratus/appsync/graphql-url',
  /** Where the websockets of GraphQL subscriptions go. */
  graphqlRealtimeUrl: '/enstratus/appsync/graphql-realtime-url',
  graphqlApiArn: '/enstratus/appsync/graphql-api-arn',
  webhookUrl: '/enstratus/ingest/webhook-url',
  /** SecureString: one secret, or during a rotation two, comma separated, the current one first. Never in a template. */
  webhookSecret: '/enstratus/ingest/webhook-secret',
  registerDeviceFunctionName: '/enstratus/ingest/register-device-function-name',
  /** Particle's Cloud API, without a slash at the end: `https://api.particle.io`. These three are written once by an operator. */
  particleApiUrl: '/enstratus/particle/api-url',
  /** Id or slug of the Particle product to which the devices belong. */
  particleProduct: '/enstratus/particle/product',
  /** SecureString: token of the product's API user. Never in a template. */
  particleAccessToken: '/enstratus/particle/access-token',
} as const;

/** The header in which Particle's webhook brings the shared secret, in lower case as function URLs give it. */
export const webhookSecretHeader = 'x-webhook-secret';

/** What a device's log group is named before its device_id. */
export const deviceLogGroupPrefix = '/enstratus/devices/';
/** What begins the name of every stream in a device's log group. */
export const deviceLogStreamPrefix = 'boot-';
export const deviceLogRetentionDays = 30;
/**
 * CloudWatch Logs' class of a device's log group ("Log classes"): it decides what the log costs and who reads it. STANDARD is read event by event, by filter patterns and by Logs Insights; INFREQUENT_ACCESS
 * costs half as much to write and is read by Logs Insights alone. A group keeps the class that it was made with.
 */
export const deviceLogClasses = ['STANDARD', 'INFREQUENT_ACCESS'] as const;
export type DeviceLogClass = (typeof deviceLogClasses)[number];
/** The setting of a stage by which new devices' log groups get their class; STANDARD where it says nothing. */
export const deviceLogClassSetting = 'deviceLogClass';

/** The log group of a device: the store of record of its status documents. */
export const deviceLogGroupName = (device_id: string): string => `${deviceLogGroupPrefix}${device_id}`;

/** The stream of one boot's documents: ten digits, so that names stand in the order of boots. Documents that bring no boot of their own are those of boot 0. */
export const deviceLogStreamName = (boot_id: number): string => `${deviceLogStreamPrefix}${String(boot_id).padStart(10, '0')}`;

/** The boot whose stream has this name, or undefined when it is none's. */
export function bootOfLogStream(name: string): number | undefined {
  const boot_id = name.startsWith(deviceLogStreamPrefix) ? Number(name.slice(deviceLogStreamPrefix.length)) : Number.NaN;
  return boot_id <= maxCounter && deviceLogStreamName(boot_id) === name ? boot_id : undefined;
}

/** How long packs and gaps stay in the table, counted from the time of the documents. */
export const packRetentionDays = 35;

/** The table's keys and its index; infra-repo makes them, everybody else uses them. */
export const tableKeys = { partition: 'pk', sort: 'sk', ttl: 'ttl' } as const;
export const tableIndexes = {
  /** The organization tree by path. */
  gsi1: { name: 'gsi1', partition: 'gsi1pk', sort: 'gsi1sk' },
} as const;
