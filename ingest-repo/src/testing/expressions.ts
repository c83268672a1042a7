/** An item as the document client gives it. */
export type Item = Record<string, unknown>;

export interface ExpressionInput {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined;
}

const token = /\s*(<=|>=|<>|[=<>(),]|[#:]?[A-Za-z_][A-Za-z0-9_]*)/y;

function tokens(expression: string): string[] {
  const found: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < expression.trimEnd().length) {
    const match = token.exec(expression);
    if (match?.[1] === undefined) throw new Error(`not understood: ${expression}`);
    found.push(match[1]);
  }
  return found;
}

/**
 * Whether an item fulfils a condition or key condition, evaluated as DynamoDB does ("Condition and filter expressions, operators, and
 * functions") for what ingest uses: comparisons, BETWEEN, attribute_exists, attribute_not_exists, begins_with, AND, OR, NOT and brackets.
 * A comparison with an attribute that isn't there is false.
 */
export function fulfils(expression: string | undefined, input: ExpressionInput, item: Item | undefined): boolean {
  if (expression === undefined) return true;
  const rest = tokens(expression);
  const take = (wanted?: string): string => {
    const next = rest.shift();
    if (next === undefined || (wanted !== undefined && next !== wanted)) throw new Error(`${wanted ?? 'more'} expected in ${expression}`);
    return next;
  };
  const name = (text: string) => (text.startsWith('#') ? (input.ExpressionAttributeNames?.[text] ?? fail(text)) : text);
  const fail = (text: string): never => {
    throw new Error(`${text} is not defined in ${expression}`);
  };
  const operand = (): unknown => {
    const text = take();
    if (!text.startsWith(':')) return item?.[name(text)];
    const values = input.ExpressionAttributeValues ?? {};
    return text in values ? values[text] : fail(text);
  };
  const primary = (): boolean => {
    if (rest[0] === 'NOT') return take() === 'NOT' && !primary();
    if (rest[0] === '(') {
      take('(');
      const value = either();
      take(')');
      return value;
    }
    if (rest[0] === 'attribute_exists' || rest[0] === 'attribute_not_exists') {
      const wanted = take() === 'attribute_exists';
      take('(');
      const attribute = name(take());
      const there = item?.[attribute] !== undefined;
      take(')');
      return there === wanted;
    }
    if (rest[0] === 'begins_with') {
      take();
      take('(');
      const [text, , prefix] = [operand(), take(','), operand()];
      take(')');
      return typeof text === 'string' && typeof prefix === 'string' && text.startsWith(prefix);
    }
    const left = operand();
    const operator = take();
    if (operator === 'BETWEEN') {
      const from = operand();
      take('AND');
      const to = operand();
      return compare('>=', left, from) && compare('<=', left, to);
    }
    return compare(operator, left, operand());
  };
  const all = (): boolean => {
    let value = primary();
    while (rest[0] === 'AND') {
      take();
      const next = primary();
      value = value && next;
    }
    return value;
  };
  const either = (): boolean => {
    let value = all();
    while (rest[0] === 'OR') {
      take();
      const next = all();
      value = value || next;
    }
    return value;
  };
  const value = either();
  if (rest.length > 0) throw new Error(`${rest.join(' ')} is left over of ${expression}`);
  return value;
}

function compare(operator: string, left: unknown, right: unknown): boolean {
  if (operator === '=') return left !== undefined && left === right;
  if (operator === '<>') return left !== right;
  const bothNumbers = typeof left === 'number' && typeof right === 'number';
  const bothTexts = typeof left === 'string' && typeof right === 'string';
  if (!bothNumbers && !bothTexts) return false;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  if (operator === '>') return left > right;
  if (operator === '>=') return left >= right;
  throw new Error(`the operator ${operator} is not known`);
}

/** The item after `SET a = :a, b = if_not_exists(c, :c)`, the only forms of update that ingest uses. */
export function updated(expression: string, input: ExpressionInput, item: Item): Item {
  const next = { ...item };
  const values = input.ExpressionAttributeValues ?? {};
  for (const part of expression.replace(/^SET /, '').split(/, (?![^(]*\))/)) {
    const [, attribute, source, placeholder] = /^(#?\w+) = (?:if_not_exists\((\w+), )?(:\w+)\)?$/.exec(part) ?? [];
    if (attribute === undefined || placeholder === undefined || !(placeholder in values))
      throw new Error(`the update ${expression} is not understood`);
    const name = attribute.startsWith('#') ? (input.ExpressionAttributeNames?.[attribute] ?? attribute) : attribute;
    next[name] = (source === undefined ? undefined : item[source]) ?? values[placeholder];
  }
  return next;
}
