import { BlockList, isIP } from 'node:net';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';

export type Scalar = string | number | boolean | null;
export type FilterPolicyScope = 'MessageAttributes' | 'MessageBody';

/** A message as a filter policy sees it: the values of a property, undefined when it has none. */
export type Lookup = (path: readonly string[]) => readonly Scalar[] | undefined;

/** Decides whether a subscription takes a message. */
export type FilterPolicy = (lookup: Lookup) => boolean;

type Matcher = (values: readonly Scalar[] | undefined) => boolean;

/** SNS Developer Guide, "Filter policy constraints". */
const MAX_KEYS = 5;
const MAX_COMBINATIONS = 150;
const MAX_NUMBER = 1_000_000_000;

/**
 * Reads a subscription's filter policy (SNS Developer Guide, "Amazon SNS subscription filter policies" and the pages
 * below it). Throws InvalidParameter, or NotCarriedOut for an operator that isn't known here.
 */
export function parseFilterPolicy(text: string, scope: FilterPolicyScope): FilterPolicy {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw invalid('Invalid filter policy: not valid JSON');
  }
  if (!isObject(policy)) throw invalid('Filter policy must be a JSON object');
  const size = { keys: 0, combinations: 1 };
  const rule = parseObject(policy, [], scope, size);
  if (size.keys > MAX_KEYS) throw invalid(`Filter policy can not have more than ${MAX_KEYS} keys`);
  if (size.combinations > MAX_COMBINATIONS) throw invalid('Filter policy is too complex');
  return rule;
}

function parseObject(
  policy: Record<string, unknown>,
  path: readonly string[],
  scope: FilterPolicyScope,
  size: { keys: number; combinations: number },
): FilterPolicy {
  const rules = Object.entries(policy).map(([name, value]): FilterPolicy => {
    if (name === '$or' && Array.isArray(value) && value.length > 1 && value.every(isObject)) {
      const branches = value.map((branch) => parseObject(branch, path, scope, size));
      return (lookup) => branches.some((branch) => branch(lookup));
    }
    const here = [...path, name];
    if (isObject(value)) {
      if (scope === 'MessageAttributes') throw invalid('Filter policy scope MessageAttributes does not support nested filter policy');
      return parseObject(value, here, scope, size);
    }
    if (!Array.isArray(value)) throw invalid(`"${name}" must be an object or an array`);
    if (value.length === 0) throw invalid('Empty arrays are not allowed');
    size.keys += 1;
    // In a body, each level of nesting multiplies (SNS Developer Guide, "Filter policy constraints").
    size.combinations *= value.length * here.length;
    const matchers = value.map((element) => parseMatcher(element, here.join('.')));
    return (lookup) => {
      const values = lookup(here);
      return matchers.some((matches) => matches(values));
    };
  });
  return (lookup) => rules.every((rule) => rule(lookup));
}

function parseMatcher(element: unknown, where: string): Matcher {
  if (isScalar(element)) return anyValue((value) => value === element);
  if (!isObject(element)) throw invalid(`Match value must be String, number, true, false, or null at ${where}`);
  const [[operator, operand] = ['', undefined], ...others] = Object.entries(element);
  if (others.length > 0) throw invalid(`Only one key allowed in match expression at ${where}`);
  switch (operator) {
    case 'exists': {
      if (typeof operand !== 'boolean') throw invalid(`exists match pattern must be either true or false at ${where}`);
      return (values) => (values !== undefined) === operand;
    }
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
    case 'cidr':
      return anyValue(textTest(operator, operand, where));
    case 'numeric':
      return anyValue(numericTest(operand, where));
    case 'anything-but':
      return anyValue(anythingBut(operand, where));
    case 'wildcard':
      throw new NotCarriedOut('the operator "wildcard" of SNS filter policies');
    default:
      throw invalid(`Unrecognized match type ${operator} at ${where}`);
  }
}

/** A list matches when one of its elements does. */
function anyValue(test: (value: Scalar) => boolean): Matcher {
  return (values) => values?.some(test) ?? false;
}

