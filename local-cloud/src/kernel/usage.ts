import type { Scope } from './service.ts';

/** What AWS bills by, each in the unit of its price list. */
export const BILLING_UNITS = [
  /** DynamoDB: write and read request units. */
  'wru',
  'rru',
  /** Requests of the kind that the service bills (SQS and SNS: by started 64 KB; AppSync: operations). */
  'requests',
  /** S3: PUT, COPY, POST, LIST requests, and GET and all others. */
  'put_requests',
  'get_requests',
  /** Lambda: memory by billed time. */
  'gb_s',
  /** CloudWatch Logs: ingested, by the group's class, and scanned by Insights. */
  'bytes_in',
  'bytes_in_infrequent',
  'bytes_scanned',
  /** AppSync: real-time messages by started 5 KB, and minutes of connections. */
  'realtime_updates',
  'connection_minutes',
  /** To outside of AWS. */
  'egress_bytes',
  /** Notifications by kind of receiver (SNS: to Lambda and SQS they cost nothing). */
  'deliveries',
  /** Cognito: users who were active in the month; counted once a user. */
  'active_users',
  /** CodePipeline V2: started minutes of actions. */
  'action_minutes',
  /** CodeBuild: minutes of builds, by the compute type that stands for the operation. */
  'build_minutes',
] as const;

export type BillingUnit = (typeof BILLING_UNITS)[number];
export type BillingUnits = Partial<Readonly<Record<BillingUnit, number>>>;

/** Units that something took. */
export interface UsageRecord extends Scope {
  /** By its SigV4 name. */
  readonly service: string;
  /** The operation of the API, or what else is billed: `invocation`, `delivery`. */
  readonly operation: string;
  /** The table (`name`, or `name/index/<index>`), function, log group, bucket, topic, queue or API; absent where there is none. */
  readonly resource?: string | undefined;
  readonly units: BillingUnits;
}
