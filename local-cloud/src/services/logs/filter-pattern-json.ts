import { filterRegex, type MessageTest } from './filter-pattern-regex.ts';
import { literalPattern } from './insights/patterns.ts';
import { invalidParameter } from './log-arn.ts';

type Test = (event: unknown) => boolean;
type Step = string | number | typeof ANY_ELEMENT;
type Scalar = string | number | boolean | null;

const ANY_ELEMENT = Symbol('[*]');

/** A pattern that no event which isn't JSON can match: `{ $.level = "ERROR" && ($.x > 3 || $.y NOT EXISTS) }`. */
export function jsonPattern(text: string): MessageTest {
  const test = new JsonPatternParser(text).parse();
  return (message) => {
    const first = message.trimStart()[0];
    if (first !== '{' && first !== '[') return false;
    let event: unknown;
    try {
      event = JSON.parse(message);
    } catch {
      return false;
    }
    return test(event);
  };
}

class JsonPatternParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Test {
    this.#expect(/\{/y);
    const test = this.#any();
    this.#expect(/\}/y);
    if (this.#at < this.#text.length) throw this.#error();
    return test;
  }

  #any(): Test {
    const tests = [this.#all()];
    while (this.#take(/\|\|/y) !== undefined) tests.push(this.#all());
    return tests.length === 1 ? (tests[0] as Test) : (event) => tests.some((test) => test(event));
  }

  #all(): Test {
    const tests = [this.#condition()];
    while (this.#take(/&&/y) !== undefined) tests.push(this.#condition());
    return tests.length === 1 ? (tests[0] as Test) : (event) => tests.every((test) => test(event));
  }

  #condition(): Test {
    if (this.#take(/\(/y) !== undefined) {
      const test = this.#any();
      this.#expect(/\)/y);
      return test;
    }
    const steps = this.#selector();
    if (this.#take(/NOT\s+EXISTS\b/iy) !== undefined) return (event) => found(event, steps).length === 0;
    const constant = this.#take(/IS\s+(NULL|TRUE|FALSE)\b/iy)?.[1]?.toUpperCase();
    if (constant !== undefined) {
      const wanted = constant === 'NULL' ? null : constant === 'TRUE';
      return (event) => found(event, steps).includes(wanted);
    }
    const operator = this.#expect(/!=|<=|>=|=|<|>/y)[0];
    const compare = this.#value(operator);
    return (event) => found(event, steps).some((value) => isScalar(value) && compare(value));
  }

  #selector(): Step[] {
    this.#expect(/\$/y);
    const steps: Step[] = [];
    for (;;) {
      const name =
        this.#glued(/\.([\w-]+)/y)?.[1] ??
        this.#glued(/\.?\[\s*(?:'([^']*)'|"([^"]*)")\s*\]/y)
          ?.slice(1)
          .find((part) => part !== undefined);
      if (name !== undefined) steps.push(name);
      else if (this.#glued(/\[\*\]/y) !== undefined) steps.push(ANY_ELEMENT);
      else {
        const index = this.#glued(/\[(\d+)\]/y)?.[1];
        if (index === undefined) break;
        steps.push(Number(index));
      }
    }
    if (steps.length === 0) throw this.#error();
    return steps;
  }

  #value(operator: string): (value: Scalar) => boolean {
    const regex = this.#take(/%((?:[^%\\]|\\.)*)%/y)?.[1];
    if (regex !== undefined) {
      const compiled = filterRegex(regex);
      return equality(
        operator,
        (value) => compiled.test(String(value)),
        () => this.#error(),
      );
    }
    const quoted = this.#take(/"((?:[^"\\]|\\.)*)"/y)?.[1];
    const text = quoted?.replace(/\\(.)/g, '$1') ?? this.#expect(/[\w*.:/@#+-]+/y)[0];
    if (quoted === undefined && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return numeric(operator, Number(text), text);
    const glob = wildcard(text);
    return equality(
      operator,
      (value) => value !== null && glob.test(String(value)),
      () => this.#error(),
    );
  }

  #take(regex: RegExp): RegExpExecArray | undefined {
    this.#space();
    return this.#glued(regex);
  }

  #glued(regex: RegExp): RegExpExecArray | undefined {
    regex.lastIndex = this.#at;
    const match = regex.exec(this.#text);
    if (match === null) return undefined;
    this.#at = regex.lastIndex;
    return match;
  }

  #expect(regex: RegExp): RegExpExecArray {
    const match = this.#take(regex);
    if (match === undefined) throw this.#error();
    return match;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #error() {
    return invalidParameter(`Invalid filter pattern: unexpected input at position ${this.#at + 1}`);
  }
}

/** A number is compared with numbers; with text only for equality, as text. */
function numeric(operator: string, wanted: number, text: string): (value: Scalar) => boolean {
  return (value) => {
    if (typeof value === 'string') return operator === '=' ? value === text : operator === '!=' && value !== text;
    if (typeof value !== 'number') return operator === '!=' && value !== null;
    switch (operator) {
      case '=':
        return value === wanted;
      case '!=':
        return value !== wanted;
      case '<':
        return value < wanted;
      case '<=':
        return value <= wanted;
      case '>':
        return value > wanted;
      default:
        return value >= wanted;
    }
  };
}

function equality(operator: string, equal: (value: Scalar) => boolean, error: () => Error): (value: Scalar) => boolean {
  if (operator === '=') return equal;
  if (operator === '!=') return (value) => !equal(value);
  throw error();
}

/** `*` stands for any text at the beginning or the end; within the text it stands for itself ("Ev*ent"). */
function wildcard(text: string): RegExp {
  if (text === '*') return /^/;
  const open = text.startsWith('*') ? '' : '^';
  const close = text.endsWith('*') ? '' : '$';
  const literal = text.slice(open === '' ? 1 : 0, close === '' ? -1 : undefined);
  return new RegExp(`${open}${literalPattern(literal)}${close}`);
}

function found(event: unknown, steps: readonly Step[]): unknown[] {
  let values: unknown[] = [event];
  for (const step of steps) {
    values = values.flatMap((value) => {
      if (step === ANY_ELEMENT) return Array.isArray(value) ? value : [];
      if (typeof step === 'number') return Array.isArray(value) && step < value.length ? [value[step]] : [];
      return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, step)
        ? [(value as Record<string, unknown>)[step]]
        : [];
    });
  }
  return values;
}

function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value !== 'object';
}
