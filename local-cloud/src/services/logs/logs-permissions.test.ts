import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { assumeRole } from '../iam/role-sessions.ts';
import { createLogs } from './logs-service.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const GROUP = '/enstratus/devices/d1';
const GROUP_ARN = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${GROUP}`;
let test: TestCloud;
let roles = 0;

beforeAll(async () => {
  test = await startTestCloud([createLogs], { clock: () => NOW });
  for (const logGroupName of [GROUP, '/other']) {
    await test.cloud.call('logs', 'CreateLogGroup', { logGroupName }, test.caller());
    await test.cloud.call('logs', 'CreateLogStream', { logGroupName, logStreamName: 'status' }, test.caller());
  }
});
afterAll(() => test.stop());

/** Calls an operation as a role that has this one statement; `allowed`, or the code of the refusal. */
async function as(statement: { Action: string; Resource: string }, operation: string, input: object): Promise<string> {
  const RoleName = `role-${++roles}`;
  const trust = { Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' } };
  await test.cloud.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }, test.caller());
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', ...statement } });
  await test.cloud.call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument }, test.caller());
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
  const { principal } = assumeRole(test.cloud, { roleArn, sessionName: 's', servicePrincipal: 'lambda.amazonaws.com' });
  try {
    await test.cloud.call('logs', operation, input, test.caller(principal));
    return 'allowed';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const put = { logGroupName: GROUP, logStreamName: 'status', logEvents: [{ timestamp: NOW, message: 'm' }] };
const query = { logGroupName: GROUP, startTime: NOW / 1000, endTime: NOW / 1000, queryString: 'fields a' };
const DENIED = 'AccessDeniedException';

// CloudWatch Logs User Guide, "Overview of managing access permissions to your CloudWatch Logs resources"
it.each([
  ['PutLogEvents', put, `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/enstratus/devices/*:log-stream:status`, 'allowed'],
  ['PutLogEvents', put, `${GROUP_ARN}:*`, 'allowed'],
  ['PutLogEvents', put, `${GROUP_ARN}:log-stream:other`, DENIED],
  ['PutLogEvents', put, GROUP_ARN, DENIED],
  ['PutLogEvents', { ...put, logGroupName: '/other' }, `${GROUP_ARN}:*`, DENIED],
  ['GetLogEvents', { logGroupIdentifier: GROUP_ARN, logStreamName: 'status' }, `${GROUP_ARN}:log-stream:status`, 'allowed'],
  ['GetLogEvents', { logGroupName: GROUP, logStreamName: 'status' }, `${GROUP_ARN}:log-stream:other`, DENIED],
  ['FilterLogEvents', { logGroupName: GROUP }, `${GROUP_ARN}:*`, 'allowed'],
  ['FilterLogEvents', { logGroupName: GROUP }, `${GROUP_ARN}:log-stream:status`, DENIED],
  ['FilterLogEvents', { logGroupName: GROUP }, GROUP_ARN, DENIED],
  [
    'PutRetentionPolicy',
    { logGroupName: GROUP, retentionInDays: 30 },
    `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/enstratus/devices/*`,
    'allowed',
  ],
  [
    'PutRetentionPolicy',
    { logGroupName: '/other', retentionInDays: 30 },
    `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/enstratus/devices/*`,
    DENIED,
  ],
  [
    'CreateLogGroup',
    { logGroupName: '/enstratus/devices/d2' },
    `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/enstratus/devices/*`,
    'allowed',
  ],
  [
    'CreateLogStream',
    { logGroupName: GROUP, logStreamName: 'x' },
    `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/enstratus/devices/*`,
    'allowed',
  ],
  ['DescribeLogStreams', { logGroupName: GROUP }, `${GROUP_ARN}:*`, 'allowed'],
  ['DescribeLogGroups', { logGroupNamePrefix: GROUP }, `${GROUP_ARN}:*`, DENIED],
  ['DescribeLogGroups', {}, `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:*`, 'allowed'],
  ['StartQuery', query, `${GROUP_ARN}:*`, 'allowed'],
  ['StartQuery', { ...query, logGroupName: undefined, logGroupNames: [GROUP, '/other'] }, `${GROUP_ARN}:*`, DENIED],
  ['DescribeQueries', {}, '*', 'allowed'],
  ['DescribeQueries', {}, `${GROUP_ARN}:*`, DENIED],
  ['ListTagsForResource', { resourceArn: GROUP_ARN }, GROUP_ARN, 'allowed'],
  ['ListTagsForResource', { resourceArn: GROUP_ARN }, `${GROUP_ARN}:*`, DENIED],
])('%s %j with a grant on %s: %s', async (operation, input, Resource, outcome) => {
  expect(await as({ Action: `logs:${operation}`, Resource }, operation, input)).toBe(outcome);
});

it('another action’s grant doesn’t count, and tags at creation need a grant of their own', async () => {
  expect(await as({ Action: 'logs:CreateLogStream', Resource: '*' }, 'PutLogEvents', put)).toBe(DENIED);
  const tagged = { logGroupName: '/tagged', tags: { a: 'b' } };
  expect(await as({ Action: 'logs:CreateLogGroup', Resource: '*' }, 'CreateLogGroup', tagged)).toBe(DENIED);
  expect(await as({ Action: 'logs:*', Resource: '*' }, 'CreateLogGroup', tagged)).toBe('allowed');
});
