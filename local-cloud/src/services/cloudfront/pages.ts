import { z } from 'zod';
import { cfnNumber } from '../../kernel/resource-type.ts';

/** The members by which every list is asked for. */
export const paging = { Marker: z.string().optional(), MaxItems: cfnNumber.optional() };

const MAX_ITEMS = 100;

/** One page of a list that is in the order of its keys: `Marker` is the key of the last item of the page before. */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { Marker = '', MaxItems = MAX_ITEMS }: { Marker?: string | undefined; MaxItems?: number | undefined },
): { items: T[]; members: { MaxItems: number; Quantity: number; NextMarker?: string } } {
  const after = items.filter((item) => keyOf(item) > Marker);
  const shown = after.slice(0, MaxItems);
  const last = shown.at(-1);
  return {
    items: shown,
    members: {
      MaxItems,
      Quantity: shown.length,
      ...(shown.length < after.length && last !== undefined ? { NextMarker: keyOf(last) } : {}),
    },
  };
}
