import { expect, it } from 'vitest';
import type { UsageAnswer } from '../src/metering/read-usage.ts';
import { cpu_ms, lambdaGbSeconds, latency_ms } from './lambda-time.ts';
import { each, rest, withMeanLog } from './meter.ts';
import { resourcePrices, standingCosts } from './resource-prices.ts';
import { allUnits, takenUnits } from './taken-units.ts';

type Line = UsageAnswer['usage'][number];
const line = (service: string, operation: string, units: Line['units'], more: Partial<Line> = {}): Line => ({
  account: '111122223333',
  region: 'us-east-2',
  service,
  operation,
  calls: 1,
  units,
  ...more,
});

const aPack: Line[] = [
  line('lambda', 'invocation', { requests: 1, gb_s: 0.02 }),
  line('lambda', 'url-response', { egress_bytes: 15 }),
  line('logs', 'PutLogEvents', { bytes_in: 1800 }, { resource: '/enstratus/devices/pump-1' }),
  line('dynamodb', 'PutItem', { wru: 1 }),
  line('dynamodb', 'UpdateItem', { wru: 1 }),
  line('dynamodb', 'Query', { rru: 1 }),
];

it('adds units up under the price list’s keys, and leaves polls and a laptop’s time out', () => {
  const polls = [line('sqs', 'ReceiveMessage', { requests: 9 }), line('sqs', 'idle-poll', { requests: 9 })];
  expect(takenUnits([...aPack, ...polls, line('sqs', 'SendMessage', { requests: 1 })])).toEqual({
    'lambda.requests': 1,
    'transfer.out': 15,
    'logs.bytes_in': 1800,
    'dynamodb.wru': 2,
    'dynamodb.rru': 1,
    'sqs.requests': 1,
  });
});

it('tells CloudFront’s traffic from other egress, and its functions from its requests', () => {
  const usage = [line('cloudfront', 'viewer-request', { requests: 1, egress_bytes: 9 }), line('cloudfront', 'function', { requests: 1 })];
  expect(takenUnits(usage)).toEqual({ 'cloudfront.requests': 1, 'cloudfront.egress': 9, 'cloudfront.function': 1 });
});

it('knows what pipelines take, too', () => {
  const usage = [
    line('codecommit', 'GitPush', { requests: 1 }),
    line('codepipeline', 'action', { action_minutes: 3 }),
    line('codebuild', 'BUILD_GENERAL1_SMALL', { build_minutes: 2 }),
    line('codeartifact', 'npm-GET', { requests: 40 }),
    line('kms', 'Decrypt', { requests: 5 }),
    line('events', 'PutEvents', { requests: 1 }),
  ];
  expect(takenUnits(usage)).toEqual({
    'codepipeline.action_minutes': 3,
    'codebuild.build_minutes': 2,
    'codeartifact.requests': 40,
    'events.requests': 1,
  });
});

it('of a running system are all there is: polls of queues, users and keys too', () => {
  const usage = [
    line('sqs', 'ReceiveMessage', { requests: 3 }),
    line('sqs', 'idle-poll', { requests: 20 }),
    line('sqs', 'SendMessage', { requests: 1 }),
    line('kms', 'Decrypt', { requests: 5 }),
    line('cognito-idp', 'InitiateAuth', { active_users: 2 }),
    line('codecommit', 'GitPush', { requests: 1 }),
  ];
  expect(allUnits(usage)).toEqual({ 'sqs.requests': 24, 'kms.requests': 5, 'cognito.active_users': 2 });
  expect(takenUnits(usage)).toEqual({ 'sqs.requests': 1 });
});

it('throws on a unit that has no price', () => {
  expect(() => takenUnits([line('braket', 'CreateQuantumTask', { requests: 1 })])).toThrow('braket.requests');
});

it('reckons Lambda’s time from invocations and calls: the platform’s own are none', () => {
  const busy_s = (cpu_ms * (1769 / 256)) / 1000;
  const waited_s = (3 * (latency_ms['dynamodb'] ?? 0) + (latency_ms['logs'] ?? 0)) / 1000;
  expect(lambdaGbSeconds(aPack, 256)).toBeCloseTo((busy_s + waited_s) / 4);
  const platform = [
    line('logs', 'PutLogEvents', { bytes_in: 9 }, { resource: '/enstratus/functions/a/b' }),
    line('sqs', 'ReceiveMessage', {}),
  ];
  expect(lambdaGbSeconds([...aPack, ...platform], 256)).toBe(lambdaGbSeconds(aPack, 256));
  expect(lambdaGbSeconds([], 256)).toBe(0);
});

it('divides by what was sampled, and takes apart what two kinds took together', () => {
  const twice = aPack.map((one) => ({
    ...one,
    calls: 2,
    units: Object.fromEntries(Object.entries(one.units).map(([unit, value]) => [unit, value * 2])),
  }));
  const pack = each(twice, 2, 256);
  expect(pack).toMatchObject({ sampled: 2, units: { 'dynamodb.wru': 1 * 2, 'dynamodb.rru': 1 } });
  const change = [line('dynamodb', 'UpdateItem', { wru: 4 }), line('sns', 'Publish', { requests: 1 })];
  const other = rest([...twice, ...change], [[pack, 2]], 1, 256);
  expect(other.units).toMatchObject({ 'dynamodb.wru': 4, 'sns.requests': 1, 'logs.bytes_in': 0 });
  expect(() => each([], 0, 256)).toThrow('nothing was sampled');
});

it('knows what resources cost by the month, and no type that nobody thought about', () => {
  const template = (...types: string[]) => ({ Resources: Object.fromEntries(types.map((Type, index) => [`R${index}`, { Type }])) });
  expect(standingCosts([template('AWS::CloudWatch::Alarm', 'AWS::IAM::Role'), template('AWS::CloudWatch::Alarm')])).toEqual({
    'cloudwatch.alarm': 2,
  });
  expect(() => standingCosts([template('AWS::EC2::NatGateway')])).toThrow('AWS::EC2::NatGateway');
  expect(() => standingCosts([template('constructor')])).toThrow('constructor');
  for (const reason of Object.values(resourcePrices)) if (typeof reason === 'string') expect(reason.length).toBeGreaterThan(8);
});

it('gives two kinds of one thing the mean of their logs by how many were sampled, and nothing else of each other', () => {
  const kind = (sampled: number, bytes: number, rru: number) => ({
    sampled,
    units: { 'logs.bytes_in': bytes, 'dynamodb.rru': rru },
    local_gb_s: rru,
  });
  const unit = 'logs.bytes_in';
  expect(withMeanLog(kind(3, 2400, 0), kind(1, 2600, 1), unit)).toEqual([kind(3, 2450, 0), kind(1, 2450, 1)]);
  expect(() => withMeanLog(kind(3, 2400, 0), kind(1, 4000, 1), unit)).toThrow('logs of 2400 and 4000 bytes');
});
