/** Where a scan begins: at a key, or behind an item that was seen. */
export type Position<T> = { readonly from: string } | { readonly after: T };

export type Listed<T> = { readonly item: T } | { readonly commonPrefix: string };

export interface ListingRequest<T> {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  readonly start: Position<T>;
  /** A common prefix that an earlier page ended with. */
  readonly skipPrefix?: string | undefined;
  /** Items and common prefixes together. */
  readonly limit: number;
  /** Up to `limit` items at or behind the position, by key in UTF-8 binary order. */
  scan(position: Position<T>, limit: number): readonly T[];
}

export interface Listing<T> {
  readonly entries: readonly Listed<T>[];
  readonly isTruncated: boolean;
}

const FIRST_SCAN = 64;

/**
 * One page of a listing as S3 makes it (Amazon S3 User Guide, "Organizing objects using prefixes"): keys that hold the
 * delimiter behind the prefix fold into one common prefix each. A folded group is jumped over, not read through.
 */
export function listPage<T extends { readonly key: string }>(request: ListingRequest<T>): Listing<T> {
  const { prefix, delimiter, limit } = request;
  const entries: Listed<T>[] = [];
  if (limit === 0) return { entries, isTruncated: false };
  let position: Position<T> = request.start;
  if (compareKeys('from' in position ? position.from : position.after.key, prefix) < 0) position = { from: prefix };
  let folded = request.skipPrefix;
  let size = Math.min(FIRST_SCAN, limit + 1);
  for (;;) {
    const batch = request.scan(position, size);
    for (const item of batch) {
      position = { after: item };
      if (folded !== undefined && item.key.startsWith(folded)) continue;
      if (!item.key.startsWith(prefix)) return { entries, isTruncated: false };
      if (entries.length === limit) return { entries, isTruncated: true };
      const end = delimiter === '' ? -1 : item.key.indexOf(delimiter, prefix.length);
      folded = end < 0 ? undefined : item.key.slice(0, end + delimiter.length);
      entries.push(folded === undefined ? { item } : { commonPrefix: folded });
    }
    if (batch.length < size) return { entries, isTruncated: false };
    if (folded !== undefined) {
      const next = keyBehind(folded);
      if (next === undefined) return { entries, isTruncated: false };
      position = { from: next };
      folded = undefined;
    }
    size = Math.min(size * 2, limit + 1);
  }
}

/** Compares keys as S3 sorts them: by the bytes of their UTF-8. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The smallest text greater than everything that begins with `prefix`, or undefined when nothing is. */
export function keyBehind(prefix: string): string | undefined {
  const characters = [...prefix];
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const code = last.codePointAt(0) ?? 0;
    if (code === 0x10ffff) continue;
    // Surrogates aren't characters: behind U+D7FF comes U+E000.
    return characters.join('') + String.fromCodePoint(code === 0xd7ff ? 0xe000 : code + 1);
  }
  return undefined;
}
