import { RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js';

/** Beyond it a single pattern could occupy the process for long on one event, linear time or not. */
const MAX_INSTRUCTIONS = 20_000;
const MAX_CACHED = 200;

const cached = new Map<string, UserPattern>();

/** The text is no regular expression, or one that can't be carried out; `message` says what of it. */
export class PatternRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'PatternRefused';
  }
}

export interface PatternMatch {
  /** In UTF-16 code units, the end behind the last one. */
  readonly start: number;
  readonly end: number;
  /** What each group matched, the whole match first; undefined for a group that took no part. */
  readonly groups: readonly (string | undefined)[];
}

/** A compiled regular expression that matches in a time linear in the length of the text. */
export interface UserPattern {
  /** Named groups with their place in `PatternMatch.groups`, in the order of the pattern. */
  readonly groupNames: ReadonlyMap<string, number>;
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean;
  /** Whether it matches the whole text. */
  matchesWhole(text: string): boolean;
  /** The first match. */
  find(text: string): PatternMatch | undefined;
}

/**
 * Compiles a regular expression that a caller of an AWS service wrote. All services share one process, and a backtracking
 * engine would let one pattern such as `^(a+)+$` stop it for minutes: never give such a text to RegExp. The syntax is RE2's,
 * with `(?<name>…)` and with flags such as `(?i)` anywhere.
 *
 * Throws PatternRefused for what is no regular expression, for what cannot be matched in linear time (lookahead, lookbehind,
 * backreferences, possessive and atomic groups), for repetitions above 1,000 and for patterns of more than 20,000
 * instructions. Compiled patterns are cached.
 */
export function compileUserPattern(source: string, options: { readonly caseInsensitive?: boolean } = {}): UserPattern {
  const key = `${options.caseInsensitive === true ? 'i' : 's'}:${source}`;
  const known = cached.get(key);
  if (known !== undefined) return known;
  const pattern = compile(source, options.caseInsensitive === true ? RE2JS.CASE_INSENSITIVE : 0);
  if (cached.size >= MAX_CACHED) cached.clear();
  cached.set(key, pattern);
  return pattern;
}

function compile(source: string, flags: number): UserPattern {
  let expression: RE2JS;
  try {
    expression = RE2JS.compile(source, flags);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new PatternRefused(reason(error));
  }
  if (expression.programSize() > MAX_INSTRUCTIONS) throw new PatternRefused('it is too large for the local cloud');
  return {
    groupNames: new Map(Object.entries(expression.namedGroups())),
    test: (text) => expression.test(text),
    matchesWhole: (text) => expression.testExact(text),
    find: (text) => {
      const matcher = expression.matcher(text);
      if (!matcher.find()) return undefined;
      const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined);
      return { start: matcher.start(), end: matcher.end(), groups };
    },
  };
}

const NOT_LINEAR: readonly (readonly [RegExp, string])[] = [
  [/^\(\?[=!]/, 'lookahead'],
  [/^\(\?<[=!]/, 'lookbehind'],
  [/^\\(?:[1-9]|k)/, 'a backreference'],
  [/^\(\?>/, 'an atomic group'],
  [/^[*+?}].*\+$/, 'a possessive quantifier'],
];

function reason(error: RE2JSException): string {
  if (!(error instanceof RE2JSSyntaxException)) return error.message;
  const part = error.input;
  if (part === null) return error.error;
  const name = NOT_LINEAR.find(([start]) => start.test(part))?.[1];
  return name === undefined ? `${error.error}: ${part}` : `the local cloud does not carry out ${name}: ${part}`;
}
