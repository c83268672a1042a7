import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type Operation, operation } from '../../kernel/service.ts';
import { invalidParameter, logGroupResource, logStreamArn, logStreamNotFound, requestedLogGroup } from './log-arn.ts';
import { existingGroup } from './log-group-operations.ts';
import type { LogGroupRow, LogStore, LogStoreOf, LogStreamRow } from './log-store.ts';
import { page } from './paging.ts';

const STREAM_NAME = /^[^:*]{1,512}$/;

export function logStreamOperations(storeOf: LogStoreOf): Record<string, Operation<never, unknown>> {
  const streamInput = z.strictObject({ logGroupName: z.string(), logStreamName: z.string() });
  return {
    CreateLogStream: operation({
      input: streamInput,
      // The reference names the log group for this action; AWS's refusals name the stream too, and a policy for either shape matches.
      authorize: (input, context) => [
        { action: 'logs:CreateLogStream', resource: logStreamArn(context, input.logGroupName, input.logStreamName) },
      ],
      run(input, context) {
        const store = storeOf(context);
        if (!STREAM_NAME.test(input.logStreamName))
          throw invalidParameter(`The log stream name '${input.logStreamName}' is not valid: 1 to 512 characters without : and *`);
        const group = existingGroup(store, input.logGroupName);
        if (store.stream(group, input.logStreamName) !== undefined)
          throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
        store.createStream(group, input.logStreamName);
      },
    }),

    DeleteLogStream: operation({
      input: streamInput,
      authorize: (input, context) => [
        { action: 'logs:DeleteLogStream', resource: logStreamArn(context, input.logGroupName, input.logStreamName) },
      ],
      run(input, context) {
        const store = storeOf(context);
        const group = existingGroup(store, input.logGroupName);
        store.deleteStream(group, existingStream(store, group, input.logStreamName));
      },
    }),

    DescribeLogStreams: operation({
      input: z.strictObject({
        logGroupName: z.string().optional(),
        logGroupIdentifier: z.string().optional(),
        logStreamNamePrefix: z.string().optional(),
        orderBy: z.enum(['LogStreamName', 'LastEventTime']).optional(),
        descending: z.boolean().optional(),
        nextToken: z.string().optional(),
        limit: z.number().optional(),
      }),
      authorize: (input, context) => [
        { action: 'logs:DescribeLogStreams', resource: logGroupResource(context, requestedLogGroup(context, input)) },
      ],
      run(input, context) {
        const store = storeOf(context);
        const group = existingGroup(store, requestedLogGroup(context, input));
        const byTime = input.orderBy === 'LastEventTime';
        if (byTime && input.logStreamNamePrefix !== undefined)
          throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
        const streams = store.streams(group).filter(({ name }) => name.startsWith(input.logStreamNamePrefix ?? ''));
        if (byTime) streams.sort((a, b) => (a.last_event_ms ?? 0) - (b.last_event_ms ?? 0));
        if (input.descending === true) streams.reverse();
        const { items, nextToken } = page(streams, ({ name }) => name, input);
        return { logStreams: items.map((stream) => described(stream, logStreamArn(context, group.name, stream.name))), nextToken };
      },
    }),
  };
}

/** Throws ResourceNotFoundException when the group has no such stream. */
export function existingStream(store: LogStore, group: LogGroupRow, name: string): LogStreamRow {
  const stream = store.stream(group, name);
  if (stream === undefined) throw logStreamNotFound();
  return stream;
}

/** `storedBytes` of a stream is always zero since 2019 ("LogStream"). */
function described(stream: LogStreamRow, arn: string) {
  return {
    logStreamName: stream.name,
    creationTime: stream.created_ms,
    ...(stream.first_event_ms === null ? {} : { firstEventTimestamp: stream.first_event_ms }),
    ...(stream.last_event_ms === null ? {} : { lastEventTimestamp: stream.last_event_ms }),
    ...(stream.last_ingestion_ms === null ? {} : { lastIngestionTime: stream.last_ingestion_ms }),
    arn,
    storedBytes: 0,
  };
}
