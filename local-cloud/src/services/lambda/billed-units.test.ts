import { AddPermissionCommand, CreateEventSourceMappingCommand, CreateFunctionUrlConfigCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UsageRecord } from '../../kernel/usage.ts';
import { createMetering } from '../../metering/metering-service.ts';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { idlePollerUsage } from './idle-pollers.ts';
import type { InvocationRecord } from './invocation.ts';
import type { LambdaService } from './lambda-service.ts';
import { type LambdaCloud, startLambdaCloud } from './testing/lambda-cloud.ts';

let cloud: LambdaCloud;
const usage: UsageRecord[] = [];
const invocations: InvocationRecord[] = [];
const scope = { account: ACCOUNT, region: REGION };
const queueArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:events`;

beforeAll(async () => {
  cloud = await startLambdaCloud({ services: [createMetering] });
  cloud.test.cloud.onUsage((record) => usage.push(record));
  (cloud.test.cloud.service('lambda') as LambdaService).onInvocation((record) => invocations.push(record));
});
afterAll(() => cloud.test.stop());

const of = (operation: string) => usage.filter((record) => record.operation === operation);

it('bills an invocation as one request and its memory by the billed milliseconds, the initialization with the first (AWS Lambda Pricing)', async () => {
  await cloud.create('worker', 'exports.handler = async (event) => { if (event.fails) throw new Error("no"); return 1; };', {
    MemorySize: 512,
  });
  await cloud.invoke('worker', {});
  await cloud.invoke('worker', { fails: true });
  const [cold, warm] = invocations.filter(({ functionName }) => functionName === 'worker');
  const line = (billed_ms = 0) => ({
    ...scope,
    service: 'lambda',
    operation: 'invocation',
    resource: 'worker',
    units: { requests: 1, gb_s: (0.5 * billed_ms) / 1000 },
  });
  expect(of('invocation').filter(({ resource }) => resource === 'worker')).toEqual([line(cold?.billed_ms), line(warm?.billed_ms)]);
  expect(cold?.billed_ms).toBeGreaterThanOrEqual(cold?.init_ms ?? Number.POSITIVE_INFINITY);
});

it('counts what a function URL answers as leaving AWS, refusals too', async () => {
  await cloud.create('page', 'exports.handler = async () => ({ statusCode: 200, body: "ü".repeat(500) });');
  const { FunctionUrl = '' } = await cloud.lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: 'page', AuthType: 'NONE' }));
  const refused = await (await fetch(FunctionUrl)).text();
  const grant = { FunctionName: 'page', Principal: '*' };
  const url = { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' } as const;
  await cloud.lambda.send(new AddPermissionCommand({ ...grant, ...url, StatementId: 'url' }));
  const invoke = { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true };
  await cloud.lambda.send(new AddPermissionCommand({ ...grant, ...invoke, StatementId: 'invoke' }));
  expect(await (await fetch(FunctionUrl)).text()).toBe('ü'.repeat(500));
  expect(of('url-response').map(({ resource, units }) => [resource, units])).toEqual([
    ['page', { egress_bytes: refused.length }],
    ['page', { egress_bytes: 1000 }],
  ]);
});

it('counts the four further pollers that AWS has at a queue (Lambda Developer Guide, "Configuring scaling behavior for SQS event source mappings")', async () => {
  const month_ms = 30 * 24 * 60 * 60 * 1000;
  // With the one that polls here, at three long polls a minute: 5 x 3 x 60 x 24 x 30.
  expect((idlePollerUsage(queueArn, month_ms).units.requests ?? 0) + month_ms / 20_000).toBe(648_000);
  fc.assert(
    fc.property(fc.nat(1e6), fc.nat(1e6), (a, b) => {
      const [one, two, both] = [a, b, a + b].map((ms) => idlePollerUsage(queueArn, ms).units.requests ?? 0);
      expect((one ?? 0) + (two ?? 0)).toBeCloseTo(both ?? 0);
    }),
  );
  await new SQSClient(cloud.test.client).send(new CreateQueueCommand({ QueueName: 'events' }));
  await cloud.create('taker', 'exports.handler = async () => 1;');
  await cloud.allow({ Action: ['sqs:*', 'logs:*'], Resource: '*' });
  const started = performance.now();
  await cloud.lambda.send(new CreateEventSourceMappingCommand({ FunctionName: 'taker', EventSourceArn: queueArn }));
  await cloud.test.cloud.call(
    'sqs',
    'SendMessage',
    { QueueUrl: `${cloud.test.endpoint}/${ACCOUNT}/events`, MessageBody: '{}' },
    cloud.test.caller(),
  );
  await expect.poll(() => of('idle-poll').length).toBeGreaterThan(0);
  const [first] = of('idle-poll');
  expect(first).toMatchObject({ ...scope, service: 'sqs', resource: 'events' });
  expect(first?.units.requests).toBeGreaterThan(0);
  expect(first?.units.requests).toBeLessThanOrEqual((4 * (performance.now() - started)) / 20_000);
});
