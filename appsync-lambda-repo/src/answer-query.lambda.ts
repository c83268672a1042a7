import { createLogger, parseEnv } from '@enstratus/platform/runtime';
import * as z from 'zod';
import { FleetTable } from './fleet/device-rows.ts';
import { getDevice } from './fleet/get-device.ts';
import { listDevices } from './fleet/list-devices.ts';
import { SiteNames } from './fleet/site-names.ts';
import { checkWatch } from './live/check-watch.ts';
import { getMe } from './people/get-me.ts';
import { answerOperations } from './resolver/operations.ts';
import { readSeries } from './series/read-series.ts';
import { connectTable } from './table/connect-table.ts';
import { Table } from './table/table.ts';

const log = createLogger('answer-query');

/** Everything that is read, and nothing that is written: one function, so that one warm environment serves every kind of query. */
export const handler = answerOperations(() => {
  const { TABLE_NAME } = parseEnv(z.object({ TABLE_NAME: z.string().min(1) }));
  const clock = Date.now;
  const table = new Table(connectTable(), TABLE_NAME);
  const fleetTable = new FleetTable(table, log);
  const fleet = { table: fleetTable, siteNames: new SiteNames(table, clock), clock };
  return {
    'Query.me': (_, caller) => getMe(caller, table),
    'Query.devices': (args, caller) => listDevices(args, caller, fleet),
    'Query.device': (args, caller) => getDevice(args, caller, fleet),
    'Query.deviceSeries': (args, caller) => readSeries(args, caller, { table, fleetTable, clock, log }),
    'Subscription.onDeviceStatus': (args, caller) => checkWatch(args, caller, { fleetTable }),
  };
}, log);
