import { compileUserPattern, PatternRefused, type UserPattern } from '../../../kernel/user-pattern.ts';
import { MalformedQuery } from './malformed-query.ts';
import type { Span } from './syntax.ts';

/** What AWS's dialect, which is Java's, and the local cloud's (RE2's) both read, but not alike. */
const READ_OTHERWISE: readonly (readonly [RegExp, string])[] = [
  [/\(\?P[<=>]/, '(?P'],
  [/\(\?[a-z]*U/, 'the flag U'],
  [/\[\^?\]?[^\][]*(?:&&|\[)/, 'a character class within another, or an intersection of them'],
];

/**
 * The regular expression of a query, with flags such as `(?i)` anywhere. What the local cloud doesn't match, or not as AWS
 * would, fails as MalformedQueryException with its name.
 */
export function javaPattern(source: string, span: Span): UserPattern {
  const refused = (what: string) => new MalformedQuery(`The regular expression /${source}/ cannot be carried out: ${what}`, span);
  const unescaped = source.replace(/\\[\s\S]/g, '__');
  const otherwise = READ_OTHERWISE.find(([pattern]) => pattern.test(unescaped))?.[1];
  if (otherwise !== undefined) throw refused(`the local cloud does not carry out ${otherwise}`);
  try {
    return compileUserPattern(source);
  } catch (error) {
    if (!(error instanceof PatternRefused)) throw error;
    throw refused(error.message);
  }
}

/** `*` takes as little as possible, the last one at the end of the glob all that remains ("parse"). */
export function globPattern(glob: string, span: Span): { pattern: UserPattern; wildcards: number } {
  const parts = glob.split('*');
  const source = parts.map((part, index) => {
    if (index === parts.length - 1) return literalPattern(part);
    const last = index === parts.length - 2 && parts.at(-1) === '';
    return `${literalPattern(part)}${last ? '(.*)' : '(.*?)'}`;
  });
  try {
    return { pattern: compileUserPattern(`(?s)${source.join('')}`), wildcards: parts.length - 1 };
  } catch (error) {
    if (!(error instanceof PatternRefused)) throw error;
    throw new MalformedQuery(`The glob of parse cannot be carried out: ${error.message}`, span);
  }
}

/** The source of a regular expression that matches this text and nothing else. */
export function literalPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
