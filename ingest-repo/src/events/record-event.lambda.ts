import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createLogger, parseEnv, processSqsBatch, traced, tracedClient } from '@enstratus/platform/runtime';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { type EventHistory, recordEvent, recordedEventSchema } from './record-event.ts';

const logger = createLogger('record-event');
let history: EventHistory | undefined;

const connect = (): EventHistory => {
  const env = parseEnv(z.object({ TABLE_NAME: z.string().min(1) }));
  return { documents: DynamoDBDocumentClient.from(tracedClient(new DynamoDBClient({}))), tableName: env.TABLE_NAME, clock: Date.now };
};

/** Writes what happened to devices to their history. */
export const handler = traced('record-event', async (event: SQSEvent): Promise<SQSBatchResponse> => {
  history ??= connect();
  const connected = history;
  return processSqsBatch({ event, schema: recordedEventSchema, logger, handle: (body) => recordEvent(body, connected) });
});
