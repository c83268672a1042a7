import {
  decodePack,
  defaultEverySeconds,
  deviceKey,
  maxPackDocuments,
  packSortKeyRange,
  packSortKeysBetween,
  type StatusDocument,
} from '@enstratus/contract';
import type { Log } from '../log.ts';
import { type Item, text } from '../table/attributes.ts';
import type { Range, Table } from '../table/table.ts';
import type { SeriesWindow } from './series-window.ts';

/**
 * A pack stands at the time of its FIRST document, so one that began before the window may reach into it: by 14 minutes where documents are a
 * minute apart, by 14 hours where they are an hour apart, the most there is.
 */
const usualReach_s = (maxPackDocuments - 1) * defaultEverySeconds;
/**
 * Packs with documents further apart are found as those right before: a device takes one document after the other, so of the packs before a time only
 * the last can reach over it. A few more cost nothing (four of them are one read of 4 KB) and help where a device's clock was set back.
 */
const packsBefore = 4;
/** A week of packs of 15 minutes is some 600 KB, so that each slice is one answer of at most 1 MB, and all are read at the same time. */
const slice_s = 7 * 86_400;

/**
 * The documents of all packs that may reach into a window, in the order of their packs; some of them lie outside. A pack that can't be understood is
 * logged and left out: what it held is a gap. Throws what DynamoDB throws.
 */
export async function documentsAround(
  device_id: string,
  { from, to }: SeriesWindow,
  table: Table,
  log: Log,
): Promise<Iterable<StatusDocument>> {
  const place = { partition: deviceKey(device_id).pk };
  const attributes = ['sk', 'pack'];
  const begin = from - usualReach_s;
  const before: Range = { first: packSortKeyRange.first, last: packSortKeysBetween(begin, begin).first };
  const [earlier, ...slices] = await Promise.all([
    table.range(place, before, { attributes, limit: packsBefore, newestFirst: true }),
    ...slicesOf(begin, to).map((range) => table.range(place, range, { attributes })),
  ]);
  return documentsOf([...earlier.items.toReversed(), ...slices.flatMap(({ items }) => items)], { device_id, log });
}

/** Ranges of sort keys that together cover all packs whose first document lies in [from, to). */
function slicesOf(from: number, to: number): Range[] {
  return Array.from({ length: Math.ceil((to - from) / slice_s) }, (_, index) => {
    const first = from + index * slice_s;
    return packSortKeysBetween(first, Math.min(first + slice_s, to) - 1);
  });
}

function* documentsOf(
  items: readonly Item[],
  { device_id, log }: { readonly device_id: string; readonly log: Log },
): Iterable<StatusDocument> {
  for (const item of items) {
    const decoded = decodePack(text(item, 'pack'));
    if (decoded.ok) yield* decoded.documents;
    else log.error('item not understood', { device_id, sk: item['sk']?.S, error_message: decoded.detail });
  }
}
