import { type CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { deviceLogStreamName, type StatusDocument, toLogLine } from '@enstratus/contract';

/**
 * Writes documents of one boot to the device's log group, the store of record, in the stream of that boot: one PutLogEvents, and two calls more for the first ones of a
 * boot, whose stream isn't there yet. Answers the documents that CloudWatch Logs finds too old: they belong in the archive. Throws what CloudWatch Logs throws, when it
 * takes documents as too new, so that none is lost silently, and RangeError for documents of several boots.
 */
export type WriteDeviceLog = (device_id: string, documents: readonly StatusDocument[]) => Promise<StatusDocument[]>;

/** @param logGroupPrefix What stands before the device_id in the log group's name. */
export function deviceLog(logs: Pick<CloudWatchLogsClient, 'send'>, logGroupPrefix: string): WriteDeviceLog {
  return async (device_id, documents) => {
    const [first] = documents;
    if (first === undefined) return [];
    if (documents.some(({ boot_id }) => boot_id !== first.boot_id)) throw new RangeError('a log stream has the documents of one boot');
    const stream = { logGroupName: `${logGroupPrefix}${device_id}`, logStreamName: deviceLogStreamName(first.boot_id) };
    const chronological = documents.toSorted((a, b) => a.time - b.time);
    const put = new PutLogEventsCommand({
      ...stream,
      logEvents: chronological.map((document) => ({ timestamp: document.time * 1000, message: toLogLine(document) })),
    });
    const { rejectedLogEventsInfo: rejected } = await withStream(logs, stream, () => logs.send(put));
    if (rejected?.tooNewLogEventStartIndex !== undefined) throw new Error('CloudWatch Logs took documents as too new');
    // "RejectedLogEventsInfo": the end indexes are those after the last rejected event.
    const tooOld = Math.max(rejected?.tooOldLogEventEndIndex ?? 0, rejected?.expiredLogEventEndIndex ?? 0);
    return chronological.slice(0, tooOld);
  };
}

/** Does what needs a stream; where the stream isn't there it is made, by whoever comes first. Without the group that throws as well. */
async function withStream<Answer>(
  logs: Pick<CloudWatchLogsClient, 'send'>,
  stream: { readonly logGroupName: string; readonly logStreamName: string },
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error;
  }
  try {
    await logs.send(new CreateLogStreamCommand(stream));
  } catch (error) {
    if (!isNamed(error, 'ResourceAlreadyExistsException')) throw error;
  }
  return work();
}

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
