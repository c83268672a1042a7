import { type DynamoDBDocumentClient, PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { type DeviceEvent, deviceEventSchema } from '@enstratus/contract';
import { eventEntity } from '@enstratus/contract/entities';
import { annotate } from '@enstratus/platform/runtime';
import * as z from 'zod';
import type { Clock } from '../log.ts';

/** An event as the queue brings it: delivered raw, or in SNS's envelope (its Message is the event's JSON). */
export const recordedEventSchema = z.preprocess((body) => {
  const envelope = z.looseObject({ Type: z.literal('Notification'), Message: z.string() }).safeParse(body);
  return envelope.success ? JSON.parse(envelope.data.Message) : body;
}, deviceEventSchema);

export interface EventHistory {
  readonly documents: Pick<DynamoDBDocumentClient, 'send'>;
  readonly tableName: string;
  readonly clock: Clock;
}

/** Writes an event to its device's history, once however often it is delivered. Throws what DynamoDB throws. */
export async function recordEvent(event: DeviceEvent, { documents, tableName, clock }: EventHistory): Promise<void> {
  annotate({ device_id: event.device_id, event_type: event.type });
  const request = eventEntity({ table: tableName })
    .create({
      device_id: event.device_id,
      time: Math.floor(Date.parse(event.time) / 1000),
      event_id: event.event_id,
      type: event.type,
      event,
      recorded_at: Math.floor(clock() / 1000),
    })
    .params<PutCommandInput>();
  try {
    await documents.send(new PutCommand(request));
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return;
    throw error;
  }
}
