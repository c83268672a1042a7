import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { z } from 'zod';
import { withinMessage } from './tracer.ts';

/** What the batch needs of a logger. */
export interface FailureLog {
  error(message: string, details: Record<string, unknown>): void;
}

export interface SqsBatch<Shape extends z.ZodType> {
  readonly event: SQSEvent;
  /** The shape of a record's body after JSON.parse. */
  readonly schema: Shape;
  readonly logger: FailureLog;
  /** Handles one record. Throwing returns that record, and only that one, to the queue. */
  handle(body: z.infer<Shape>, record: SQSRecord): Promise<void>;
}

/**
 * Handles every record of a batch on its own and answers which have failed (ReportBatchItemFailures), so that one bad record
 * neither drops nor repeats the others; each within the trace that its message came with. A body that isn't JSON or doesn't fit the schema fails too: it ends in the dead letter
 * queue, where somebody sees it. Throws when all have failed: to the queue that is the same, and Lambda counts it as an error, by which a new version that fails everything is taken back.
 */
export async function processSqsBatch<Shape extends z.ZodType>({
  event,
  schema,
  logger,
  handle,
}: SqsBatch<Shape>): Promise<SQSBatchResponse> {
  return processPartialResponse(
    event,
    (record: SQSRecord) =>
      withinMessage(record.attributes.AWSTraceHeader, async () => {
        try {
          await handle(schema.parse(JSON.parse(record.body)), record);
        } catch (error) {
          logger.error('record failed', {
            messageId: record.messageId,
            receiveCount: record.attributes.ApproximateReceiveCount,
            reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
          });
          throw error;
        }
      }),
    new BatchProcessor(EventType.SQS),
    { throwOnFullBatchFailure: true },
  );
}
