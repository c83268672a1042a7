import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareKeys, type Listed, type Listing, listPage, type Position } from './listing.ts';

interface Item {
  readonly key: string;
}

const over = (keys: readonly string[]) => {
  const sorted = [...new Set(keys)].toSorted(compareKeys);
  return (position: Position<Item>, limit: number): Item[] =>
    sorted
      .filter((key) => ('from' in position ? compareKeys(key, position.from) >= 0 : compareKeys(key, position.after.key) > 0))
      .slice(0, limit)
      .map((key) => ({ key }));
};

/** What a listing is: the keys in order, each group with the delimiter folded into its first place. */
function expected(keys: readonly string[], prefix: string, delimiter: string): string[] {
  const names = [...new Set(keys)]
    .filter((key) => key.startsWith(prefix))
    .toSorted(compareKeys)
    .map((key) => {
      const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      return end < 0 ? key : `${key.slice(0, end + delimiter.length)}*`;
    });
  return [...new Set(names)];
}

const nameOf = (entry: Listed<Item>) => ('item' in entry ? entry.item.key : `${entry.commonPrefix}*`);

/** Few characters, so that prefixes and groups happen; some of them sort differently in UTF-16. */
const key = fc.array(fc.constantFrom('a', 'b', '/', '!', 'é', '\u{ff5e}', '\u{1f600}', '\u{10ffff}'), { minLength: 1, maxLength: 6 });
const text = key.map((characters) => characters.join(''));

it('gives every key once and in order, whatever the page size, prefix and delimiter', () => {
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 120 }),
      fc.constantFrom('', 'a', 'a/', '/', '\u{10ffff}'),
      fc.constantFrom('', '/', 'b', '\u{10ffff}'),
      fc.integer({ min: 1, max: 40 }),
      (keys, prefix, delimiter, limit) => {
        const names: string[] = [];
        let start: Position<Item> = { from: '' };
        let skipPrefix: string | undefined;
        for (;;) {
          const { entries, isTruncated }: Listing<Item> = listPage({ prefix, delimiter, start, skipPrefix, limit, scan: over(keys) });
          names.push(...entries.map(nameOf));
          expect(names.length).toBeLessThanOrEqual(keys.length);
          const last = entries.at(-1);
          if (!isTruncated || last === undefined) break;
          expect(entries).toHaveLength(limit);
          skipPrefix = 'item' in last ? undefined : last.commonPrefix;
          start = 'item' in last ? { after: last.item } : { from: `${last.commonPrefix}\0` };
        }
        expect(names).toEqual(expected(keys, prefix, delimiter));
      },
    ),
    { numRuns: 300 },
  );
});

it('jumps over a folded group without reading it', () => {
  const keys = [...Array.from({ length: 5000 }, (_, index) => `group/${String(index).padStart(5, '0')}`), 'last'];
  let scanned = 0;
  const scan = over(keys);
  const counted = (position: Position<Item>, limit: number) => {
    const items = scan(position, limit);
    scanned += items.length;
    return items;
  };
  const { entries } = listPage({ prefix: '', delimiter: '/', start: { from: '' }, limit: 1000, scan: counted });
  expect(entries.map(nameOf)).toEqual(['group/*', 'last']);
  expect(scanned).toBeLessThan(200);
});
