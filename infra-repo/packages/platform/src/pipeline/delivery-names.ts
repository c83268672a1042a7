/**
 * Names of SSM parameters of the delivery account, by which a repo's pipeline finds what all pipelines share. infra-repo's day-0 stack writes them;
 * all are of type String.
 */
export const deliveryParameterNames = {
  artifactsBucketName: '/enstratus/delivery/artifacts-bucket-name',
  artifactsKeyArn: '/enstratus/delivery/artifacts-key-arn',
  /** Id of the image in which everything is built, such as `aws/codebuild/amazonlinux-aarch64-standard:3.0`. */
  buildImage: '/enstratus/delivery/build-image',
  /** Installs, tests and synthesizes: it reads packages and writes artifacts. */
  buildRoleArn: '/enstratus/delivery/build-role-arn',
  /** Reads what is deployed in the stages' accounts, and tells what would change. */
  changesRoleArn: '/enstratus/delivery/changes-role-arn',
  /** Installs, tests and synthesizes branches that nobody has reviewed: it reads code and packages, and hands nothing on. */
  checkRoleArn: '/enstratus/delivery/check-role-arn',
  /** Ends executions that wait at a gate when a newer one comes. */
  overtakeRoleArn: '/enstratus/delivery/overtake-role-arn',
  /** Publishes the shared packages. */
  publishRoleArn: '/enstratus/delivery/publish-role-arn',
  /** Calls what was deployed from outside: it may do nothing in any account. */
  smokeRoleArn: '/enstratus/delivery/smoke-role-arn',
  /** Where it is told what waits at a gate, with what it would change. */
  approvalsTopicArn: '/enstratus/delivery/approvals-topic-arn',
  /** Where it is told what a pipeline failed at. */
  failuresTopicArn: '/enstratus/delivery/failures-topic-arn',
} as const;

/** Names of SSM parameters of the delivery account by which firmware finds Particle. Whoever sets Particle up writes them. */
export const particleDeliveryParameterNames = {
  /** Such as `https://api.particle.io`. */
  apiUrl: '/enstratus/delivery/particle-api-url',
  /** SecureString: the token of an API user of the product. */
  accessToken: '/enstratus/delivery/particle-access-token',
} as const;

/**
 * What the names of the pipelines' stacks begin with, and by it those of their roles, whom the stages' accounts trust. At the front: where a role's name grows longer than IAM
 * allows, CloudFormation shortens the stack's from behind.
 */
export const pipelineStackPrefix = 'EnstratusPipeline';

/** The registry of the packages that repos share: a CodeArtifact domain and its repository, in the delivery account. */
export const packageRegistry = { domain: 'enstratus', repository: 'packages' } as const;

/** The repos that have a git repository of their own. All but local-cloud, which is deployed nowhere, have a pipeline. */
export const deliveredRepos = [
  'infra-repo',
  'ingest-repo',
  'appsync-lambda-repo',
  'dashboard-repo',
  'device-firmware',
  'docs',
  'local-cloud',
] as const;
export type DeliveredRepo = (typeof deliveredRepos)[number];

/** The SSM parameter of each stage's account that says which version of the contract is deployed there. */
export const contractVersionParameterName = '/enstratus/infra/contract-version';

/** Below this each stack of a stage's account says which parameters it reads, under its own name, so that none of them vanishes. */
export const parameterReadersPrefix = '/enstratus/reads/';
