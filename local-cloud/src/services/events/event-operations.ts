import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { payloadRequests } from '../../metering/payload-requests.ts';
import { busArn, checkBus, type DefaultBus } from './default-bus.ts';
import { busEvent } from './event.ts';
import { parseEventPattern } from './event-pattern.ts';

/** EventBridge User Guide, "Calculating PutEvents event entry size": all entries of a request together. */
const MAX_ENTRIES_BYTES = 1_048_576;

const timestamp = z.union([z.number().transform((seconds) => seconds * 1000), z.date().transform((date) => date.getTime())]);
const entry = z.strictObject({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  Time: timestamp.optional(),
  EventBusName: z.string().optional(),
  TraceHeader: z.string().max(500).optional(),
});
type Entry = z.output<typeof entry>;

/** An event that TestEventPattern takes must have these ("TestEventPattern", `Event`). */
const testedEvent = z.looseObject({
  id: z.string(),
  account: z.string(),
  source: z.string(),
  time: z.string(),
  region: z.string(),
  resources: z.array(z.string()),
  'detail-type': z.string(),
});

/** Events of applications, and trying patterns (EventBridge API Reference, "PutEvents", "TestEventPattern"). */
export function eventOperations(bus: DefaultBus): Record<string, Operation<never, unknown>> {
  return {
    PutEvents: operation({
      input: z.strictObject({ Entries: z.array(entry).min(1).max(10) }),
      authorize: ({ Entries }, context) =>
        Entries.map(({ Source = '', DetailType = '' }) => ({
          action: 'events:PutEvents',
          resource: busArn(context),
          conditions: { 'events:source': Source, 'events:detail-type': DetailType },
        })),
      run: ({ Entries }, context) => {
        if (Entries.reduce((sum, one) => sum + size_bytes(one), 0) > MAX_ENTRIES_BYTES)
          throw new AwsError(
            'ValidationException',
            `Total size of the entries in the request is over the limit of ${MAX_ENTRIES_BYTES} bytes.`,
          );
        const results = Entries.map((one) => put(bus, one, context));
        return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
      },
    }),

    TestEventPattern: operation({
      input: z.strictObject({ EventPattern: z.string(), Event: z.string() }),
      authorize: () => [{ action: 'events:TestEventPattern', resource: '*' }],
      run: ({ EventPattern, Event }) => {
        const event = testedEvent.safeParse(json(Event));
        if (!event.success) {
          const missing = event.error.issues.map(({ path, message }) => `${path.join('.') || 'event'}: ${message}`).join('; ');
          throw new AwsError('ValidationException', `Parameter Event is not valid. Reason: ${missing}`);
        }
        return { Result: parseEventPattern(EventPattern)(event.data) };
      },
    }),
  };
}

/** Events of an application are billed, each by started 64 KB; those of AWS's services cost nothing (Amazon EventBridge Pricing). */
function put(bus: DefaultBus, given: Entry, context: CallContext): { EventId: string } | { ErrorCode: string; ErrorMessage: string } {
  checkBus(given.EventBusName, context);
  for (const member of ['Source', 'DetailType', 'Detail'] as const) {
    if (given[member] === undefined || given[member] === '')
      return failed('InvalidArgument', `Parameter ${member} is not valid. Reason: ${member} is a required argument.`);
  }
  const { Source = '', DetailType = '', Detail = '', Resources = [], Time } = given;
  if (/^aws\./i.test(Source)) return failed('NotAuthorizedForSourceException', 'Not authorized for the source.');
  const detail = json(Detail);
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) return failed('MalformedDetail', 'Detail is malformed.');
  const event = busEvent(context, { source: Source, detailType: DetailType, resources: Resources, detail }, Time ?? context.cloud.clock());
  context.meter({ requests: payloadRequests(size_bytes(given)) }, 'default');
  bus.publish(context, event, given.TraceHeader ?? context.traceHeader);
  return { EventId: event.id };
}

function failed(ErrorCode: string, ErrorMessage: string) {
  return { ErrorCode, ErrorMessage };
}

/** "Calculating PutEvents event entry size": 14 bytes for a time. */
function size_bytes({ Source = '', DetailType = '', Detail = '', Resources = [], Time }: Entry): number {
  return [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), Time === undefined ? 0 : 14);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
