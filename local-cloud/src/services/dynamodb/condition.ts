import { AwsError } from '../../kernel/aws-error.ts';
import { type AttributeValue, compareValues, type Item, setHas, typeOf, valuesEqual } from './attribute-value.ts';
import type { Condition, FunctionCall, Operand, Path } from './dynalite.ts';

/**
 * Whether an item meets a condition or filter (Developer Guide, "Condition and filter expressions, operators, and
 * functions in DynamoDB"). Comparisons with an attribute that is missing or of another type are false, except `<>`.
 */
export function meets(condition: Condition, item: Item): boolean {
  switch (condition.type) {
    case 'and':
      return condition.args.every((part) => meets(part, item));
    case 'or':
      return condition.args.some((part) => meets(part, item));
    case 'not':
      return !condition.args.some((part) => meets(part, item));
    case 'function':
      return callPredicate(condition, item);
    case 'between': {
      const [value, low, high] = condition.args.map((operand) => resolve(operand, item));
      return orders(value, low, (order) => order >= 0) && orders(value, high, (order) => order <= 0);
    }
    case 'in': {
      const [value, ...candidates] = condition.args.map((operand) => resolve(operand, item));
      return candidates.some((candidate) => equal(value, candidate));
    }
    default: {
      const [left, right] = condition.args.map((operand) => resolve(operand, item));
      return compare(condition.type, left, right);
    }
  }
}

/**
 * Throws ValidationException when a literal operand has no order but is to be compared by one. `member` is the request's
 * member that the expression came in. No page says so; DynamoDB Local does it in these words.
 */
export function checkOperands(condition: Condition, member: string): void {
  switch (condition.type) {
    case 'and':
    case 'or':
    case 'not':
      for (const part of condition.args) checkOperands(part, member);
      return;
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'between': {
      const wrong = condition.args
        .filter(isLiteral)
        .map(typeOf)
        .find((type) => !['S', 'N', 'B'].includes(type));
      if (wrong === undefined) return;
      throw new AwsError(
        'ValidationException',
        `Invalid ${member}: Incorrect operand type for operator or function; operator or function: ${condition.type.toUpperCase()}, operand type: ${wrong}`,
      );
    }
    default:
  }
}

/** What stands at a path of an item, if anything does. */
export function valueAt(path: Path, item: Item): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item };
  for (const piece of path) {
    if (value === undefined) return undefined;
    if (typeof piece === 'number') value = value.L?.[piece];
    else value = value.M !== undefined && Object.hasOwn(value.M, piece) ? value.M[piece] : undefined;
  }
  return value;
}

function compare(
  operator: '=' | '<>' | '<' | '<=' | '>' | '>=',
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): boolean {
  switch (operator) {
    case '=':
      return equal(left, right);
    case '<>':
      return !equal(left, right);
    case '<':
      return orders(left, right, (order) => order < 0);
    case '<=':
      return orders(left, right, (order) => order <= 0);
    case '>':
      return orders(left, right, (order) => order > 0);
    case '>=':
      return orders(left, right, (order) => order >= 0);
  }
}

function equal(left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  return left !== undefined && right !== undefined && valuesEqual(left, right);
}

function orders(left: AttributeValue | undefined, right: AttributeValue | undefined, accepts: (order: number) => boolean): boolean {
  const order = left === undefined || right === undefined ? undefined : compareValues(left, right);
  return order !== undefined && accepts(order);
}

function resolve(operand: Operand | undefined, item: Item): AttributeValue | undefined {
  if (operand === undefined) return undefined;
  if (isPath(operand)) return valueAt(operand, item);
  if (isCall(operand)) return sizeOf(resolve(operand.args[0], item));
  return operand;
}

function isPath(operand: Operand): operand is Path {
  return Array.isArray(operand);
}

function isLiteral(operand: Operand): operand is AttributeValue {
  return !isPath(operand) && !isCall(operand);
}

function isCall(operand: AttributeValue | FunctionCall): operand is FunctionCall {
  return 'type' in operand;
}

function callPredicate(call: FunctionCall, item: Item): boolean {
  const [value, argument] = call.args.map((operand) => resolve(operand, item));
  switch (call.name) {
    case 'attribute_exists':
      return value !== undefined;
    case 'attribute_not_exists':
      return value === undefined;
    case 'attribute_type':
      return value !== undefined && typeOf(value) === argument?.S;
    case 'begins_with':
      return value !== undefined && argument !== undefined && beginsWith(value, argument);
    case 'contains':
      return value !== undefined && argument !== undefined && contains(value, argument);
    default:
      throw new Error(`the function ${call.name} got past the validation`);
  }
}

function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if (value.S !== undefined && prefix.S !== undefined) return value.S.startsWith(prefix.S);
  if (value.B === undefined || prefix.B === undefined) return false;
  const wanted = Buffer.from(prefix.B, 'base64');
  return Buffer.from(value.B, 'base64').subarray(0, wanted.length).equals(wanted);
}

function contains(value: AttributeValue, wanted: AttributeValue): boolean {
  if (value.S !== undefined) return wanted.S !== undefined && value.S.includes(wanted.S);
  if (value.B !== undefined) return wanted.B !== undefined && Buffer.from(value.B, 'base64').includes(Buffer.from(wanted.B, 'base64'));
  if (value.SS !== undefined) return wanted.S !== undefined && setHas('SS', value.SS, wanted.S);
  if (value.NS !== undefined) return wanted.N !== undefined && setHas('NS', value.NS, wanted.N);
  if (value.BS !== undefined) return wanted.B !== undefined && setHas('BS', value.BS, wanted.B);
  return value.L?.some((element) => valuesEqual(element, wanted)) ?? false;
}

/** `size`: characters of a string, bytes of a binary, elements of a set, list or map; none for the other types. */
function sizeOf(value: AttributeValue | undefined): AttributeValue | undefined {
  if (value === undefined) return undefined;
  const size =
    value.S?.length ??
    (value.B === undefined ? undefined : Buffer.from(value.B, 'base64').length) ??
    value.SS?.length ??
    value.NS?.length ??
    value.BS?.length ??
    value.L?.length ??
    (value.M === undefined ? undefined : Object.keys(value.M).length);
  return size === undefined ? undefined : { N: String(size) };
}
