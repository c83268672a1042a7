import { subtreePrefix, type TokenClaims } from '@enstratus/contract';
import * as z from 'zod';
import { callersDevice, deviceArgument } from '../fleet/callers-device.ts';
import type { FleetTable } from '../fleet/device-rows.ts';
import { checkedArguments } from '../resolver/operations.ts';

const argumentsSchema = z.object({ device_id: deviceArgument });

/** Which messages somebody may get who wants to hear of a device. */
export interface WatchScope {
  readonly device_id: string;
  /** What the path in each message must begin with: the caller's organization, with a slash. */
  readonly path_prefix: string;
}

/** What a subscription to a device may hear; null when there is no device of this id below the caller's organization. Throws what DynamoDB throws. */
export async function checkWatch(
  args: unknown,
  caller: TokenClaims,
  { fleetTable }: { readonly fleetTable: Pick<FleetTable, 'device'> },
): Promise<WatchScope | null> {
  const { device_id } = checkedArguments(argumentsSchema, args);
  const device = await callersDevice(device_id, caller, fleetTable);
  return device === undefined ? null : { device_id: device.device_id, path_prefix: subtreePrefix(caller.path) };
}
