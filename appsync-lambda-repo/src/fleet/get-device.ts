import { type TokenClaims, toRfc3339 } from '@enstratus/contract';
import * as z from 'zod';
import type { Clock } from '../log.ts';
import { checkedArguments } from '../resolver/operations.ts';
import type { Device } from '../schema.generated.ts';
import { callersDevice, deviceArgument } from './callers-device.ts';
import { deviceNode } from './device-node.ts';
import type { FleetReads } from './find-devices.ts';

const argumentsSchema = z.object({ device_id: deviceArgument });

/** A device with its newest status, or null when there is none of this id below the caller's organization. Throws what DynamoDB throws. */
export async function getDevice(
  args: unknown,
  caller: TokenClaims,
  { table, siteNames, clock }: FleetReads & { readonly clock: Clock },
): Promise<Device | null> {
  const { device_id } = checkedArguments(argumentsSchema, args);
  const device = await callersDevice(device_id, caller, table);
  if (device === undefined) return null;
  const [latest, siteOf] = await Promise.all([table.latest(device.path), siteNames.of([device.path])]);
  return deviceNode(device, latest, siteOf(device.path), toRfc3339(Math.floor(clock() / 1000)));
}
