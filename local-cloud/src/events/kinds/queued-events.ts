import type { DeviceEventType } from '@enstratus/contract';
import { z } from 'zod';
import { type EventKind, type OptionValues, textOption, wholeNumberOption } from '../event-kind.ts';
import type { Surroundings } from '../where/surroundings.ts';
import { deviceEvent, deviceEventTypes } from './device-events.ts';
import { sqsBatch, sqsBatchOf } from './sqs-batch.ts';

/** Who is asked because of an event (ingest-repo's askSchema). */
const asked: readonly DeviceEventType[] = ['device.watched', 'device.gap_found'];
const recorded = deviceEventTypes.filter((type) => type !== 'device.watched');

const copies = {
  type: 'string',
  value: '<1 to 10>',
  default: '1',
  sentence: 'how often the batch has it, as SNS and SQS may deliver it more than once',
} as const;
const device = { type: 'string', value: '<id>', sentence: 'whose; the first demo device unless told' } as const;

/** An event of the contract, as the device events topic puts it in a queue: raw, without SNS's envelope (SNS Developer Guide, "Amazon SNS raw message delivery"). */
export const deviceEventKind: EventKind = {
  name: 'device-event',
  sentence: 'what happened to a device, as the topic puts it in the queue of its history',
  functions: ['ingest/record-event'],
  sources: ['queue of ingest/record-event'],
  options: {
    device,
    type: { type: 'string', value: '<type>', choices: recorded, default: 'device.state_changed', sentence: 'which event of the contract' },
    copies,
  },
  edits: 'the event’s own fields: --set to.fault_code=36',
  content: (options, where) => made(options, 'device.state_changed', where),
  event: (content, options, where) => batch(content, options, where, 'ingest/record-event'),
  shape: sqsBatchOf(recorded, deviceEventTypes),
};

/** An event because of which a device is asked for something; with `--again` it is one that ask-device has put back itself. */
export const deviceAskKind: EventKind = {
  name: 'device-ask',
  sentence: 'because of what a device is asked for live samples or for what is missing, as the queue brings it',
  functions: ['ingest/ask-device'],
  sources: ['queue of ingest/ask-device'],
  options: {
    device,
    type: {
      type: 'string',
      value: '<type>',
      choices: asked,
      default: 'device.watched',
      sentence: 'somebody watches it, or a gap was found',
    },
    again: { type: 'boolean', sentence: 'of a gap: one that has waited, so that the device is asked now' },
    copies,
  },
  edits: 'the event’s own fields: --set until=2026-11-22T14:00:00Z',
  content: async (options, where) => {
    const event = await made(options, 'device.watched', where);
    const isAgain = options['again'] === true && event.type === 'device.gap_found';
    return isAgain ? { ...event, asked_since: Math.floor(where.now_ms / 1000) - 20 } : event;
  },
  event: (content, options, where) => batch(content, options, where, 'ingest/ask-device'),
  shape: sqsBatchOf(asked, deviceEventTypes),
};

async function made(options: OptionValues, usual: DeviceEventType, where: Surroundings) {
  const type = (textOption(options, 'type') ?? usual) as DeviceEventType;
  return deviceEvent(type, await where.device(textOption(options, 'device')), Math.floor(where.now_ms / 1000));
}

async function batch(content: unknown, options: OptionValues, where: Surroundings, functionName: string): Promise<unknown> {
  const message = { body: JSON.stringify(content), attributes: attributesOf(content) };
  const count = wholeNumberOption(options, 'copies', 1, 10) ?? 1;
  return sqsBatch(
    Array.from({ length: count }, () => message),
    await where.queueArn(functionName),
    where,
  );
}

/** The message attribute by which subscriptions choose (deviceEventMessage in the contract). An ask that comes again has none. */
function attributesOf(content: unknown): Record<string, string> {
  const { type, asked_since } = z.object({ type: z.string().optional(), asked_since: z.number().optional() }).catch({}).parse(content);
  return type === undefined || asked_since !== undefined ? {} : { type };
}
