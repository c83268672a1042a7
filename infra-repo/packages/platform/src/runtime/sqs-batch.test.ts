import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { processSqsBatch } from './sqs-batch.ts';

const record = (messageId: string, body: string): SQSRecord => ({
  messageId,
  body,
  receiptHandle: `receipt-${messageId}`,
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '1763700000000',
    SenderId: 'AIDAEXAMPLE',
    ApproximateFirstReceiveTimestamp: '1763700000000',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-2:111122223333:events',
  awsRegion: 'us-east-2',
});

const schema = z.object({ n: z.number() });

async function run(event: SQSEvent, handle: (n: number) => void) {
  const logged: Record<string, unknown>[] = [];
  const response = await processSqsBatch({
    event,
    schema,
    logger: { error: (_message, details) => logged.push(details) },
    handle: async ({ n }) => handle(n),
  });
  return { failed: response.batchItemFailures.map((failure) => failure.itemIdentifier), logged };
}

describe('processSqsBatch', () => {
  it('handles every record, also those after one that failed, and answers only the failed ones', async () => {
    const handled: number[] = [];
    const event = { Records: [1, 2, 3].map((n) => record(`m${n}`, JSON.stringify({ n }))) };
    const { failed, logged } = await run(event, (n) => {
      if (n === 2) throw new Error('the table is away');
      handled.push(n);
    });
    expect(handled.sort()).toEqual([1, 3]);
    expect(failed).toEqual(['m2']);
    expect(logged).toEqual([{ messageId: 'm2', receiveCount: '1', reason: 'Error: the table is away' }]);
  });

  it('fails a body that is no JSON and one that does not fit, without handling them', async () => {
    const { failed } = await run({ Records: [record('cut', '{"n":'), record('other', '{"n":"1"}'), record('good', '{"n":1}')] }, () => {});
    expect(failed).toEqual(['cut', 'other']);
  });

  it('throws when all have failed, so that Lambda counts an error: else a version that can do nothing would look well', async () => {
    await expect(run({ Records: [record('a', 'x'), record('b', 'y')] }, () => {})).rejects.toThrow('All records failed processing');
  });
});
