import fc from 'fast-check';
import { ACCOUNT, REGION } from '../src/testing/test-cloud.ts';
import type { Furniture } from './furnished-cloud.ts';
import { BUILDSPEC } from './furnished-delivery.ts';
import { NO_COMMIT } from './git-objects.ts';

type ByMember = Readonly<Record<string, fc.Arbitrary<unknown>>>;

const one = (...values: unknown[]): fc.Arbitrary<unknown> => fc.constantFrom(...values);
const name = one('fuzz', 'fuzz', 'fuzz', 'other-1', 'other-2', 'nobody');
const role = one(`arn:aws:iam::${ACCOUNT}:role/fuzz`, `arn:aws:iam::${ACCOUNT}:role/fuzz`, `arn:aws:iam::${ACCOUNT}:role/nobody`);
/** What readers of YAML trip over. */
const yaml = ['a: *b', 'a: &a [*a]', `${'&a ['.repeat(20)}`, '!!binary x', '{', '', '\u0000', `a: ${'['.repeat(3000)}`, '- - - 1'];

const codebuild: ByMember = {
  name,
  names: fc.array(name, { minLength: 1, maxLength: 3 }),
  projectName: name,
  source: one(
    { type: 'NO_SOURCE', buildspec: BUILDSPEC },
    ...yaml.map((text) => ({ type: 'NO_SOURCE', buildspec: `version: 0.2\n${text}` })),
    { type: 'CODECOMMIT', location: 'http://127.0.0.1/v1/repos/nobody' },
    { type: 'CODEPIPELINE' },
  ),
  buildspecOverride: one(
    BUILDSPEC,
    BUILDSPEC,
    'version: 0.2\nphases: {build: {commands: ["exit 3"]}}',
    ...yaml.map((text) => `version: 0.2\n${text}`),
  ),
  artifacts: one({ type: 'NO_ARTIFACTS' }, { type: 'NO_ARTIFACTS' }, { type: 'CODEPIPELINE' }),
  environment: one({ type: 'LINUX_CONTAINER', image: 'x', computeType: 'BUILD_GENERAL1_SMALL' }),
  environmentVariablesOverride: one(
    [],
    [{ name: 'A', value: 'a' }],
    [{ name: 'A', value: '\u0000' }],
    [{ name: 'PATH', value: '/nowhere' }],
    [{ name: 'B', value: '/fuzz/none', type: 'PARAMETER_STORE' }],
    [{ name: 'C', value: 'x', type: 'SECRETS_MANAGER' }],
  ),
  serviceRole: role,
  concurrentBuildLimit: one(1),
  id: fc.oneof(
    name,
    name.map((project) => `${String(project)}:00000000-0000-0000-0000-000000000000`),
  ),
  tags: one([], [{ key: 'a', value: 'b' }]),
  cache: one({ type: 'NO_CACHE' }, { type: 'LOCAL', modes: ['LOCAL_CUSTOM_CACHE'] }),
  logsConfig: one(
    { cloudWatchLogs: { status: 'DISABLED' } },
    { cloudWatchLogs: { status: 'ENABLED', groupName: '/fuzz' } },
    { cloudWatchLogs: { status: 'ENABLED', groupName: 'no name:*', streamName: '*:' } },
  ),
  badgeEnabled: one(false),
};

const appSpec = (resource: object): string => JSON.stringify({ version: 0.0, Resources: [{ fuzz: resource }] });
const shift = (currentversion: string, targetversion: string, alias = 'live') =>
  appSpec({ Type: 'AWS::Lambda::Function', Properties: { name: 'fuzz', alias, currentversion, targetversion } });

const codedeploy: ByMember = {
  applicationName: name,
  applicationNames: fc.array(name, { minLength: 1, maxLength: 3 }),
  deploymentGroupName: name,
  currentDeploymentGroupName: name,
  serviceRoleArn: role,
  computePlatform: one('Lambda', 'Lambda', 'Lambda', 'Server'),
  deploymentConfigName: one('CodeDeployDefault.LambdaAllAtOnce', 'CodeDeployDefault.LambdaAllAtOnce', 'other-1', 'nobody'),
  alarmConfiguration: one(
    { enabled: false },
    { enabled: true, alarms: [{ name: 'fuzz' }] },
    { enabled: true, alarms: [{ name: 'nobody' }] },
  ),
  autoRollbackConfiguration: one({ enabled: false }, { enabled: true, events: ['DEPLOYMENT_FAILURE'] }),
  overrideAlarmConfiguration: one({ enabled: false }),
  deploymentId: one('d-ABCDEFGHI', 'd-'),
  revision: one(
    ...[shift('1', '1'), shift('1', '1'), shift('1', '99'), shift('$LATEST', '1'), shift('1', '1', 'nobody'), appSpec({}), ...yaml].map(
      (content) => ({ revisionType: 'AppSpecContent', appSpecContent: { content } }),
    ),
  ),
};

