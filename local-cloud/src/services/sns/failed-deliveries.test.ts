import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { MetricValue } from '../../kernel/metric.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createSqs } from '../sqs/sqs-service.ts';
import { createSns } from './sns-service.ts';

let test: TestCloud;
const told: MetricValue[] = [];
beforeAll(async () => {
  test = await startTestCloud([createSqs, createSns]);
  test.cloud.onMetric((metric) => {
    if (metric.namespace === 'AWS/SNS') told.push(metric);
  });
});
afterAll(() => test.stop());

it('a delivery that is given up is told to CloudWatch', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const call = (service: string, operation: string, input: object) => test.cloud.call(service, operation, input, test.caller());
  const TopicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:events`;
  await call('sns', 'CreateTopic', { Name: 'events' });
  await call('sqs', 'CreateQueue', { QueueName: 'closed' });
  await call('sns', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint: `arn:aws:sqs:${REGION}:${ACCOUNT}:closed` });
  await call('sns', 'Publish', { TopicArn, Message: 'x' });
  await expect
    .poll(() => told)
    .toMatchObject([{ metricName: 'NumberOfNotificationsFailed', dimensions: { TopicName: 'events' }, value: 1 }]);
  warn.mockRestore();
});
