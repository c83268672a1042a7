import { BlockList, isIP } from 'node:net';
import { invalid } from './pattern-error.ts';
import { wildcardTest } from './wildcard.ts';

export type Scalar = string | number | boolean | null;

/** Whether the values that stand at a leaf of an event match; none stand there when the field is missing. */
export type Matcher = (values: readonly Scalar[]) => boolean;
type Test = (value: Scalar) => boolean;

/** EventBridge User Guide, "Comparison operators": numeric matching is within -5.0e9 and +5.0e9. */
const MAX_NUMBER = 5_000_000_000;

export function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/**
 * Reads one element of a leaf's list: a value, or one of the operators of "Comparison operators for use in event patterns" (EventBridge User
 * Guide). Throws InvalidEventPatternException for an operator that there isn't.
 */
export function parseMatcher(element: unknown, where: string): Matcher {
  if (isScalar(element)) return anyOf((value) => value === element);
  const [operator, operand] = onlyMember(element, where);
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean') throw invalid(`exists match pattern must be either true or false at ${where}`);
      return (values) => values.length > 0 === operand;
    case 'numeric':
      return anyOf(numericTest(operand, where));
    case 'cidr':
      return anyOf(onText(networkTest(operand, where)));
    case 'anything-but':
      return anyOf(anythingBut(operand, where));
    default:
      return anyOf(textTest(operator, operand, where));
  }
}

function anyOf(test: Test): Matcher {
  return (values) => values.some(test);
}

function onText(test: (value: string) => boolean): Test {
  return (value) => typeof value === 'string' && test(value);
}

function onlyMember(element: unknown, where: string): [string, unknown] {
  if (typeof element !== 'object' || element === null || Array.isArray(element))
    throw invalid(`Match value must be String, number, true, false, or null at ${where}`);
  const [member, ...others] = Object.entries(element);
  if (member === undefined || others.length > 0) throw invalid(`Only one key allowed in match expression at ${where}`);
  return member;
}

function textTest(operator: string, operand: unknown, where: string): Test {
  switch (operator) {
    case 'equals-ignore-case': {
      const wanted = text(operator, operand, where).toLowerCase();
      return onText((value) => value.toLowerCase() === wanted);
    }
    case 'prefix':
      return endTest(operator, operand, where, (value, end) => value.startsWith(end));
    case 'suffix':
      return endTest(operator, operand, where, (value, end) => value.endsWith(end));
    case 'wildcard':
      return onText(wildcardTest(text(operator, operand, where), where));
    default:
      throw invalid(`Unrecognized match type ${operator} at ${where}`);
  }
}

function endTest(operator: string, operand: unknown, where: string, test: (value: string, end: string) => boolean): Test {
  if (typeof operand === 'string') return onText((value) => test(value, operand));
  const [inner, end] = onlyMember(operand, where);
  if (inner !== 'equals-ignore-case') throw invalid(`Unsupported ${operator} pattern: ${inner} at ${where}`);
  const wanted = text(inner, end, where).toLowerCase();
  return onText((value) => test(value.toLowerCase(), wanted));
}

function text(operator: string, operand: unknown, where: string): string {
  if (typeof operand !== 'string') throw invalid(`${operator} match pattern must be a string at ${where}`);
  return operand;
}

/** A value, a list of values of one kind, or an operator on text with one operand or a list of them. */
function anythingBut(operand: unknown, where: string): Test {
  if (isScalar(operand) || Array.isArray(operand)) {
    const excluded: unknown[] = Array.isArray(operand) ? operand : [operand];
    const uniform = excluded.every((one) => typeof one === 'string') || excluded.every((one) => typeof one === 'number');
    if (excluded.length === 0 || !uniform)
      throw invalid(`Inside anything-but list, either all values must be strings or all numbers at ${where}`);
    return (value) => !excluded.some((one) => one === value);
  }
  const [operator, given] = onlyMember(operand, where);
  const operands: unknown[] = Array.isArray(given) ? given : [given];
  if (operands.length === 0) throw invalid(`Empty arrays are not allowed at ${where}`);
  const tests = operands.map((one) => textTest(operator, text(operator, one, where), where));
  return (value) => !tests.some((test) => test(value));
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function numericTest(operand: unknown, where: string): Test {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4))
    throw invalid(`Value of numeric must be an array of 2 or 4 elements at ${where}`);
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const operator = String(operand[index]);
    const compare = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
    const bound: unknown = operand[index + 1];
    if (compare === undefined) throw invalid(`Unrecognized numeric range operator: ${operator} at ${where}`);
    if (typeof bound !== 'number' || Math.abs(bound) > MAX_NUMBER)
      throw invalid(`Value of ${operator} must be a number within ±${MAX_NUMBER} at ${where}`);
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function networkTest(operand: unknown, where: string): (address: string) => boolean {
  const [network = '', bits = ''] = text('cidr', operand, where).split('/');
  const family = isIP(network);
  if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) throw invalid(`Malformed CIDR at ${where}`);
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return (address) => isIP(address) === family && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
