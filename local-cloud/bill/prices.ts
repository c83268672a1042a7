import { type Price, priceSheet } from './price-list.ts';

/*
 * What everything costs: US dollars in us-east-2 (Ohio), the region of the system, as of the date below. AWS's own price files could not be asked
 * from where this was written: `checked` says where a figure was compared, null that it is from memory. A gigabyte is 10^9 bytes where AWS doesn't say
 * 2^30, which makes the bill some percent too high rather than too low.
 */

const GB = 1e9;
const million = 1e6;
const hours = 730;

interface Terms {
  readonly per?: number;
  readonly free?: number;
  readonly checked?: string;
  readonly tiers?: readonly { readonly from: number; readonly usd: number }[];
}

const price = (unit: string, usd: number, source: string, { per = 1, free = 0, checked, tiers }: Terms = {}): Price => ({
  unit,
  tiers: tiers === undefined ? [{ from: 0, usd }] : [...tiers],
  per,
  always_free: free,
  source,
  checked: checked ?? null,
});

const airbyte = 'Airbyte, "Amazon DynamoDB Pricing" (July 2025, US East)';
const c3x = 'C3X, "CloudWatch Logs cost optimization" (June 2026, us-east-1)';
const storedPage = 'a stored copy of the page itself';
const designPage = 'the design document of this system';
const finOps = 'API Evangelist, "Particle FinOps" (June 2026); blocks also in Particle’s docs, "Data operations"';

