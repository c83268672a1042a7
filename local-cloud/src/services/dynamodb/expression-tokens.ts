/** A part of an expression. Keywords are words: which ones they are depends on the expression's kind. */
interface Token {
  readonly kind: 'word' | 'name' | 'value' | 'number' | 'symbol' | 'unknown' | 'end';
  readonly text: string;
  readonly begin: number;
  readonly end: number;
}

/** Bytes of an expression (Developer Guide, "Constraints in Amazon DynamoDB", "Expression parameters"). */
const MAX_EXPRESSION_BYTES = 4096;
/** Operators and functions of an expression (the same page). */
const MAX_OPERATORS = 300;
/** Parts of a document path: nothing lies deeper than 32 levels (the same page). */
const MAX_PATH_LEVELS = 32;
const MAX_LIST_INDEX = 2 ** 31 - 1;

/** Words, `#names`, `:values`, numbers and symbols; `_` begins none of them, so that it is unknown where a word should begin. */
const TOKEN = /\s*(?:([A-Za-z]\w*)|(#\w+)|(:\w+)|(\d+)|(<>|<=|>=|[=<>(),.[\]+-])|(.))/suy;
const KINDS = ['word', 'name', 'value', 'number', 'symbol', 'unknown'] as const;

/** An error of syntax, in dynalite's form: it is told as `Syntax error; ` with this message. */
class ExpressionSyntaxError extends Error {
  override readonly name = 'SyntaxError';
}

/** Reads an expression from left to right, and throws in the words of the service where it can't go on. */
export class ExpressionTokens {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #keywords: ReadonlySet<string>;
  readonly #parentheses: number[] = [];
  #next = 0;
  #operators = 0;

  /** Keywords in capitals; they are known in any case. Throws when the expression is over 4 KB. */
  constructor(text: string, keywords: readonly string[]) {
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_EXPRESSION_BYTES) {
      throw new Error(`Expression size has exceeded the maximum allowed size; expression size: ${bytes}`);
    }
    this.#text = text;
    this.#tokens = tokensOf(text);
    this.#keywords = new Set(keywords);
  }

  /** Whether the next token is this symbol or keyword. */
  is(symbol: string): boolean {
    const token = this.#peek();
    if (token.kind === 'word') return this.#keywords.has(symbol) && token.text.toUpperCase() === symbol;
    return token.kind === 'symbol' && token.text === symbol;
  }

  /** Goes on behind an opening parenthesis if one comes next, and remembers it for `withoutParentheses`. */
  open(): boolean {
    return this.#takeParenthesis('(');
  }

  /** Goes on behind the parenthesis that closes one of `open`. Throws when none comes next. */
  close(): void {
    if (!this.#takeParenthesis(')')) throw this.unexpected();
  }

  /** The expression without the parentheses of `open` and `close`. */
  withoutParentheses(): string {
    const parts: string[] = [];
    let from = 0;
    for (const at of this.#parentheses) {
      parts.push(this.#text.slice(from, at));
      from = at + 1;
    }
    return [...parts, this.#text.slice(from)].join(' ');
  }

  /** Goes on behind the next token if it is this symbol or keyword. */
  take(symbol: string): boolean {
    if (!this.is(symbol)) return false;
    this.#next += 1;
    return true;
  }

  /** The one of these that comes next, behind which it goes on. */
  takeAny<T extends string>(symbols: readonly T[]): T | undefined {
    return symbols.find((symbol) => this.take(symbol));
  }

  expect(symbol: string): void {
    if (!this.take(symbol)) throw this.unexpected();
  }

  /** `:value`, if one comes next. */
  takeValue(): string | undefined {
    return this.#takeKind('value');
  }

  /** A function's name, if one and its parenthesis come next; it goes on behind the parenthesis. */
  takeFunction(): string | undefined {
    const [name, parenthesis] = [this.#peek(), this.#tokens[this.#next + 1]];
    if (name.kind !== 'word' || this.#isKeyword(name) || parenthesis?.text !== '(') return undefined;
    this.#next += 2;
    return name.text;
  }

  /** A path: words, `#names` and list indexes as they are written. Throws when none comes next. */
  path(): (string | number)[] {
    const path: (string | number)[] = [this.#pathName()];
    for (;;) {
      if (this.take('.')) path.push(this.#pathName());
      else if (this.take('[')) path.push(this.#listIndex());
      else break;
    }
    if (path.length > MAX_PATH_LEVELS) {
      throw new Error(`The document path has too many nesting levels; nesting levels: ${path.length}`);
    }
    return path;
  }

  /** Notes an operator or function. Throws at the one too many. */
  countOperator(): void {
    this.#operators += 1;
    if (this.#operators > MAX_OPERATORS) {
      throw new Error(`The expression contains too many operators; operator count: ${this.#operators}`);
    }
  }

  expectEnd(): void {
    if (this.#peek().kind !== 'end') throw this.unexpected();
  }

  /** The error that the next token must not stand here. */
  unexpected(): Error {
    const token = this.#peek();
    const from = this.#tokens[this.#next - 1]?.begin ?? (token.kind === 'end' ? 0 : token.begin);
    const to = this.#tokens[this.#next + 1]?.end ?? token.end;
    return new ExpressionSyntaxError(`token: "${token.text}", near: "${this.#text.slice(from, to)}"`);
  }

  #takeParenthesis(symbol: '(' | ')'): boolean {
    const { begin } = this.#peek();
    if (!this.take(symbol)) return false;
    this.#parentheses.push(begin);
    return true;
  }

  #pathName(): string {
    const name = this.#takeKind('name') ?? (this.#isKeyword(this.#peek()) ? undefined : this.#takeKind('word'));
    if (name === undefined) throw this.unexpected();
    return name;
  }

  #listIndex(): number {
    const digits = this.#takeKind('number');
    if (digits === undefined) throw this.unexpected();
    this.expect(']');
    if (Number(digits) > MAX_LIST_INDEX) throw new Error(`List index is not within the allowable range; index: [${digits}]`);
    return Number(digits);
  }

  #takeKind(kind: Token['kind']): string | undefined {
    const token = this.#peek();
    if (token.kind !== kind) return undefined;
    this.#next += 1;
    return token.text;
  }

  #isKeyword(token: Token): boolean {
    return token.kind === 'word' && this.#keywords.has(token.text.toUpperCase());
  }

  #peek(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new Error('an expression was read beyond its end');
    return token;
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const group = KINDS.findIndex((_, index) => match?.[index + 1] !== undefined);
    const found = match[group + 1] ?? '';
    // White space at the very end is no token, although `.` matches it.
    if (found.trim() === '') break;
    const end = match.index + match[0].length;
    tokens.push({ kind: KINDS[group] ?? 'unknown', text: found, begin: end - found.length, end });
  }
  const last = tokens.at(-1)?.end ?? text.length;
  tokens.push({ kind: 'end', text: '<EOF>', begin: last, end: last });
  return tokens;
}
