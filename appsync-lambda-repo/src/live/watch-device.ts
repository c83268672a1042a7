import { type TokenClaims, toRfc3339 } from '@enstratus/contract';
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
  readonly clock: Clock;
}

/**
 * Renews the lease of a device whose page is open; null when there is no device of this id below the caller's organization. Throws what
 * DynamoDB throws.
 */
export async function watchDevice(
  args: unknown,
  caller: TokenClaims,
  { fleetTable, leases, clock }: WatchReads,
): Promise<WatchLease | null> {
  const { device_id } = checkedArguments(argumentsSchema, args);
  const device = await callersDevice(device_id, caller, fleetTable);
  if (device === undefined) return null;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const before = await leases.lease(device.path);
    const { lease, live_until, live_left_s } = renewed(before, Math.floor(clock() / 1000));
    if (await leases.replace(device, before, lease)) {
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
