/** When this table was last looked through. */
export const creationTimesDated = '2026-11-22';

export interface CreationTime {
  readonly duration_s: number;
  /** Where the time was read; `estimate` where nobody says it: generous, and not measured on AWS. */
  readonly source: string;
}

const estimate = (duration_s: number): CreationTime => ({ duration_s, source: 'estimate' });

/**
 * How long AWS usually takes from the beginning of a resource's creation to CREATE_COMPLETE, by its CloudFormation type. Estimates are rounded up; what a service says it may take is taken in
 * full.
 */
export const creationTimes: Readonly<Record<string, CreationTime>> = {
  'AWS::AppSync::DataSource': estimate(5),
  'AWS::AppSync::GraphQLApi': estimate(15),
  'AWS::AppSync::GraphQLSchema': estimate(30),
  'AWS::AppSync::Resolver': estimate(5),
  'AWS::CloudFront::Distribution': {
    duration_s: 300,
    source: 'AWS Networking & Content Delivery Blog, "Slashing CloudFront change propagation times in 2020": reliably within 5 minutes',
  },
  'AWS::CloudFront::Function': estimate(30),
  'AWS::CloudFront::OriginAccessControl': estimate(15),
  'AWS::CloudFront::ResponseHeadersPolicy': estimate(15),
  'AWS::CloudWatch::Alarm': estimate(15),
  'AWS::CodeDeploy::Application': estimate(10),
  'AWS::CodeDeploy::DeploymentGroup': estimate(15),
  'AWS::Cognito::UserPool': estimate(15),
  'AWS::Cognito::UserPoolClient': estimate(10),
  'AWS::Cognito::UserPoolGroup': estimate(10),
  'AWS::DynamoDB::Table': estimate(90),
  'AWS::ECR::Repository': estimate(10),
  'AWS::IAM::ManagedPolicy': estimate(25),
  'AWS::IAM::Policy': estimate(25),
  'AWS::IAM::Role': estimate(30),
  'AWS::Lambda::Alias': estimate(10),
  'AWS::Lambda::EventSourceMapping': estimate(60),
  'AWS::Lambda::Function': estimate(20),
  'AWS::Lambda::Permission': estimate(15),
  'AWS::Lambda::Url': estimate(10),
  'AWS::Lambda::Version': estimate(20),
  'AWS::Logs::LogGroup': estimate(15),
  'AWS::Logs::MetricFilter': estimate(10),
  'AWS::S3::Bucket': estimate(30),
  'AWS::S3::BucketPolicy': estimate(10),
  'AWS::SNS::Subscription': estimate(15),
  'AWS::SNS::Topic': estimate(15),
  'AWS::SNS::TopicPolicy': estimate(10),
  'AWS::SQS::Queue': {
    duration_s: 75,
    source: 'Amazon SQS API Reference, "SetQueueAttributes": attributes take up to 60 seconds to be everywhere; 15 more as an estimate',
  },
  'AWS::SQS::QueuePolicy': {
    duration_s: 60,
    source: 'Amazon SQS API Reference, "SetQueueAttributes": attributes take up to 60 seconds to be everywhere',
  },
  'AWS::SSM::Parameter': estimate(5),
  'Custom::Site': estimate(75),
  'Custom::WebhookSecret': estimate(20),
};

/** For a type that the table lacks; the estimate names each. */
export const unknownType = estimate(60);

/** What there is beside resources: also usual times, estimates where no source stands. */
export const otherTimes = {
  sign_in_s: 2,
  /** One repo on a laptop with two processors, two at once: measured in docs/environment.md's run. */
  synthesis_s: 20,
  /** The CDK CLI starts, asks what is there, makes a change set and executes it, and sees its end. */
  stack_overhead_s: 45,
  /** For each file of the assets: asked whether it is there, packed, put. */
  asset_s: 3,
  /** Uncompressed bytes of assets a second: packing and an upload at some 10 Mbit/s. */
  asset_bytes_a_second: 1_250_000,
  parameters_s: 3,
  settings_s: 3,
  first_admin_s: 5,
} as const;

/** What the published system says it takes to make a new environment. */
export const publishedEnvironment_s = 45 * 60;
