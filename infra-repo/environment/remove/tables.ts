import {
  DeleteTableCommand,
  DescribeTableCommand,
  paginateListTables,
  UpdateTableCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { stackPrefix } from '../stacks.ts';
import type { LeftoverKind } from './leftover.ts';

/** Waits as long as a big table may take. */
const patience = { maxWaitTime: 600, minDelay: 1, maxDelay: 10 };

/** Tables that a stack has named after itself, and those restored from them (the RUNBOOK, "The table has to be restored"). */
export const tables: LeftoverKind = {
  kind: 'table',
  type: 'AWS::DynamoDB::Table',
  async list({ dynamodb }) {
    const found: { name: string }[] = [];
    for await (const { TableNames = [] } of paginateListTables({ client: dynamodb }, {}))
      for (const name of TableNames) if (name.startsWith(stackPrefix)) found.push({ name });
    return found;
  },
  async remove({ name: TableName }, { dynamodb }) {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    if (Table?.DeletionProtectionEnabled === true) {
      await dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
      await waitUntilTableExists({ client: dynamodb, ...patience }, { TableName });
    }
    if (Table?.TableStatus !== 'DELETING') await dynamodb.send(new DeleteTableCommand({ TableName }));
    await waitUntilTableNotExists({ client: dynamodb, ...patience }, { TableName });
  },
};
