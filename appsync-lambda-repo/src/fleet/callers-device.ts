import { coversPath, deviceIdSchema, type TokenClaims } from '@enstratus/contract';
import * as z from 'zod';
import type { DeviceRow, FleetTable } from './device-rows.ts';

/** Any text will do: what can't be a device's id is answered like the id of a device that isn't there. */
export const deviceArgument = z.string('device_id must be a text');

/**
 * The device of this id if it lies below the caller's organization. undefined says that there is none for this caller, whether it is somebody else's,
 * unknown, or no device's id at all: the three can't be told apart. Throws what DynamoDB throws.
 */
export async function callersDevice(
  device_id: string,
  caller: TokenClaims,
  table: Pick<FleetTable, 'device'>,
): Promise<DeviceRow | undefined> {
  if (!deviceIdSchema.safeParse(device_id).success) return undefined;
  const device = await table.device(device_id);
  return device !== undefined && coversPath(caller.path, device.path) ? device : undefined;
}
