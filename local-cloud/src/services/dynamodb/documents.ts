import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';

/**
 * Lists and maps that stand in one another at most (Developer Guide, "Quotas in Amazon DynamoDB": nested attributes up to
 * 32 levels deep). Whether the service counts the innermost value as a level more couldn't be checked.
 */
const MAX_NESTING = 32;

/** What DynamoDB says of a value without a type. That it says so of JSON's null, which dynalite does not expect, couldn't be checked. */
const EMPTY_VALUE = 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes';

/** AWS takes this name as any other. Plain objects lose it when it is assigned, in dynalite as well as here. */
const LOST_NAME = '__proto__';
const LOST_IN_EXPRESSION = /(?<![\w#:])__proto__(?!\w)/;

/** Conditions of these members are read by dynalite's grammar, which takes three times as long for each further parenthesis around another. */
const CONDITIONS = new Set(['ConditionExpression', 'FilterExpression', 'KeyConditionExpression']);
/** As deep they are read within half a second, whatever stands in them; with ten, the whole process would stand still for minutes. */
const MAX_PARENTHESES = 4;

/**
 * Looks over the documents, names and expressions of a request, which may be of any shape. Throws ValidationException for
 * documents too deep to be walked, and NotCarriedOut for an attribute of the name `__proto__` and for conditions with more than 4 parentheses
 * in one another.
 */
export function checkDocuments(request: object): void {
  for (const [member, value] of Object.entries(request)) {
    if (member === 'ExpressionAttributeNames') {
      if (isObject(value) && Object.values(value).includes(LOST_NAME)) throw lostName();
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
    } else if (member.endsWith('Expression') && typeof value === 'string') {
      if (LOST_IN_EXPRESSION.test(value)) throw lostName();
      if (CONDITIONS.has(member) && parenthesesOf(value) > MAX_PARENTHESES)
        throw new NotCarriedOut(`a ${member} with more than ${MAX_PARENTHESES} parentheses in one another`);
    }
  }
}

/** How many parentheses are open at once, at most. */
function parenthesesOf(expression: string): number {
  let open = 0;
  let most = 0;
  for (const character of expression) {
    if (character === '(') most = Math.max(most, ++open);
    else if (character === ')') open -= 1;
  }
  return most;
}

/** Throws ValidationException when an item is nested too deep, as an update can make it. */
export function checkNesting(item: object): void {
  checkMap(item, 0);
}

function checkEach(requests: unknown): void {
  for (const request of Array.isArray(requests) ? requests : [requests]) if (isObject(request)) checkDocuments(request);
}

function checkValues(values: object): void {
  for (const [name, value] of Object.entries(values)) {
    if (holdsNull(value))
      throw new AwsError('ValidationException', `ExpressionAttributeValues contains invalid value: ${EMPTY_VALUE} for key ${name}`);
  }
  checkMap(values, 0);
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

function checkMap(map: object, level: number): void {
  for (const [name, value] of Object.entries(map)) {
    if (name === LOST_NAME) throw lostName();
    if (level === 0 && holdsNull(value)) throw new AwsError('ValidationException', EMPTY_VALUE);
    checkValue(value, level);
  }
}

function checkValue(value: unknown, level: number): void {
  if (!isObject(value)) return;
  const { L: list, M: map } = value as { L?: unknown; M?: unknown };
  if (!isObject(list) && !isObject(map)) return;
  if (level === MAX_NESTING) throw new AwsError('ValidationException', 'Nesting Levels have exceeded supported limits');
  if (Array.isArray(list)) for (const element of list) checkValue(element, level + 1);
  if (isObject(map)) checkMap(map, level + 1);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function lostName(): NotCarriedOut {
  return new NotCarriedOut(`attributes of DynamoDB items with the name ${LOST_NAME}`);
}