const branch = one('main', 'main', 'b1', 'b2', 'feature/a', 'nobody', 'HEAD', 'a..b', '-x');
const specifier = one('main', 'refs/heads/main', 'refs/heads/b1', 'b1', NO_COMMIT, '--all', 'HEAD', 'main^{tree}', ':/root', '');
const codecommit = ({ commitId }: Furniture): ByMember => ({
  repositoryName: one('fuzz', 'fuzz', 'fuzz', 'other-1', 'other-2', 'nobody', '..', 'a.git'),
  oldName: one('other-1', 'other-2'),
  newName: one('other-1', 'other-2'),
  branchName: branch,
  defaultBranchName: one('main', 'main', 'nobody'),
  commitId: one(commitId, commitId, commitId, NO_COMMIT, commitId.toUpperCase(), commitId.slice(0, 7)),
  commitSpecifier: fc.oneof(specifier, one(commitId)),
  beforeCommitSpecifier: fc.oneof(specifier, one(commitId)),
  afterCommitSpecifier: fc.oneof(specifier, one(commitId)),
  sourceReference: specifier,
  destinationReference: specifier,
  filePath: one('a.txt', 'a.txt', 'nobody', '../a.txt', '/a.txt', ':(top)a.txt', '-z', '\u0000'),
  folderPath: one('/', '', 'nobody', '..', 'a.txt'),
  pullRequestId: one('1', '2', '99999', '0'),
  resourceArn: one(`arn:aws:codecommit:${REGION}:${ACCOUNT}:fuzz`),
});

const now_s = Math.floor(Date.now() / 1000);
const expression = one(
  'm1',
  'm1 + 1',
  'm1 / 0',
  'SUM(METRICS())',
  'IF(m1 > 1, m1, 0)',
  '(('.repeat(500),
  'm2',
  'm1 *',
  'SEARCH("", "Sum")',
);
const metricQuery = fc.tuple(name, expression).map(([metric, text]) => [
  { Id: 'm1', MetricStat: { Metric: { Namespace: 'fuzz', MetricName: metric }, Period: 60, Stat: 'Sum' }, ReturnData: false },
  { Id: 'e1', Expression: text },
]);
const monitoring: ByMember = {
  AlarmName: name,
  AlarmNames: fc.array(name, { minLength: 1, maxLength: 2 }),
  Namespace: one('fuzz', 'fuzz', 'other', 'AWS/Lambda', ':x'),
  MetricName: name,
  Dimensions: one([], [], [{ Name: 'a', Value: 'b' }], [{ Name: '__proto__', Value: 'b' }]),
  Statistic: one('Sum', 'Average', 'p99'),
  Statistics: one(['Sum'], ['Sum', 'Maximum']),
  Stat: one('Sum', 'p99', 'Average'),
  Period: one(60, 60, 60, 10, 300, 86_400, 0, -60, 61, 6e300, 1e308),
  EvaluationPeriods: one(1, 3, 0),
  DatapointsToAlarm: one(1, 2),
  Threshold: one(1, 0.5, -1),
  ComparisonOperator: one('GreaterThanThreshold', 'LessThanThreshold', 'LessThanLowerThreshold'),
  TreatMissingData: one('missing', 'breaching'),
  AlarmActions: one([], [`arn:aws:sns:${REGION}:${ACCOUNT}:fuzz`], ['arn:aws:lambda:x']),
  OKActions: one([], [`arn:aws:sns:${REGION}:${ACCOUNT}:nobody`]),
  InsufficientDataActions: one([]),
  Metrics: fc.oneof(fc.constant(undefined), fc.constant(undefined), metricQuery),
  MetricDataQueries: metricQuery,
  Expression: expression,
  StartTime: one(now_s - 3600, now_s - 60, 0, -1e12, 1e300, '2026-02-30T00:00:00Z'),
  EndTime: one(now_s + 60, now_s, 1, 8.64e12, 8.64e12 + 60),
  StartDate: one(now_s - 3600, 0),
  EndDate: one(now_s + 60, 8.65e12),
  Timestamp: one(now_s, now_s - 86_400, 0, 1e300),
  Value: one(1, 0, -1, 1e308),
  Values: one([1, 2], [1e308, 1e308], []),
  Counts: one([1, 1], [0], []),
  StatisticValues: one({ SampleCount: 1, Sum: 1, Minimum: 1, Maximum: 1 }, { SampleCount: 0, Sum: 1, Minimum: 2, Maximum: 1 }),
  Unit: one('None', 'Count'),
  StateValue: one('OK', 'ALARM', 'INSUFFICIENT_DATA'),
  StateReasonData: one('{}', '{'),
  ResourceARN: one(`arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:fuzz`, `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:nobody`),
  NextToken: one('x', ''),
};

const codeartifact: ByMember = {
  domain: name,
  repository: name,
  domainOwner: one(ACCOUNT, ACCOUNT, '444455556666'),
  format: one('npm', 'npm', 'pypi'),
  package: one('plain', 'nobody'),
  packageVersion: one('1.0.0', '9.9.9'),
};

/** What says something to the services that deliver, by service and member. */
export function deliveryNames(furniture: Furniture): Readonly<Record<string, ByMember>> {
  return { codebuild, codedeploy, monitoring, codeartifact, codecommit: codecommit(furniture) };
}
