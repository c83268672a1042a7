import { type CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type StatusDocument, statusLogStreamName, toLogLine } from '@enstratus/contract';

/**
 * Writes documents to the device's log group, the store of record. Answers the documents that CloudWatch Logs finds too old: they belong in the
 * archive. Throws what PutLogEvents throws, and when it takes documents as too new, so that none is lost silently.
 */
export type WriteDeviceLog = (device_id: string, documents: readonly StatusDocument[]) => Promise<StatusDocument[]>;

/** @param logGroupPrefix What stands before the device_id in the log group's name. */
export function deviceLog(logs: Pick<CloudWatchLogsClient, 'send'>, logGroupPrefix: string): WriteDeviceLog {
  return async (device_id, documents) => {
    if (documents.length === 0) return [];
    const chronological = documents.toSorted((a, b) => a.time - b.time);
    const { rejectedLogEventsInfo: rejected } = await logs.send(
      new PutLogEventsCommand({
        logGroupName: `${logGroupPrefix}${device_id}`,
        logStreamName: statusLogStreamName,
        logEvents: chronological.map((document) => ({ timestamp: document.time * 1000, message: toLogLine(document) })),
      }),
    );
    if (rejected?.tooNewLogEventStartIndex !== undefined) throw new Error('CloudWatch Logs took documents as too new');
    // "RejectedLogEventsInfo": the end indexes are those after the last rejected event.
    const tooOld = Math.max(rejected?.tooOldLogEventEndIndex ?? 0, rejected?.expiredLogEventEndIndex ?? 0);
    return chronological.slice(0, tooOld);
  };
}