function textTest(operator: string, operand: unknown, where: string): (value: Scalar) => boolean {
  if (typeof operand !== 'string') throw invalid(`${operator} match pattern must be a string at ${where}`);
  const onText = (test: (value: string) => boolean) => (value: Scalar) => typeof value === 'string' && test(value);
  switch (operator) {
    case 'prefix':
      return onText((value) => value.startsWith(operand));
    case 'suffix':
      return onText((value) => value.endsWith(operand));
    case 'cidr':
      return onText(inNetwork(operand, where));
    default:
      return onText((value) => value.toLowerCase() === operand.toLowerCase());
  }
}

function inNetwork(cidr: string, where: string): (address: string) => boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const family = isIP(network);
  if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) throw invalid(`Malformed CIDR at ${where}`);
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return (address) => isIP(address) === family && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** A list of values, a single one, or one of the operators on text. A list's element that isn't excluded suffices. */
function anythingBut(operand: unknown, where: string): (value: Scalar) => boolean {
  if (isObject(operand)) {
    const [[operator, excluded] = ['', undefined], ...others] = Object.entries(operand);
    if (others.length > 0 || !['prefix', 'suffix', 'equals-ignore-case'].includes(operator))
      throw invalid(`Unsupported anything-but pattern at ${where}`);
    const tests = (Array.isArray(excluded) ? excluded : [excluded]).map((one) => textTest(operator, one, where));
    return (value) => !tests.some((test) => test(value));
  }
  const excluded: unknown[] = Array.isArray(operand) ? operand : [operand];
  const uniform = excluded.every((one) => typeof one === 'string') || excluded.every((one) => typeof one === 'number');
  if (excluded.length === 0 || !uniform) throw invalid(`Value of anything-but must be strings or numbers at ${where}`);
  return (value) => !excluded.some((one) => one === value);
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function numericTest(operand: unknown, where: string): (value: Scalar) => boolean {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4))
    throw invalid(`Value of numeric must be an array of 2 or 4 elements at ${where}`);
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const operator = String(operand[index]);
    const compare = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
    const bound: unknown = operand[index + 1];
    if (compare === undefined) throw invalid(`Unrecognized numeric range operator: ${operator} at ${where}`);
    if (typeof bound !== 'number' || Math.abs(bound) > MAX_NUMBER)
      throw invalid(`Numeric match value must be a number within ±${MAX_NUMBER} at ${where}`);
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

/** A message's attributes as a filter policy sees them: binary ones never match. */
export function attributesLookup(attributes: Readonly<Record<string, { DataType: string; StringValue?: string | undefined }>>): Lookup {
  return ([name = '', ...deeper]) => {
    const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (attribute?.StringValue === undefined || deeper.length > 0) return undefined;
    const { DataType: type, StringValue: text } = attribute;
    if (type === 'String.Array') return arrayAttribute(text);
    return [type === 'Number' || type.startsWith('Number.') ? Number(text) : text];
  };
}

function arrayAttribute(text: string): Scalar[] | undefined {
  try {
    const values: unknown = JSON.parse(text);
    return Array.isArray(values) ? values.filter(isScalar) : undefined;
  } catch {
    return undefined;
  }
}

/** A message's body as a filter policy sees it; a body that isn't a JSON object matches no policy: undefined. */
export function bodyLookup(message: string): Lookup | undefined {
  let body: unknown;
  try {
    body = JSON.parse(message);
  } catch {
    return undefined;
  }
  return isObject(body) ? (path) => valuesAt(body, path) : undefined;
}

/** Lists are looked through: what one of their elements holds, the property holds. */
function valuesAt(value: unknown, path: readonly string[]): Scalar[] | undefined {
  if (Array.isArray(value)) {
    const found = value.map((element) => valuesAt(element, path)).filter((values) => values !== undefined);
    return found.length === 0 && !(path.length === 0 && value.length === 0) ? undefined : found.flat();
  }
  const [name, ...deeper] = path;
  if (name === undefined) return isScalar(value) ? [value] : undefined;
  return isObject(value) && Object.hasOwn(value, name) ? valuesAt(value[name], deeper) : undefined;
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(reason: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: FilterPolicy: ${reason}`);
}
