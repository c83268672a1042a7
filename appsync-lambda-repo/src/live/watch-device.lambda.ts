import { SNSClient } from '@aws-sdk/client-sns';
import { createLogger, parseEnv } from '@enstratus/platform/runtime';
import * as z from 'zod';
import { FleetTable } from '../fleet/device-rows.ts';
import { answerOperations } from '../resolver/operations.ts';
import { connectTable } from '../table/connect-table.ts';
import { Table } from '../table/table.ts';
import { LeaseTable } from './lease-table.ts';
import { watchedPublisher } from './publish-watched.ts';
import { watchDevice } from './watch-device.ts';

const log = createLogger('watch-device');

/** Mutation.watchDevice, apart from the queries because it alone may write. */
export const handler = answerOperations(() => {
  const { TABLE_NAME, DEVICE_EVENTS_TOPIC_ARN } = parseEnv(
    z.object({ TABLE_NAME: z.string().min(1), DEVICE_EVENTS_TOPIC_ARN: z.string().startsWith('arn:') }),
  );
  const client = connectTable();
  const table = new Table(client, TABLE_NAME);
  const reads = {
    fleetTable: new FleetTable(table, log),
    leases: new LeaseTable(client, table),
    publish: watchedPublisher(new SNSClient({}), DEVICE_EVENTS_TOPIC_ARN),
    clock: Date.now,
  };
  return { 'Mutation.watchDevice': (args, caller) => watchDevice(args, caller, reads) };
}, log);
