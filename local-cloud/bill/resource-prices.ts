import { z } from 'zod';
import { days } from './mix.ts';
import { addUp, type Quantities } from './price-list.ts';

/** What a resource costs by the month because it is there; a text says why that is nothing, or where it is billed. */
type Standing = string | ((properties: Readonly<Record<string, unknown>>) => Quantities);

const byUse = 'costs nothing by itself: what is done with it is measured';
const nothing = 'costs nothing';

/** A long poll of 20 s at all times by each of five pollers (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
const pollsOfAQueue = (5 * days * 86_400) / 20;

/** Every resource type that the templates have. A test holds it against them. */
export const resourcePrices: Readonly<Record<string, Standing>> = {
  // By the metric, of which metric math has several.
  'AWS::CloudWatch::Alarm': ({ Metrics = [{ MetricStat: {} }] }) => ({
    'cloudwatch.alarm': z
      .array(z.looseObject({ MetricStat: z.unknown() }))
      .parse(Metrics)
      .filter(({ MetricStat }) => MetricStat !== undefined).length,
  }),
  // Counted in the hours in which something was wrong and no other: assumed an hour a day.
  'AWS::Logs::MetricFilter': () => ({ 'cloudwatch.metric': 1 / 24 }),
  'AWS::Lambda::EventSourceMapping': () => ({ 'sqs.requests': pollsOfAQueue }),
  'AWS::S3::Bucket': () => ({ 's3.stored': 50e6 }),

  'AWS::DynamoDB::Table': byUse,
  'AWS::Lambda::Function': byUse,
  'AWS::Lambda::Url': byUse,
  'AWS::Logs::LogGroup': byUse,
  'AWS::SNS::Topic': byUse,
  'AWS::SNS::Subscription': 'to Lambda and SQS it costs nothing',
  'AWS::SQS::Queue': byUse,
  'AWS::AppSync::GraphQLApi': byUse,
  'AWS::CloudFront::Distribution': byUse,
  'AWS::CloudFront::Function': byUse,
  'AWS::Cognito::UserPool': 'billed by its active users',

  'AWS::Lambda::Version': 'its code counts as stored, of which 75 GB cost nothing',
  'AWS::CodeDeploy::Application': nothing,
  'AWS::CodeDeploy::DeploymentGroup': 'deployments to Lambda cost nothing (AWS CodeDeploy pricing)',
  'AWS::Lambda::Alias': nothing,

  'AWS::AppSync::DataSource': nothing,
  'AWS::AppSync::GraphQLSchema': nothing,
  'AWS::AppSync::Resolver': nothing,
  'AWS::CloudFront::OriginAccessControl': nothing,
  'AWS::CloudFront::ResponseHeadersPolicy': nothing,
  'AWS::Cognito::UserPoolClient': nothing,
  'AWS::Cognito::UserPoolGroup': nothing,
  'AWS::IAM::Policy': nothing,
  'AWS::IAM::Role': nothing,
  'AWS::Lambda::Permission': nothing,
  'AWS::S3::BucketPolicy': nothing,
  'AWS::SNS::TopicPolicy': nothing,
  'AWS::SQS::QueuePolicy': nothing,
  'AWS::SSM::Parameter': 'standard parameters cost nothing',
  'Custom::WebhookSecret': 'runs once, when it is deployed',
  'Custom::Site': 'runs once, when it is deployed',
};

const templateSchema = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() })),
});
export type BilledTemplate = z.output<typeof templateSchema>;

/** A template as CloudFormation gives it back. Throws when it is none. */
export const billedTemplate = (text: string): BilledTemplate => templateSchema.parse(JSON.parse(text));

/** What the templates' resources cost by the month because they are there. Throws on a type that nobody has thought about. */
export function standingCosts(templates: readonly BilledTemplate[]): Quantities {
  return addUp(
    templates.flatMap(({ Resources }) =>
      Object.values(Resources).map(({ Type, Properties = {} }) => {
        const standing = Object.hasOwn(resourcePrices, Type) ? resourcePrices[Type] : undefined;
        if (standing === undefined) throw new Error(`nobody has said what a ${Type} costs: resource-prices.ts`);
        return [typeof standing === 'string' ? {} : standing(Properties), 1] as const;
      }),
    ),
  );
}
