import { runStates, type TokenClaims, toRfc3339 } from '@enstratus/contract';
import * as z from 'zod';
import type { Clock } from '../log.ts';
import { checkedArguments } from '../resolver/operations.ts';
import { RequestRefused } from '../resolver/request-refused.ts';
import type { DeviceConnection } from '../schema.generated.ts';
import { deviceNode } from './device-node.ts';
import { type FleetReads, type FoundDevices, nextDevices, nextDevicesInStates, searchDevices, type Wanted } from './find-devices.ts';
import { cursorOf, pathInCursor } from './fleet-cursor.ts';

const maxFirst = 500;
const defaultFirst = 100;
const maxText = 100;
const states = [...runStates, 'unknown'] as const;

const firstRange = `first must be 1 to ${maxFirst}`;
const stateNames = `filter.run_state must be some of ${states.join(', ')}`;
const textLength = `filter.text must be a text of at most ${maxText} characters`;
const cursor = 'after must be the endCursor of a page of this list';

const argumentsSchema = z.object({
  first: z
    .int(firstRange)
    .min(1, firstRange)
    .max(maxFirst, firstRange)
    .nullish()
    .transform((first) => first ?? defaultFirst),
  after: z.string(cursor).nullish(),
  filter: z
    .object(
      {
        run_state: z
          .array(z.enum(states, stateNames), stateNames)
          .min(1, stateNames)
          .transform((given) => [...new Set(given)])
          .nullish(),
        text: z.string(textLength).max(maxText, textLength).nullish(),
      },
      'filter must be an object',
    )
    .nullish(),
});

/**
 * A page of the devices below the caller's organization, in the order of their paths. Throws RequestRefused for arguments that can't be
 * answered, and what DynamoDB throws.
 */
export async function listDevices(
  args: unknown,
  caller: TokenClaims,
  { clock, ...reads }: FleetReads & { readonly clock: Clock },
): Promise<DeviceConnection> {
  const { first, after, filter } = checkedArguments(argumentsSchema, args);
  const wanted: Wanted = {
    organization_path: caller.path,
    after: after === null || after === undefined ? undefined : knownCursor(after, caller),
    first,
    states: filter?.run_state ?? undefined,
  };
  const { devices, latest, siteOf, more, upTo } = await find(wanted, filter?.text?.trim().toLowerCase() ?? '', reads);
  const as_of = toRfc3339(Math.floor(clock() / 1000));
  return {
    edges: devices.map((device) => ({
      cursor: cursorOf(device.path),
      node: deviceNode(device, latest.get(device.path), siteOf(device.path), as_of),
    })),
    pageInfo: { hasNextPage: more, endCursor: upTo === undefined ? null : cursorOf(upTo) },
    as_of,
  };
}

function find(wanted: Wanted, text: string, reads: FleetReads): Promise<FoundDevices> {
  if (text !== '') return searchDevices(text, wanted, reads);
  return wanted.states === undefined ? nextDevices(wanted, reads) : nextDevicesInStates(wanted, wanted.states, reads);
}

function knownCursor(after: string, caller: TokenClaims): string {
  const path = pathInCursor(after, caller.path);
  if (path === undefined) throw new RequestRefused(cursor);
  return path;
}
