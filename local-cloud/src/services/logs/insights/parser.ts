import { MalformedQuery } from './malformed-query.ts';
import { globPattern, javaPattern } from './patterns.ts';
import { Scanner, type Token, unexpected } from './scanner.ts';
import type { BinaryOperator, Command, Expression, NamedExpression, Query, SortKey, Span } from './syntax.ts';

/** Commands that Logs Insights has and this local cloud hasn't: they fail by their name. */
const NOT_CARRIED_OUT = new Set([
  'source',
  'pattern',
  'diff',
  'anomaly',
  'unnest',
  'unmask',
  'join',
  'lookup',
  'filterindex',
  'compare',
  'append',
  'subquery',
  'addtotals',
  'outlier',
  'forecast',
  'relevantfields',
]);
const RESERVED = new Set(['as', 'by', 'and', 'or', 'not', 'like', 'in', 'asc', 'desc']);
/** "StartQuery": the longest query. */
const MAX_QUERY_CHARACTERS = 10_000;
/** "limit": the largest. */
export const MAX_LIMIT = 100_000;
const MAX_NESTING = 200;
/** Each operator is a level of the expression; more of them would not fit on the stack. */
const MAX_OPERATORS = 1_000;

/**
 * Reads a query of the Logs Insights query language (CloudWatch Logs User Guide, "CloudWatch Logs Insights language query
 * syntax"). Throws MalformedQuery, and nothing else, with the place that is to blame.
 */
export function parseQuery(text: string): Query {
  if (text.length > MAX_QUERY_CHARACTERS)
    throw new MalformedQuery(`The query is longer than ${MAX_QUERY_CHARACTERS} characters`, {
      start: MAX_QUERY_CHARACTERS,
      end: text.length,
    });
  return new Parser(text).query();
}

class Parser {
  readonly #text: string;
  readonly #scanner: Scanner;
  #nesting = 0;
  #operators = 0;

  constructor(text: string) {
    this.#text = text;
    this.#scanner = new Scanner(text);
  }

