import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';

/**
 * Lists and maps that stand in one another at most: nested attributes go up to 32 levels deep, of which the innermost value is one
 * (Developer Guide, "Constraints in Amazon DynamoDB"; DynamoDB Local counts so).
 */
const MAX_NESTING = 31;
const TOO_DEEP = 'Nesting Levels have exceeded supported limits';
const ITEM_TOO_DEEP = `${TOO_DEEP}: Attributes in the item have nested levels beyond supported limit`;

/** What DynamoDB says of a value without a type. That it says so of JSON's null, which dynalite does not expect, couldn't be checked. */
const EMPTY_VALUE = 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes';

/** AWS takes this name as any other. Plain objects lose it when it is assigned, in dynalite as well as here. */
const LOST_NAME = '__proto__';
const LOST_IN_EXPRESSION = /(?<![\w#:])__proto__(?!\w)/;

/** Bytes of an attribute's name (Developer Guide, "Supported data types and naming rules in Amazon DynamoDB"). */
const MAX_NAME_BYTES = 65_535;
/** Bytes of a substitution variable such as `#name` (Developer Guide, "Constraints in Amazon DynamoDB"). */
const MAX_VARIABLE_BYTES = 255;

/**
 * Looks over the documents, names and expressions of a request, which may be of any shape. Throws ValidationException for
 * documents too deep to be walked and for names that are empty or too long, and NotCarriedOut for an attribute of the name `__proto__`.
 */
export function checkDocuments(request: object): void {
  for (const [member, value] of Object.entries(request)) {
    if (member === 'ExpressionAttributeNames') {
      if (isObject(value)) checkVariables(value);
    } else if (member === 'ExpressionAttributeValues') {
      if (isObject(value)) checkValues(value);
    } else if (['Item', 'Key', 'ExclusiveStartKey'].includes(member)) {
      if (isObject(value)) checkMap(value, 0);
    } else if (member === 'Keys') {
      if (Array.isArray(value)) for (const key of value) if (isObject(key)) checkMap(key, 0);
    } else if (member === 'RequestItems') {
      if (isObject(value)) for (const requests of Object.values(value)) checkEach(requests);
    } else if (member === 'PutRequest' || member === 'DeleteRequest') {
      checkEach(value);
    } else if (member.endsWith('Expression') && typeof value === 'string' && LOST_IN_EXPRESSION.test(value)) {
      throw lostName();
    }
  }
}

/** Throws ValidationException when an item is nested too deep, as an update can make it. */
export function checkNesting(item: object): void {
  checkMap(item, 0);
}

/** What `#names` stand for. */
function checkVariables(names: object): void {
  for (const [variable, name] of Object.entries(names)) {
    if (name === LOST_NAME) throw lostName();
    if (name === '') throw invalid(`ExpressionAttributeNames contains invalid value: Empty attribute name for key ${variable}`);
    checkVariable(variable, 'ExpressionAttributeNames');
  }
}

function checkVariable(variable: string, member: string): void {
  if (Buffer.byteLength(variable) <= MAX_VARIABLE_BYTES) return;
  throw invalid(`${member} contains invalid key: The expression attribute map contains a key that is too long;`);
}

function checkEach(requests: unknown): void {
  for (const request of Array.isArray(requests) ? requests : [requests]) if (isObject(request)) checkDocuments(request);
}

function checkValues(values: object): void {
  for (const [name, value] of Object.entries(values)) {
    if (holdsNull(value)) throw invalid(`ExpressionAttributeValues contains invalid value: ${EMPTY_VALUE} for key ${name}`);
    checkVariable(name, 'ExpressionAttributeValues');
  }
  checkMap(values, 0, TOO_DEEP);
}

/** Whether null stands in an attribute value's place, at the top or within; no deeper than documents may be. */
function holdsNull(value: unknown, level = 0): boolean {
  if (value === null) return true;
  if (!isObject(value) || level > MAX_NESTING) return false;
  const { L: list, M: map, SS: texts, NS: numbers, BS: binaries } = value as Record<string, unknown>;
  if ([texts, numbers, binaries].some((set) => Array.isArray(set) && set.includes(null))) return true;
  const within = [...(Array.isArray(list) ? (list as unknown[]) : []), ...(isObject(map) ? Object.values(map) : [])];
  return within.some((each) => holdsNull(each, level + 1));
}

function checkMap(map: object, level: number, tooDeep = ITEM_TOO_DEEP): void {
  for (const [name, value] of Object.entries(map)) {
    if (name === LOST_NAME) throw lostName();
    if (name === '') throw invalid('Empty attribute name');
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw invalid(`Attribute name is too large, must be at most ${MAX_NAME_BYTES} bytes`);
    if (level === 0 && holdsNull(value)) throw invalid(EMPTY_VALUE);
    checkValue(value, level, tooDeep);
  }
}

function checkValue(value: unknown, level: number, tooDeep: string): void {
  if (!isObject(value)) return;
  const { L: list, M: map } = value as { L?: unknown; M?: unknown };
  if (!isObject(list) && !isObject(map)) return;
  if (level === MAX_NESTING) throw invalid(tooDeep);
  if (Array.isArray(list)) for (const element of list) checkValue(element, level + 1, tooDeep);
  if (isObject(map)) checkMap(map, level + 1, tooDeep);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function lostName(): NotCarriedOut {
  return new NotCarriedOut(`attributes of DynamoDB items with the name ${LOST_NAME}`);
}
