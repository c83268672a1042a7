import { FUNCTIONS, finite } from './functions.ts';
import { MalformedQuery } from './malformed-query.ts';
import { ceilToPeriod, floorToPeriod } from './period.ts';
import type { Row } from './row.ts';
import type { Expression, Period, Span } from './syntax.ts';
import { equal, isTrue, order, Timestamp, toNumber, toText, type Value } from './value.ts';

export type Evaluate = (row: Row) => Value;

export interface CompileContext {
  /** When the query was started, in milliseconds: `now()`. */
  readonly now_ms: number;
  /** The names there are; undefined: whatever the events hold. */
  readonly known: ReadonlySet<string> | undefined;
  /** What is wrong with a field that isn't known. */
  readonly unknown?: string;
  readonly span: Span;
  /** Makes something of an aggregation, or undefined when there can't be one here. */
  aggregate?(call: Expression & { kind: 'call' }): Evaluate | undefined;
}

/** Makes a function of an expression. Throws MalformedQuery for an unknown function or field, or a wrong number of arguments. */
export function compile(expression: Expression, context: CompileContext): Evaluate {
  // After stats, a column is also known by the text that it was computed from.
  if (context.known?.has(expression.text) === true && expression.kind !== 'field') return (row) => row.get(expression.text);
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'field':
      return field(expression, context);
    case 'unary':
      return unary(expression, context);
    case 'binary':
      return binary(expression, context);
    case 'match':
      return match(expression, context);
    case 'in': {
      const subject = compile(expression.subject, context);
      const values = expression.values.map((value) => compile(value, context));
      return (row) => {
        const wanted = subject(row);
        return values.some((value) => equal(wanted, value(row)));
      };
    }
    case 'call':
      return call(expression, context);
    case 'period':
      throw new MalformedQuery(`A period such as ${expression.text} stands only in bin, datefloor and dateceil`, context.span);
    case 'star':
      throw new MalformedQuery('* stands only in count(*)', context.span);
  }
}

function field({ name, span }: Expression & { kind: 'field' }, context: CompileContext): Evaluate {
  if (context.known !== undefined && !isKnown(name, context.known))
    throw new MalformedQuery(`The field ${name} ${context.unknown ?? 'is not defined by the preceding stats command'}`, span);
  return (row) => row.get(name);
}

function isKnown(name: string, known: ReadonlySet<string>): boolean {
  if (known.has(name)) return true;
  return name.split('.').some((_part, index, parts) => known.has(parts.slice(0, index).join('.')));
}

function unary({ operator, operand }: Expression & { kind: 'unary' }, context: CompileContext): Evaluate {
  const value = compile(operand, context);
  if (operator === 'not') return (row) => !isTrue(value(row));
  return (row) => {
    const number = toNumber(value(row));
    return number === null ? null : -number;
  };
}

const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': (left, right) => left ** right,
};

const COMPARISONS: Readonly<Record<string, (comparison: number) => boolean>> = {
  '<': (comparison) => comparison < 0,
  '<=': (comparison) => comparison <= 0,
  '>': (comparison) => comparison > 0,
  '>=': (comparison) => comparison >= 0,
};

/** A comparison with a missing field is false, except `!=`: so the page's "not in" keeps events that lack the field. */
function binary({ operator, left, right }: Expression & { kind: 'binary' }, context: CompileContext): Evaluate {
  const [a, b] = [compile(left, context), compile(right, context)];
  if (operator === 'and') return (row) => isTrue(a(row)) && isTrue(b(row));
  if (operator === 'or') return (row) => isTrue(a(row)) || isTrue(b(row));
  if (operator === '=') return (row) => equal(a(row), b(row));
  if (operator === '!=') return (row) => !equal(a(row), b(row));
  const holds = COMPARISONS[operator];
  if (holds !== undefined) {
    return (row) => {
      const comparison = order(a(row), b(row));
      return comparison !== null && holds(comparison);
    };
  }
  const compute = ARITHMETIC[operator] as (left: number, right: number) => number;
  return (row) => {
    const [x, y] = [toNumber(a(row)), toNumber(b(row))];
    return x === null || y === null ? null : finite(compute(x, y));
  };
}

function match({ subject, pattern }: Expression & { kind: 'match' }, context: CompileContext): Evaluate {
  const value = compile(subject, context);
  const test = typeof pattern === 'string' ? (text: string) => text.includes(pattern) : (text: string) => pattern.test(text);
  return (row) => {
    const text = toText(value(row));
    return text !== null && test(text);
  };
}

function call(expression: Expression & { kind: 'call' }, context: CompileContext): Evaluate {
  const aggregated = context.aggregate?.(expression);
  if (aggregated !== undefined) return aggregated;
  const { name, span } = expression;
  if (name === 'bin') {
    const [period] = periodArguments(expression, 0);
    const timestamp = field({ kind: 'field', name: '@timestamp', text: '@timestamp', span }, context);
    return inPeriod(timestamp, period, floorToPeriod);
  }
  if (name === 'datefloor' || name === 'dateceil') {
    const [period, timestamp] = periodArguments(expression, 1);
    return inPeriod(compile(timestamp as Expression, context), period, name === 'datefloor' ? floorToPeriod : ceilToPeriod);
  }
  if (name === 'now') {
    if (expression.arguments.length > 0) throw new MalformedQuery('now() takes no argument', span);
    // "now": in epoch seconds.
    const seconds = Math.floor(context.now_ms / 1000);
    return () => seconds;
  }
  const definition = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (definition === undefined) throw new MalformedQuery(`The function ${name} is unknown, not carried out, or not allowed here`, span);
  const { length } = expression.arguments;
  if (length < definition.least || length > definition.most)
    throw new MalformedQuery(`The function ${name} takes ${argumentCount(definition.least, definition.most)}, not ${length}`, span);
  const values = expression.arguments.map((argument) => compile(argument, context));
  return (row) => definition.run(values.map((value) => value(row)));
}

function argumentCount(least: number, most: number): string {
  if (most === Infinity) return `at least ${least} arguments`;
  return least === most ? `${least} argument${least === 1 ? '' : 's'}` : `${least} to ${most} arguments`;
}

function periodArguments(expression: Expression & { kind: 'call' }, before: number): [Period, Expression | undefined] {
  const period = expression.arguments[before];
  if (expression.arguments.length !== before + 1 || period?.kind !== 'period')
    throw new MalformedQuery(`${expression.name} takes ${before === 0 ? '' : 'a timestamp and '}a period such as 5m`, expression.span);
  return [period.period, before === 0 ? undefined : expression.arguments[0]];
}

function inPeriod(timestamp: Evaluate, period: Period, round: (time_ms: number, period: Period) => number): Evaluate {
  return (row) => {
    const ms = toNumber(timestamp(row));
    return ms === null ? null : new Timestamp(round(ms, period));
  };
}
