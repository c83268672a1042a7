import { type DeviceWatched, eventIds, eventVersion, type TokenClaims, toRfc3339 } from '@enstratus/contract';
import * as z from 'zod';
import { callersDevice, deviceArgument } from '../fleet/callers-device.ts';
import type { FleetTable } from '../fleet/device-rows.ts';
import type { Clock } from '../log.ts';
import { checkedArguments } from '../resolver/operations.ts';
import type { WatchLease } from '../schema.generated.ts';
import { renewed } from './lease.ts';
import type { LeaseTable } from './lease-table.ts';

const argumentsSchema = z.object({ device_id: deviceArgument });

/** How often a lease is tried again that somebody else renewed at the same moment: each time one of them gets through. */
const maxTries = 10;

export interface WatchReads {
  readonly fleetTable: Pick<FleetTable, 'device'>;
  readonly leases: Pick<LeaseTable, 'lease' | 'replace'>;
  readonly publish: PublishWatched;
  readonly clock: Clock;
}

/** Tells that a device is to go live, or to stay so for longer. Throws what SNS throws. */
export type PublishWatched = (event: DeviceWatched) => Promise<void>;

/**
 * Renews the lease of a device whose page is open; null when there is no device of this id below the caller's organization. When the device is to be live for longer
 * than it knows, that is told, for whoever asks devices. Throws what DynamoDB and SNS throw: a page that gets an error asks again, and the device is asked with the
 * next renewal.
 */
export async function watchDevice(
  args: unknown,
  caller: TokenClaims,
  { fleetTable, leases, publish, clock }: WatchReads,
): Promise<WatchLease | null> {
  const { device_id } = checkedArguments(argumentsSchema, args);
  const device = await callersDevice(device_id, caller, fleetTable);
  if (device === undefined) return null;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const before = await leases.lease(device.path);
    const now_s = Math.floor(clock() / 1000);
    const { lease, live_until, live_left_s } = renewed(before, now_s);
    if (await leases.replace(device, before, lease)) {
      if (live_until !== undefined && live_until > (before.live_until ?? 0)) {
        await publish({
          type: 'device.watched',
          version: eventVersion,
          event_id: eventIds.watched(device_id, live_until),
          device_id,
          path: device.path,
          time: toRfc3339(now_s),
          until: toRfc3339(live_until),
        });
      }
      return {
        device_id,
        watched_until: toRfc3339(lease.watched_until),
        live_until: live_until === undefined ? null : toRfc3339(live_until),
        live_left_s,
      };
    }
  }
  throw new Error(`the lease of ${device_id} was renewed by others ${maxTries} times in between`);
}
