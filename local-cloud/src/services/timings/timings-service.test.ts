import { CreateQueueCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createSqs } from '../sqs/sqs-service.ts';
import { createTimings } from './timings-service.ts';

let bench: TestCloud;

beforeAll(async () => {
  bench = await startTestCloud([createTimings, createSqs]);
});
afterAll(() => bench.stop());

it('every call is counted with what it took, failed ones too', async () => {
  const sqs = new SQSClient(bench.client);
  await sqs.send(new CreateQueueCommand({ QueueName: 'one' }));
  await sqs.send(new GetQueueUrlCommand({ QueueName: 'one' }));
  await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'none' }))).rejects.toThrow();
  const answer = (await (await fetch(`${bench.endpoint}/_local/timings`)).json()) as Record<string, { count: number; total_ms: number }>;
  expect(answer).toMatchObject({ 'sqs:CreateQueue': { count: 1 }, 'sqs:GetQueueUrl': { count: 2 } });
  expect(answer['sqs:GetQueueUrl']?.total_ms).toBeGreaterThan(0);
});
