import { MalformedQuery } from './malformed-query.ts';
import { periodOf } from './period.ts';
import type { Period, Span } from './syntax.ts';

export type Token = { readonly span: Span; readonly text: string } & (
  | { readonly kind: 'name' /** The field's name without backticks. */; readonly name: string; readonly quoted: boolean }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'period'; readonly period: Period }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'symbol' }
  | { readonly kind: 'end' }
);

const SPACE_AND_COMMENTS = /(?:\s+|#[^\n]*)*/y;
/** A name is made of parts joined by dots; a part is plain, or anything between backticks; `[0]` is an element of a list. */
const NAME = /(?:[A-Za-z_@$][\w@$]*|`[^`]+`)(?:\.(?:[\w@$]+|`[^`]+`)|\[\d+\])*/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const PERIOD = /(\d+)([A-Za-z]+)/y;
const STRING = /"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'/y;
const SYMBOL = /=~|!=|<=|>=|[=<>+\-*/%^(),|[\]]/y;
const REGEX = /\/((?:[^/\\\n]|\\.)+)\//y;

/** Reads a query token by token; a regular expression only where the parser asks for one, because `/` divides too. */
export class Scanner {
  readonly text: string;
  #at = 0;
  /** End of the last token taken, for the text of an expression. */
  #taken = 0;
  #peeked: Token | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Where the next token begins. */
  get start(): number {
    return this.peek().span.start;
  }

  get previousEnd(): number {
    return this.#taken;
  }

  peek(): Token {
    this.#peeked ??= this.#read();
    return this.#peeked;
  }

  take(): Token {
    const token = this.peek();
    this.#peeked = undefined;
    this.#at = token.span.end;
    this.#taken = token.span.end;
    return token;
  }

  /** The regular expression that begins here, if one does. */
  takeRegex(): { source: string; span: Span } | undefined {
    const { start } = this;
    const match = at(REGEX, this.text, start);
    if (match?.[1] === undefined) return undefined;
    this.#peeked = undefined;
    this.#at = this.#taken = REGEX.lastIndex;
    return { source: match[1], span: { start, end: this.#at } };
  }

  #read(): Token {
    SPACE_AND_COMMENTS.lastIndex = this.#at;
    SPACE_AND_COMMENTS.exec(this.text);
    const start = SPACE_AND_COMMENTS.lastIndex;
    if (start >= this.text.length) return { kind: 'end', text: '', span: { start: this.text.length, end: this.text.length } };
    const name = at(NAME, this.text, start);
    if (name !== null) {
      const text = name[0];
      const plain = text.replaceAll('`', '').replace(/\[(\d+)\]/g, '.$1');
      return { kind: 'name', name: plain, quoted: text.includes('`'), text, span: { start, end: NAME.lastIndex } };
    }
    const period = at(PERIOD, this.text, start);
    if (period !== null) {
      const end = PERIOD.lastIndex;
      const length = periodOf(Number(period[1]), period[2] ?? '');
      if (length !== undefined) return { kind: 'period', period: length, text: period[0], span: { start, end } };
    }
    const number = at(NUMBER, this.text, start);
    if (number !== null) return { kind: 'number', value: Number(number[0]), text: number[0], span: { start, end: NUMBER.lastIndex } };
    const string = at(STRING, this.text, start);
    if (string !== null) {
      const value = unescaped(string[1] ?? string[2] ?? '');
      return { kind: 'string', value, text: string[0], span: { start, end: STRING.lastIndex } };
    }
    const symbol = at(SYMBOL, this.text, start);
    if (symbol !== null) return { kind: 'symbol', text: symbol[0], span: { start, end: SYMBOL.lastIndex } };
    throw unexpected(this.text, { start, end: start + 1 });
  }
}

/** "unexpected symbol found … at line L and position P", counted from 1. */
export function unexpected(query: string, span: Span, expected?: string): MalformedQuery {
  const before = query.slice(0, span.start).split('\n');
  const symbol = span.start >= query.length ? 'end of query' : query.slice(span.start, span.end);
  const place = `at line ${before.length} and position ${(before.at(-1)?.length ?? 0) + 1}`;
  return new MalformedQuery(`unexpected symbol found ${symbol} ${place}${expected === undefined ? '' : `: expected ${expected}`}`, span);
}

function at(regex: RegExp, text: string, index: number): RegExpExecArray | null {
  regex.lastIndex = index;
  return regex.exec(text);
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/g, (_all, character: string) => ESCAPED[character] ?? character);
}
