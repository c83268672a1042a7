import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { type DeviceReport, type ReportItem, reportKey } from '@enstratus/contract';

/** A device reports every day ("What a device publishes" in PROTOCOL.md): a kept report that was not followed for so long is one of a life that is over. */
const outlived_s = 2 * 86_400;

/**
 * Keeps what a device says of itself (`status/report`) unless a newer report is there: of a later boot, or of the same boot with more time since power came (a
 * report's time may be unknown). After two days any report replaces it: a device whose flash was erased counts its boots from 1 again. 1 write unit. Throws what DynamoDB throws.
 */
export type KeepReport = (device_id: string, report: DeviceReport, received_at: number) => Promise<void>;

export function reportTable(documents: Pick<DynamoDBDocumentClient, 'send'>, tableName: string): KeepReport {
  return async (device_id, report, received_at) => {
    const { boot_id, uptime_s } = report;
    const item = { ...reportKey(device_id), report, boot_id, uptime_s, received_at };
    try {
      await documents.send(
        new PutCommand({
          TableName: tableName,
          Item: item satisfies Omit<ReportItem, 'sk'>,
          ConditionExpression:
            'attribute_not_exists(pk) OR boot_id < :boot_id OR (boot_id = :boot_id AND uptime_s <= :uptime_s) OR received_at < :outlived',
          ExpressionAttributeValues: { ':boot_id': boot_id, ':uptime_s': uptime_s, ':outlived': received_at - outlived_s },
        }),
      );
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
    }
  };
}
