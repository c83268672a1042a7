import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { jsonPattern } from './filter-pattern-json.ts';
import type { MessageTest } from './filter-pattern-regex.ts';
import { filterRegex } from './filter-pattern-regex.ts';
import { invalidParameter } from './log-arn.ts';

/** "FilterLogEvents", "PutMetricFilter": the longest pattern. */
const MAX_PATTERN_CHARACTERS = 1024;

/**
 * Compiles a filter pattern (CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters,
 * filter log events, and Live Tail"): terms, quoted phrases, `-exclusion`, `?optional`, `%regular expression%`, and JSON
 * conditions in braces. The empty pattern matches every event. Matching is case sensitive.
 *
 * Throws InvalidParameterException for what the syntax forbids, NotCarriedOut for space-delimited patterns and for `?` mixed
 * with other terms.
 */
export function compileFilterPattern(pattern: string): MessageTest {
  if (pattern.length > MAX_PATTERN_CHARACTERS) throw invalidParameter(`Filter pattern is longer than ${MAX_PATTERN_CHARACTERS} characters`);
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return jsonPattern(text);
  if (text.startsWith('[')) throw new NotCarriedOut('space-delimited filter patterns ("[a, b, …]") of CloudWatch Logs');
  return termPattern(text);
}

interface Term {
  readonly kind: 'required' | 'excluded' | 'optional';
  readonly test: MessageTest;
}

function termPattern(text: string): MessageTest {
  const terms = readTerms(text);
  const optional = terms.filter(({ kind }) => kind === 'optional');
  if (optional.length > 0) {
    if (optional.length < terms.length) throw new NotCarriedOut('a filter pattern that mixes "?" terms with others');
    return (message) => optional.some(({ test }) => test(message));
  }
  return (message) => terms.every(({ kind, test }) => test(message) === (kind === 'required'));
}

const TERM = /\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|([^\s"%]+))(?=\s|$)/y;

function readTerms(text: string): Term[] {
  const terms: Term[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const at = TERM.lastIndex;
    const match = TERM.exec(text);
    if (match === null) throw invalidParameter(`Invalid filter pattern: cannot read a term at position ${at + 1}`);
    const [, sign, phrase, regex, word] = match;
    terms.push({
      kind: sign === '-' ? 'excluded' : sign === '?' ? 'optional' : 'required',
      test: regex === undefined ? contains(phrase?.replace(/\\(.)/g, '$1') ?? plainTerm(word ?? '')) : matching(regex),
    });
  }
  return terms;
}

function contains(needle: string): MessageTest {
  return (message) => message.includes(needle);
}

function matching(source: string): MessageTest {
  const regex = filterRegex(source);
  return (message) => regex.test(message);
}

/** Terms with other characters have to be quoted. */
function plainTerm(word: string): string {
  if (!/^\w+$/.test(word)) throw invalidParameter(`Invalid character(s) in term '${word}'`);
  return word;
}
