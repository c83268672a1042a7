import { numberFields, type TokenClaims, toRfc3339 } from '@enstratus/contract';
import * as z from 'zod';
import { callersDevice, deviceArgument } from '../fleet/callers-device.ts';
import type { FleetTable } from '../fleet/device-rows.ts';
import type { Clock, Log } from '../log.ts';
import { checkedArguments } from '../resolver/operations.ts';
import type { DeviceSeries, SeriesMetric } from '../schema.generated.ts';
import type { Table } from '../table/table.ts';
import { documentsAround } from './packs-of-window.ts';
import { seriesWindow } from './series-window.ts';
import { StepMeans } from './step-means.ts';

/** Every reading that is measured in a unit; a fault code has no mean. */
const metrics = numberFields.map(({ name }) => name).filter((name): name is SeriesMetric => name !== 'fault_code');
const units = new Map<string, string>(numberFields.map(({ name, unit }) => [name, unit]));
const metricNames = `metrics must be one to ${metrics.length} of ${metrics.join(', ')}`;
const resolutions = ['one_minute', 'five_minutes', 'fifteen_minutes', 'one_hour'] as const;

const time = (name: string) =>
  z.iso
    .datetime({ offset: true, error: `${name} must be an RFC 3339 time such as 2026-11-21T21:14:00Z` })
    .transform((text) => Date.parse(text));

const argumentsSchema = z.object({
  device_id: deviceArgument,
  metrics: z
    .array(z.enum(metrics, metricNames), metricNames)
    .min(1, metricNames)
    .max(metrics.length, metricNames)
    .transform((given) => [...new Set(given)]),
  from: time('from'),
  to: time('to'),
  resolution: z.enum(resolutions, `resolution must be one of ${resolutions.join(', ')}`).nullish(),
});

export interface SeriesReads {
  readonly table: Table;
  readonly fleetTable: Pick<FleetTable, 'device'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Readings of a device over a time, averaged in steps; null when there is no device of this id below the caller's organization. Throws
 * RequestRefused for a time or a resolution that can't be answered, and what DynamoDB throws.
 */
export async function readSeries(
  args: unknown,
  caller: TokenClaims,
  { table, fleetTable, clock, log }: SeriesReads,
): Promise<DeviceSeries | null> {
  const wanted = checkedArguments(argumentsSchema, args);
  const now_s = Math.floor(clock() / 1000);
  const window = seriesWindow(wanted.from, wanted.to, wanted.resolution ?? undefined, now_s);
  const device = await callersDevice(wanted.device_id, caller, fleetTable);
  if (device === undefined) return null;
  const means = new StepMeans(window, wanted.metrics);
  for (const document of await documentsAround(device.device_id, window, table, log)) means.add(document);
  const values = means.means();
  return {
    device_id: device.device_id,
    from: toRfc3339(window.from),
    to: toRfc3339(window.to),
    step_s: window.step_s,
    metrics: wanted.metrics.map((metric, index) => ({ metric, unit: units.get(metric) ?? '', values: values[index] ?? [] })),
    as_of: toRfc3339(now_s),
  };
}
