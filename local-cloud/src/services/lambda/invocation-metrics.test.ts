import { CreateFunctionUrlConfigCommand, GetFunctionUrlConfigCommand, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MetricValue } from '../../kernel/metric.ts';
import { putInvocationMetrics } from './invocation-metrics.ts';
import { type LambdaCloud, startLambdaCloud } from './testing/lambda-cloud.ts';

let started: LambdaCloud;
let told: MetricValue[];
beforeAll(async () => {
  started = await startLambdaCloud();
  started.test.cloud.onMetric((metric) => {
    if (metric.namespace === 'AWS/Lambda') told.push(metric);
  });
});
afterAll(() => started.test.stop());

/** `Errors FunctionName=f` and its value, of what has a value other than 0. */
const counted = () =>
  told
    .filter(({ value, metricName }) => value !== 0 && metricName !== 'Duration')
    .map(
      ({ metricName, dimensions, value }) =>
        `${metricName} ${Object.entries(dimensions)
          .map((pair) => pair.join('='))
          .join(',')} ${value}`,
    );

it('counts invocations and errors of all functions, of the function, and of what was asked for', async () => {
  told = [];
  await started.create('fails', 'exports.handler = async () => { throw new Error("no"); };');
  await started.invoke('fails');
  await started.invoke('fails:$LATEST');
  expect(counted()).toEqual([
    'Invocations  1',
    'Errors  1',
    'Invocations FunctionName=fails 1',
    'Errors FunctionName=fails 1',
    'Invocations FunctionName=fails,Resource=fails 1',
    'Errors FunctionName=fails,Resource=fails 1',
    'Invocations  1',
    'Errors  1',
    'Invocations FunctionName=fails 1',
    'Errors FunctionName=fails 1',
    'Invocations FunctionName=fails,Resource=fails:$LATEST 1',
    'Errors FunctionName=fails,Resource=fails:$LATEST 1',
  ]);
  expect(told.find(({ metricName }) => metricName === 'Duration')).toMatchObject({ unit: 'Milliseconds', value: expect.any(Number) });
});

it('tells an alias from the version that it led to', () => {
  told = [];
  const record = { functionName: 'f', qualifier: 'live', executedVersion: '7', duration_ms: 1, errorType: 'Error' };
  putInvocationMetrics(started.test.cloud, { ...record, account: '1', region: 'r' } as Parameters<typeof putInvocationMetrics>[1]);
  expect(told.filter(({ metricName }) => metricName === 'Errors').map(({ dimensions }) => dimensions)).toEqual([
    {},
    { FunctionName: 'f' },
    { FunctionName: 'f', Resource: 'f:live' },
    { FunctionName: 'f', Resource: 'f:live', ExecutedVersion: '7' },
  ]);
});

it('counts what is turned away, which is no invocation', async () => {
  told = [];
  await started.create('throttled', 'exports.handler = async () => 1;');
  await started.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'throttled', ReservedConcurrentExecutions: 0 }));
  await expect(started.invoke('throttled')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  expect(counted()).toEqual([
    'Throttles  1',
    'Throttles FunctionName=throttled 1',
    'Throttles FunctionName=throttled,Resource=throttled 1',
  ]);
});

it('counts what a URL answers, whoever made the status', async () => {
  told = [];
  await started.create(
    'answers',
    'exports.handler = async (event) => { if (event.rawPath === "/throw") throw new Error("no"); return { statusCode: Number(event.rawPath.slice(1)) }; };',
  );
  await started.lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: 'answers', AuthType: 'AWS_IAM' }));
  const { FunctionUrl = '' } = await started.lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: 'answers' }));
  const authorization = 'AWS4-HMAC-SHA256 Credential=111122223333/20261122/us-east-2/lambda/aws4_request, SignedHeaders=host, Signature=0';
  const statuses = [];
  for (const path of ['200', '404', '503', 'throw'])
    statuses.push((await fetch(`${FunctionUrl}${path}`, { headers: { authorization } })).status);
  expect(statuses).toEqual([200, 404, 503, 502]);
  const sum = (name: string) =>
    told
      .filter(({ metricName, dimensions }) => metricName === name && Object.keys(dimensions).join() === 'FunctionName')
      .reduce((all, { value }) => all + value, 0);
  expect([sum('UrlRequestCount'), sum('Url4xxCount'), sum('Url5xxCount'), sum('Errors')]).toEqual([4, 1, 2, 1]);
});
