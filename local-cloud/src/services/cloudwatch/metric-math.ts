import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';

/** The value of an expression in one period, from those of what it names; undefined where a value is missing. */
export type Expression = (read: (id: string) => number | undefined) => number | undefined;

export interface CompiledExpression {
  readonly evaluate: Expression;
  /** The ids that it names. */
  readonly names: ReadonlySet<string>;
}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([a-zA-Z]\w*)|([-+*/(),]))/y;
const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};
/** Deeper than anybody writes; a text of thousands of brackets would only exhaust the stack. */
const MAX_DEPTH = 64;

/**
 * Compiles a metric math expression ("Using math expressions with CloudWatch metrics"): numbers, ids, `+ - * /`, brackets and `FILL(<id>, <number>)`. A period in
 * which one of the operands has no value has none. Throws ValidationError for what is no expression, NotCarriedOut for other functions and for
 * Metrics Insights queries.
 */
export function compileExpression(text: string): CompiledExpression {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  readonly #tokens: string[] = [];
  readonly #names = new Set<string>();
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    if (/^\s*select\b/i.test(text)) throw new NotCarriedOut('Metrics Insights queries of CloudWatch');
    TOKEN.lastIndex = 0;
    const end = text.trimEnd().length;
    while (TOKEN.lastIndex < end) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (match === null) {
        const sign = text.slice(at).trimStart()[0] ?? '';
        if (/[\^<>=!&|[\]{}'"]/.test(sign)) throw new NotCarriedOut(`"${sign}" in metric math`);
        throw this.#error();
      }
      this.#tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
    }
  }

  parse(): CompiledExpression {
    const evaluate = this.#sum();
    if (this.#at < this.#tokens.length) throw this.#error();
    return { evaluate, names: this.#names };
  }

  #sum(): Expression {
    return this.#chain(['+', '-'], () => this.#chain(['*', '/'], () => this.#factor()));
  }

  #chain(signs: readonly string[], operand: () => Expression): Expression {
    let left = operand();
    for (let sign = this.#peek(); sign !== undefined && signs.includes(sign); sign = this.#peek()) {
      this.#at += 1;
      left = combined(OPERATORS[sign], left, operand());
    }
    return left;
  }

  #factor(): Expression {
    const token = this.#take();
    if (/^\d/.test(token)) return () => Number(token);
    if (token === '-') {
      const negated = this.#nested(() => this.#factor());
      return (read) => {
        const value = negated(read);
        return value === undefined ? undefined : -value;
      };
    }
    if (token === '(') {
      const inner = this.#nested(() => this.#sum());
      this.#expect(')');
      return inner;
    }
    if (!/^[a-zA-Z]/.test(token)) throw this.#error();
    if (this.#peek() === '(') return this.#call(token);
    // "Using math expressions": an id begins with a lower case letter; capitals are keywords, such as METRICS().
    if (!/^[a-z]/.test(token)) throw new NotCarriedOut(`${token} in metric math`);
    this.#names.add(token);
    return (read) => read(token);
  }

  #call(name: string): Expression {
    if (name !== 'FILL') throw new NotCarriedOut(`the function ${name} of metric math: only FILL`);
    this.#expect('(');
    const filled = this.#nested(() => this.#sum());
    this.#expect(',');
    const sign = this.#peek() === '-' ? this.#take() : '';
    const filling = this.#take();
    if (/^[A-Z]/.test(filling)) throw new NotCarriedOut(`FILL with ${filling} in metric math: only with a number`);
    if (!/^\d/.test(filling)) throw this.#error();
    this.#expect(')');
    const value = Number(`${sign}${filling}`);
    return (read) => filled(read) ?? value;
  }

  #nested(parse: () => Expression): Expression {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.#error();
    const parsed = parse();
    this.#depth -= 1;
    return parsed;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.#error();
    this.#at += 1;
    return token;
  }

  #expect(sign: string): void {
    if (this.#take() !== sign) throw this.#error();
  }

  #error(): AwsError {
    return new AwsError('ValidationError', `Error in expression '${this.#text}': it is not a valid math expression`);
  }
}

function combined(operator: ((left: number, right: number) => number) | undefined, left: Expression, right: Expression): Expression {
  return (read) => {
    const [a, b] = [left(read), right(read)];
    if (a === undefined || b === undefined || operator === undefined) return undefined;
    const value = operator(a, b);
    // A division by zero yields no datapoint.
    return Number.isFinite(value) ? value : undefined;
  };
}
