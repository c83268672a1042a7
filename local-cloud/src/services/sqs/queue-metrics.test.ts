import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cloud } from '../../kernel/cloud.ts';
import type { MetricValue } from '../../kernel/metric.ts';
import type { Service } from '../../kernel/service.ts';
import { ACCOUNT, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createSqs } from './sqs-service.ts';

let now = Date.UTC(2026, 10, 22);
let test: TestCloud;
const told: MetricValue[] = [];
const call = <Out>(operation: string, input: object) => test.cloud.call<Out>('sqs', operation, input, test.caller());
/** What is told when the process starts, as every two seconds. */
async function latest(): Promise<Record<string, Record<string, number>>> {
  told.length = 0;
  test = await test.restart();
  const queues: Record<string, Record<string, number>> = {};
  for (const { dimensions, metricName, value } of told) {
    const name = dimensions['QueueName'] ?? '';
    queues[name] = { ...queues[name], [metricName.replace('Approximate', '')]: value };
  }
  return queues;
}

function listeningToSqs(cloud: Cloud): Service {
  cloud.onMetric((metric) => told.push(metric));
  return createSqs(cloud);
}

beforeAll(async () => {
  test = await startTestCloud([listeningToSqs], { clock: () => now });
});
afterAll(() => test.stop());

it('tells what is in each queue and for how long', async () => {
  const arn = `arn:aws:sqs:us-east-2:${ACCOUNT}:dead`;
  await call('CreateQueue', { QueueName: 'dead' });
  await call('CreateQueue', {
    QueueName: 'work',
    Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 1 }) },
  });
  const QueueUrl = `${test.endpoint}/${ACCOUNT}/work`;
  const receive = (VisibilityTimeout: number) => call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 1, VisibilityTimeout });
  await call('SendMessage', { QueueUrl, MessageBody: 'fails' });
  await receive(1);
  now += 100_000;
  await receive(1);
  await call('SendMessage', { QueueUrl, MessageBody: 'is worked on' });
  await receive(600);
  await call('SendMessage', { QueueUrl, MessageBody: 'comes later', DelaySeconds: 60 });
  now += 30_000;
  await call('SendMessage', { QueueUrl, MessageBody: 'waits' });
  expect(await latest()).toEqual({
    dead: { NumberOfMessagesVisible: 1, NumberOfMessagesNotVisible: 0, NumberOfMessagesDelayed: 0, AgeOfOldestMessage: 30 },
    work: { NumberOfMessagesVisible: 1, NumberOfMessagesNotVisible: 1, NumberOfMessagesDelayed: 1, AgeOfOldestMessage: 30 },
  });
});