export const prices = priceSheet.parse({
  as_of: '2026-11-22',
  region: 'us-east-2',
  prices: {
    'dynamodb.wru': price('write request unit', 0.625, 'Amazon DynamoDB pricing, on-demand', { per: million, checked: airbyte }),
    'dynamodb.rru': price('read request unit', 0.125, 'Amazon DynamoDB pricing, on-demand', { per: million, checked: airbyte }),
    'dynamodb.stored': price('byte-month', 0.25, 'Amazon DynamoDB pricing, data storage (Standard)', { per: GB, free: 25 * GB }),
    'dynamodb.pitr': price('byte-month', 0.2, 'Amazon DynamoDB pricing, continuous backups (PITR)', { per: GB }),
    'lambda.requests': price('request', 0.2, 'AWS Lambda pricing', { per: million, free: million, checked: designPage }),
    'lambda.gb_s': price('GB-second, arm64', 0.0000133334, 'AWS Lambda pricing', { free: 400_000, checked: designPage }),
    'logs.bytes_in': price('byte ingested, Standard class', 0.5, 'Amazon CloudWatch pricing, Logs', { per: GB, checked: c3x }),
    // Five gigabytes are free, whatever class they go to and whatever is done with them: taken once, and from the cheaper bytes.
    'logs.bytes_in_infrequent': price('byte ingested, Infrequent Access class', 0.25, 'Amazon CloudWatch pricing, Logs', {
      per: GB,
      free: 5 * GB,
      checked: c3x,
    }),
    'logs.bytes_scanned': price('byte scanned by Logs Insights', 0.005, 'Amazon CloudWatch pricing, Logs', { per: GB, checked: c3x }),
    'logs.stored': price('compressed byte-month', 0.03, 'Amazon CloudWatch pricing, Logs', { per: GB, checked: c3x }),
    'cloudwatch.alarm': price('alarm metric-month, standard resolution', 0.1, 'Amazon CloudWatch pricing, Alarms', { free: 10 }),
    'cloudwatch.metric': price('custom metric-month', 0.3, 'Amazon CloudWatch pricing, Metrics', {
      free: 10,
      checked: 'SigNoz, "CloudWatch Pricing" (February 2026)',
    }),
    's3.put_requests': price('PUT, COPY, POST, LIST', 0.005, 'Amazon S3 pricing, Standard', { per: 1000, checked: designPage }),
    's3.get_requests': price('GET and all other', 0.0004, 'Amazon S3 pricing, Standard', {
      per: 1000,
      checked: 'athena.guide, "Pricing model"',
    }),
    's3.stored': price('byte-month', 0.023, 'Amazon S3 pricing, Standard', { per: 2 ** 30 }),
    'sns.requests': price('publish by started 64 KB', 0.5, 'Amazon SNS pricing', { per: million, free: million, checked: designPage }),
    'sns.email': price('e-mail', 2, 'Amazon SNS pricing', { per: 100_000, free: 1000 }),
    'sqs.requests': price('request by started 64 KB', 0.4, 'Amazon SQS pricing', { per: million, free: million, checked: designPage }),
    'appsync.requests': price('query or mutation', 4, 'AWS AppSync pricing', { per: million, checked: designPage }),
    'appsync.realtime_updates': price('real-time message by started 5 KB', 2, 'AWS AppSync pricing', {
      per: million,
      checked: storedPage,
    }),
    'appsync.connection_minutes': price('connection minute', 0.08, 'AWS AppSync pricing', { per: million, checked: storedPage }),
    'cognito.active_users': price('monthly active user, Essentials', 0.015, 'Amazon Cognito pricing', { free: 10_000 }),
    'cloudfront.requests': price('HTTPS request', 0.01, 'Amazon CloudFront pricing, United States', { per: 10_000, free: 10 * million }),
    'cloudfront.egress': price('byte out', 0.085, 'Amazon CloudFront pricing, United States', { per: GB, free: 1000 * GB }),
    'cloudfront.function': price('invocation of a CloudFront function', 0.1, 'Amazon CloudFront pricing', {
      per: million,
      free: 2 * million,
    }),
    'kms.requests': price('request with a key that AWS manages', 0.03, 'AWS Key Management Service pricing', { per: 10_000, free: 20_000 }),
    'transfer.out': price('byte to the internet', 0.09, 'Amazon EC2 pricing, data transfer', {
      per: GB,
      free: 100 * GB,
      tiers: [
        { from: 0, usd: 0.09 },
        { from: 10_000 * GB, usd: 0.085 },
        { from: 50_000 * GB, usd: 0.07 },
      ],
    }),
    'xray.traces': price('trace recorded', 5, 'AWS X-Ray pricing', { per: million, free: 100_000 }),

    // Pipelines, which are in no month's bill: what a system that has some shows of itself.
    'codeartifact.requests': price('request', 0.05, 'AWS CodeArtifact pricing', { per: 10_000, free: 100_000 }),
    'codebuild.build_minutes': price('minute of the smallest machine', 0.005, 'AWS CodeBuild pricing, general1.small', { free: 100 }),
    'codepipeline.action_minutes': price('minute of an action', 0.002, 'AWS CodePipeline pricing, V2', {
      free: 100,
      checked: storedPage,
    }),
    'events.requests': price('event of our own by started 64 KB', 1, 'Amazon EventBridge pricing', { per: million }),

    // What the ways not taken would cost.
    'apigateway.http': price('request of an HTTP API', 1, 'Amazon API Gateway pricing', { per: million }),
    'apigateway.rest': price('request of a REST API', 3.5, 'Amazon API Gateway pricing', { per: million, checked: designPage }),
    'dynamodb.wcu_month': price('provisioned write unit, a month', 0.00065 * hours, 'Amazon DynamoDB pricing, provisioned', { free: 25 }),
    'timestream.writes': price('write of 1 KB', 0.5, 'Amazon Timestream pricing, LiveAnalytics', {
      per: million,
      checked: 'a stored copy of the page (2020, US East Ohio)',
    }),
    'timestream.memory': price('byte-hour in the memory store', 0.036, 'Amazon Timestream pricing, LiveAnalytics', {
      per: GB,
      checked: 'a stored copy of the page (2020, US East Ohio)',
    }),
    'timestream.magnetic': price('byte-month in the magnetic store', 0.03, 'Amazon Timestream pricing, LiveAnalytics', {
      per: GB,
      checked: 'a stored copy of the page (2020, US East Ohio)',
    }),
    'timestream.tcu_hours': price('compute unit-hour of queries', 0.518, 'Amazon Timestream pricing, LiveAnalytics'),
    'influxdb.medium_hours': price('hour of db.influx.medium, one zone', 0.119, 'Amazon Timestream pricing, InfluxDB'),
    'influxdb.stored': price('byte-month', 0.1, 'Amazon Timestream pricing, InfluxDB', { per: GB }),
    'aurora.acu_hours': price('capacity unit-hour', 0.12, 'Amazon Aurora pricing, Serverless v2', {
      checked: 'C3X, "Aurora Serverless v2 cost" (2026, us-east-1)',
    }),
    'aurora.stored': price('byte-month', 0.1, 'Amazon Aurora pricing, Standard', {
      per: GB,
      checked: 'AWS Negotiations, "Aurora Serverless v2 pricing" (May 2026)',
    }),
    'aurora.io': price('I/O request', 0.2, 'Amazon Aurora pricing, Standard', { per: million }),
    'firehose.bytes': price('byte in, each record rounded up to 5 KB', 0.029, 'Amazon Data Firehose pricing, Direct PUT', { per: GB }),
    'firehose.converted': price('byte converted to Parquet', 0.018, 'Amazon Data Firehose pricing', { per: GB }),
    'athena.scanned': price('byte scanned, 10 MB a query at least', 5, 'Amazon Athena pricing', {
      per: 1e12,
      checked: 'athena.guide, "Pricing model"',
    }),

    // Particle is no part of AWS's bill, and outweighs it.
    'particle.block': price('block of the Basic plan: 100 devices and 720,000 data operations a month', 299, 'Particle pricing', {
      checked: finOps,
    }),
    'particle.plus_block': price('block of the Plus plan: 100 devices and 5,000,000 data operations a month', 599, 'Particle pricing', {
      checked: finOps,
    }),
  },
  savings_plan: {
    name: 'a Database Savings Plan of a year, nothing paid upfront',
    of: ['dynamodb.wru', 'dynamodb.rru'],
    // "Mid-teens" for throughput on demand, says the page below; AWS's own rates could not be asked.
    off: 0.15,
    // It is a sum an hour: packs come evenly by day and night, and what only the day brings stays outside.
    covered: 0.9,
    source: 'AWS Savings Plans pricing, Database Savings Plans',
    checked: 'bybowu, "AWS Database Savings Plans: the practical playbook" (December 2025)',
  },
});

/** What a block of Particle's holds ("Data operations" in Particle's docs). */
export const particleBlocks = {
  'particle.block': { devices: 100, operations: 720_000 },
  'particle.plus_block': { devices: 100, operations: 5_000_000 },
} as const;

/** The price under a key. Throws when there is none, so that nothing is billed at nothing by a slip. */
export function priceOf(key: string): Price {
  const found = Object.hasOwn(prices.prices, key) ? prices.prices[key] : undefined;
  if (found === undefined) throw new Error(`the price list has no "${key}"`);
  return found;
}
