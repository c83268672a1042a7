import { MalformedQuery } from './malformed-query.ts';
import type { Span } from './syntax.ts';

/**
 * The regular expression of a query. Flags such as `(?i)` are taken at the beginning only, where they hold for the whole;
 * what the two dialects (AWS's is Java's) don't share fails.
 */
export function javaPattern(source: string, span: Span): RegExp {
  const [, anchor, flags, rest] = /^(\^?)\(\?([ims]+)\)([\s\S]*)$/.exec(source) ?? [];
  try {
    return flags === undefined ? new RegExp(source) : new RegExp(`${anchor}${rest}`, [...new Set(flags)].join(''));
  } catch (error) {
    throw new MalformedQuery(`The regular expression /${source}/ cannot be carried out: ${(error as Error).message}`, span);
  }
}

/** `*` takes as little as possible, the last one at the end of the glob all that remains ("parse"). */
export function globPattern(glob: string): { pattern: RegExp; wildcards: number } {
  const parts = glob.split('*');
  const source = parts.map((part, index) => {
    if (index === parts.length - 1) return literalPattern(part);
    const last = index === parts.length - 2 && parts.at(-1) === '';
    return `${literalPattern(part)}${last ? '([\\s\\S]*)' : '([\\s\\S]*?)'}`;
  });
  return { pattern: new RegExp(source.join('')), wildcards: parts.length - 1 };
}

/** The source of a regular expression that matches this text and nothing else. */
export function literalPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
