import { FLUSH, pktLine } from '../src/services/codecommit/pkt-line.ts';
import { ACCOUNT, REGION } from '../src/testing/test-cloud.ts';
import type { Furniture, Make } from './furnished-cloud.ts';
import { NO_COMMIT, packOf, ROOT_COMMIT } from './git-objects.ts';

/** Git's credentials of the account's administrator. */
export const GIT_CREDENTIALS = `Basic ${Buffer.from(`${ACCOUNT}:any`).toString('base64')}`;
/** Commands that do nothing: whatever inputs make of builds, this machine stays as it is. */
export const BUILDSPEC = JSON.stringify({ version: 0.2, phases: { build: { commands: ['true'] } } });
const role = `arn:aws:iam::${ACCOUNT}:role/fuzz`;

/** One of everything of what delivers: a repository with a commit, packages, a project, what shifts an alias, an alarm. */
export async function furnishDelivery(make: Make, endpoint: string): Promise<Pick<Furniture, 'commitId' | 'npmToken'>> {
  await make('codeartifact', 'CreateDomain', { domain: 'fuzz' });
  await make('codeartifact', 'CreateRepository', { domain: 'fuzz', repository: 'fuzz' });
  const token = await make<{ authorizationToken: string }>('codeartifact', 'GetAuthorizationToken', { domain: 'fuzz' });
  await make('codecommit', 'CreateRepository', { repositoryName: 'fuzz' });
  const { branch } = await make<{ branch: object }>('codecommit', 'GetBranch', { repositoryName: 'fuzz', branchName: 'main' });
  if (branch === undefined) await pushRoot(endpoint);
  await make('codebuild', 'CreateProject', {
    name: 'fuzz',
    source: { type: 'NO_SOURCE', buildspec: BUILDSPEC },
    artifacts: { type: 'NO_ARTIFACTS' },
    environment: { type: 'LINUX_CONTAINER', image: 'aws/codebuild/standard:7.0', computeType: 'BUILD_GENERAL1_SMALL' },
    serviceRole: role,
    concurrentBuildLimit: 1,
  });
  await make('lambda', 'PublishVersion', { FunctionName: 'fuzz' });
  await make('lambda', 'CreateAlias', { FunctionName: 'fuzz', Name: 'live', FunctionVersion: '1' });
  await make('codedeploy', 'CreateApplication', { applicationName: 'fuzz', computePlatform: 'Lambda' });
  await make('codedeploy', 'CreateDeploymentGroup', { applicationName: 'fuzz', deploymentGroupName: 'fuzz', serviceRoleArn: role });
  await make('monitoring', 'PutMetricAlarm', {
    AlarmName: 'fuzz',
    Namespace: 'fuzz',
    MetricName: 'fuzz',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    AlarmActions: [`arn:aws:sns:${REGION}:${ACCOUNT}:fuzz`],
  });
  await make('monitoring', 'PutMetricData', { Namespace: 'fuzz', MetricData: [{ MetricName: 'fuzz', Value: 2 }] });
  return { commitId: ROOT_COMMIT[0].id, npmToken: token.authorizationToken ?? '' };
}

async function pushRoot(endpoint: string): Promise<void> {
  const command = pktLine(`${NO_COMMIT} ${ROOT_COMMIT[0].id} refs/heads/main\0 report-status`);
  const answer = await fetch(`${endpoint}/v1/repos/fuzz/git-receive-pack`, {
    method: 'POST',
    headers: { authorization: GIT_CREDENTIALS, 'content-type': 'application/x-git-receive-pack-request' },
    body: Buffer.concat([command, FLUSH, packOf(ROOT_COMMIT)]),
  });
  const text = await answer.text();
  if (!text.includes('ok refs/heads/main')) throw new Error(`the repository fuzz takes no commit: ${answer.status} ${text}`);
}