  query(): Query {
    const commands = [this.#command()];
    while (this.#takeSymbol('|')) commands.push(this.#command());
    const rest = this.#scanner.peek();
    if (rest.kind !== 'end') throw unexpected(this.#text, rest.span);
    return { commands };
  }

  #command(): Command {
    const token = this.#scanner.take();
    if (token.kind !== 'name') throw unexpected(this.#text, token.span, 'a command');
    const name = token.name.toLowerCase();
    const { start } = token.span;
    const span = (): Span => ({ start, end: this.#scanner.previousEnd });
    switch (name) {
      case 'fields':
        return { kind: 'fields', items: this.#list(() => this.#named()), span: span() };
      case 'display':
        return { kind: 'display', items: this.#list(() => this.#named()), span: span() };
      case 'filter':
        return { kind: 'filter', condition: this.#expression(), span: span() };
      case 'stats': {
        const values = this.#list(() => this.#named());
        const by = this.#takeWord('by') ? this.#list(() => this.#named()) : [];
        return { kind: 'stats', values, by, span: span() };
      }
      case 'sort':
        return { kind: 'sort', keys: this.#list(() => this.#sortKey()), span: span() };
      case 'limit':
        return { kind: 'limit', count: this.#limit(), span: span() };
      case 'dedup':
        return { kind: 'dedup', keys: this.#list(() => this.#expression()), span: span() };
      case 'parse':
        return this.#parse(start);
      default:
        if (NOT_CARRIED_OUT.has(name))
          throw new MalformedQuery(
            `The local cloud does not carry out the command ${name} of Logs Insights. See local-cloud/LIMITS.md.`,
            token.span,
          );
        throw unexpected(this.#text, token.span, 'a command');
    }
  }

  #limit(): number {
    const token = this.#scanner.take();
    if (token.kind === 'name' && token.name.toLowerCase() === 'any')
      throw new MalformedQuery('The local cloud does not carry out "limit any" of Logs Insights. See local-cloud/LIMITS.md.', token.span);
    if (token.kind !== 'number' || !Number.isInteger(token.value) || token.value < 1 || token.value > MAX_LIMIT)
      throw unexpected(this.#text, token.span, `a whole number from 1 to ${MAX_LIMIT}`);
    return token.value;
  }

  /** `sort` without a direction: ascending (the "sort" page doesn't say). */
  #sortKey(): SortKey {
    const expression = this.#expression();
    if (this.#takeWord('desc')) return { expression, descending: true };
    this.#takeWord('asc');
    return { expression, descending: false };
  }

  #parse(start: number): Command {
    let regex = this.#scanner.takeRegex();
    let subject: Expression = { kind: 'field', name: '@message', text: '@message', span: { start, end: start } };
    if (regex === undefined && this.#scanner.peek().kind !== 'string') {
      subject = this.#primary();
      regex = this.#scanner.takeRegex();
    }
    const span = (): Span => ({ start, end: this.#scanner.previousEnd });
    if (regex !== undefined) {
      const pattern = javaPattern(regex.source, regex.span);
      const names = [...pattern.groupNames.keys()];
      if (names.length === 0) throw new MalformedQuery('The regular expression of parse has no named group (?<name>…)', regex.span);
      return { kind: 'parse', subject, pattern, names, span: span() };
    }
    const token = this.#scanner.take();
    if (token.kind !== 'string') throw unexpected(this.#text, token.span, 'a glob in quotation marks or a regular expression in slashes');
    if (!this.#takeWord('as')) throw unexpected(this.#text, this.#scanner.peek().span, 'as');
    const names = this.#list(() => this.#fieldName());
    const { pattern, wildcards } = globPattern(token.value, token.span);
    if (wildcards !== names.length)
      throw new MalformedQuery(`The glob of parse has ${wildcards} asterisks and ${names.length} names`, {
        start: token.span.start,
        end: this.#scanner.previousEnd,
      });
    return { kind: 'parse', subject, pattern, names, span: span() };
  }

  #named(): NamedExpression {
    const expression = this.#expression();
    if (this.#takeWord('as')) return { expression, name: this.#fieldName(), aliased: true };
    return { expression, name: expression.kind === 'field' ? expression.name : expression.text, aliased: false };
  }

  #fieldName(): string {
    const token = this.#scanner.take();
    if (token.kind !== 'name' || (!token.quoted && RESERVED.has(token.name.toLowerCase())))
      throw unexpected(this.#text, token.span, 'a field name');
    return token.name;
  }

  #list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.#takeSymbol(',')) items.push(item());
    return items;
  }

  #expression(): Expression {
    if (++this.#nesting > MAX_NESTING) throw new MalformedQuery('The query is nested too deeply', this.#scanner.peek().span);
    const expression = this.#leftToRight(['or'], () => this.#leftToRight(['and'], () => this.#not()));
    this.#nesting--;
    return expression;
  }

  #not(): Expression {
    const { start } = this.#scanner;
    if (!this.#takeWord('not')) return this.#comparison();
    if (++this.#nesting > MAX_NESTING) throw new MalformedQuery('The query is nested too deeply', this.#scanner.peek().span);
    const operand = this.#not();
    this.#nesting--;
    return { kind: 'unary', operator: 'not', operand, text: this.#textFrom(start) };
  }

  #comparison(): Expression {
    const { start } = this.#scanner;
    const left = this.#sum();
    for (const operator of ['=', '!=', '<=', '>=', '<', '>'] as const) {
      if (this.#takeSymbol(operator)) return { kind: 'binary', operator, left, right: this.#sum(), text: this.#textFrom(start) };
    }
    const negated = this.#takeWord('not');
    let test: Expression | undefined;
    if (this.#takeWord('like') || (!negated && this.#takeSymbol('=~'))) test = this.#match(left, start);
    else if (this.#takeWord('in')) test = this.#membership(left, start);
    if (test === undefined) {
      if (negated) throw unexpected(this.#text, this.#scanner.peek().span, 'like or in');
      return left;
    }
    return negated ? { kind: 'unary', operator: 'not', operand: test, text: test.text } : test;
  }

  #match(subject: Expression, start: number): Expression {
    const regex = this.#scanner.takeRegex();
    if (regex !== undefined) return { kind: 'match', subject, pattern: javaPattern(regex.source, regex.span), text: this.#textFrom(start) };
    const token = this.#scanner.take();
    if (token.kind !== 'string') throw unexpected(this.#text, token.span, 'a text in quotation marks or a regular expression in slashes');
    return { kind: 'match', subject, pattern: token.value, text: this.#textFrom(start) };
  }

  #membership(subject: Expression, start: number): Expression {
    this.#expectSymbol('[');
    const values = this.#list(() => this.#sum());
    this.#expectSymbol(']');
    return { kind: 'in', subject, values, text: this.#textFrom(start) };
  }

  #sum(): Expression {
    return this.#leftToRight(['+', '-'], () => this.#leftToRight(['*', '/', '%'], () => this.#power()));
  }

  #power(): Expression {
    const { start } = this.#scanner;
    const left = this.#negation();
    if (!this.#takeSymbol('^')) return left;
    this.#countOperator();
    return { kind: 'binary', operator: '^', left, right: this.#power(), text: this.#textFrom(start) };
  }

  #negation(): Expression {
    const { start } = this.#scanner;
    if (!this.#takeSymbol('-')) return this.#primary();
    if (++this.#nesting > MAX_NESTING) throw new MalformedQuery('The query is nested too deeply', this.#scanner.peek().span);
    const operand = this.#negation();
    this.#nesting--;
    return { kind: 'unary', operator: '-', operand, text: this.#textFrom(start) };
  }

  #primary(): Expression {
    const token = this.#scanner.take();
    const { span } = token;
    if (token.kind === 'number' || token.kind === 'string') return { kind: 'literal', value: token.value, text: token.text };
    if (token.kind === 'period') return { kind: 'period', period: token.period, text: token.text };
    if (token.kind === 'symbol' && token.text === '(') {
      const inner = this.#expression();
      this.#expectSymbol(')');
      return { ...inner, text: this.#textFrom(span.start) };
    }
    if (token.kind !== 'name' || (!token.quoted && RESERVED.has(token.name.toLowerCase())))
      throw unexpected(this.#text, span, 'an expression');
    if (!token.quoted && this.#nextIs('(')) return this.#call(token);
    if (!token.quoted && /^(?:true|false)$/i.test(token.name))
      return { kind: 'literal', value: token.name.toLowerCase() === 'true', text: token.text };
    return { kind: 'field', name: token.name, text: token.text, span };
  }

  #call(token: Token & { kind: 'name' }): Expression {
    this.#expectSymbol('(');
    const name = token.name.toLowerCase();
    let values: Expression[] = [];
    if (this.#takeSymbol('*')) values = [{ kind: 'star', text: '*' }];
    else if (!this.#nextIs(')')) values = this.#list(() => this.#expression());
    this.#expectSymbol(')');
    return { kind: 'call', name, arguments: values, text: this.#textFrom(token.span.start), span: token.span };
  }

  #leftToRight(operators: readonly BinaryOperator[], operand: () => Expression): Expression {
    const { start } = this.#scanner;
    let left = operand();
    for (;;) {
      const operator = operators.find((each) => (/^\w/.test(each) ? this.#takeWord(each) : this.#takeSymbol(each)));
      if (operator === undefined) return left;
      this.#countOperator();
      left = { kind: 'binary', operator, left, right: operand(), text: this.#textFrom(start) };
    }
  }

  #countOperator(): void {
    if (++this.#operators > MAX_OPERATORS)
      throw new MalformedQuery(`The query has more than ${MAX_OPERATORS} operators`, this.#scanner.peek().span);
  }

  #textFrom(start: number): string {
    return this.#text.slice(start, this.#scanner.previousEnd);
  }

  #nextIs(symbol: string): boolean {
    const token = this.#scanner.peek();
    return token.kind === 'symbol' && token.text === symbol;
  }

  #takeSymbol(symbol: string): boolean {
    if (!this.#nextIs(symbol)) return false;
    this.#scanner.take();
    return true;
  }

  #expectSymbol(symbol: string): void {
    if (!this.#takeSymbol(symbol)) throw unexpected(this.#text, this.#scanner.peek().span, symbol);
  }

  #takeWord(word: string): boolean {
    const token = this.#scanner.peek();
    if (token.kind !== 'name' || token.quoted || token.name.toLowerCase() !== word) return false;
    this.#scanner.take();
    return true;
  }
}
