import { AwsError } from '../../kernel/aws-error.ts';
import { type AttributeValue, cloneItem, type Item, setHas, typeOf } from './attribute-value.ts';
import { valueAt } from './condition.ts';
import { addDecimals, subtractDecimals } from './decimal.ts';
import type { ParsedUpdate, Path, UpdateAction, UpdateOperand } from './dynalite.ts';

/**
 * The item after an update expression (Developer Guide, "Using update expressions in DynamoDB"): every right-hand side
 * is read from the item as it was; elements of one list are named by their indexes of before, and what is set beyond
 * the list's end is appended in the order of the indexes. Throws ValidationException.
 */
export function applyUpdate(update: ParsedUpdate, before: Item): Item {
  const after = cloneItem(before);
  const lists = new Set<AttributeValue[]>();
  for (const action of update.sections) applyAction(action, before, after, lists);
  for (const list of lists) {
    // Holes and removed elements close up only now, so that indexes keep their meaning during the update.
    const kept = list.filter((element) => element !== REMOVED);
    list.splice(0, list.length, ...kept);
  }
  return after;
}

/** Stands in a list for an element that was removed. */
const REMOVED: AttributeValue = {};

const WRONG_TYPE = 'An operand in the update expression has an incorrect data type';

function applyAction(action: UpdateAction, before: Item, after: Item, lists: Set<AttributeValue[]>): void {
  switch (action.type) {
    case 'set':
      place(action.path, structuredClone(evaluate(action.val, before)), after, lists);
      return;
    case 'remove':
      remove(action.path, after, lists);
      return;
    case 'add':
      place(action.path, added(valueAt(action.path, before), action.val), after, lists);
      return;
    case 'delete': {
      parentOf(action.path, after);
      const rest = reduced(valueAt(action.path, before), action.val);
      if (rest === undefined) remove(action.path, after, lists);
      else place(action.path, rest, after, lists);
    }
  }
}

function parentOf(path: Path, item: Item): { map?: Item; list?: AttributeValue[] } {
  const parent = valueAt(path.slice(0, -1), item);
  if (typeof path.at(-1) === 'number' && parent?.L !== undefined) return { list: parent.L };
  if (typeof path.at(-1) === 'string' && parent?.M !== undefined) return { map: parent.M };
  throw invalid('The document path provided in the update expression is invalid for update');
}

function place(path: Path, value: AttributeValue, item: Item, lists: Set<AttributeValue[]>): void {
  const { map, list } = parentOf(path, item);
  const last = path.at(-1);
  if (map !== undefined) map[String(last)] = value;
  if (list !== undefined) {
    list[Number(last)] = value;
    lists.add(list);
  }
}

function remove(path: Path, item: Item, lists: Set<AttributeValue[]>): void {
  const { map, list } = parentOf(path, item);
  const last = path.at(-1);
  if (map !== undefined) delete map[String(last)];
  if (list !== undefined && Number(last) in list) {
    list[Number(last)] = REMOVED;
    lists.add(list);
  }
}

function evaluate(operand: UpdateOperand, item: Item): AttributeValue {
  if (isPath(operand)) {
    const value = valueAt(operand, item);
    if (value === undefined) throw invalid('The provided expression refers to an attribute that does not exist in the item');
    return value;
  }
  if (!('type' in operand)) return operand;
  if (operand.type === 'function' && operand.name === 'if_not_exists') {
    // The other value must exist even when it isn't needed, as in DynamoDB Local.
    const other = evaluate(operand.args[1], item);
    return valueAt(operand.args[0], item) ?? other;
  }
  const left = evaluate(operand.args[0], item);
  const right = evaluate(operand.args[1], item);
  if (operand.type === 'function') {
    if (left.L === undefined || right.L === undefined) throw invalid(WRONG_TYPE);
    return { L: [...left.L, ...right.L] };
  }
  if (left.N === undefined || right.N === undefined) throw invalid(WRONG_TYPE);
  return { N: operand.type === 'add' ? addDecimals(left.N, right.N) : subtractDecimals(left.N, right.N) };
}

function isPath(operand: UpdateOperand): operand is Path {
  return Array.isArray(operand);
}

/** ADD: a number is increased, from 0 when there is none; a set is joined. */
function added(existing: AttributeValue | undefined, operand: AttributeValue): AttributeValue {
  if (existing !== undefined && typeOf(existing) !== typeOf(operand)) throw invalid(WRONG_TYPE);
  if (operand.N !== undefined) return { N: addDecimals(existing?.N ?? '0', operand.N) };
  const type = setTypeOf(operand);
  const before = existing?.[type] ?? [];
  return { [type]: [...before, ...(operand[type] ?? []).filter((element) => !setHas(type, before, element))] };
}

/** DELETE: the set without these elements; undefined when none is left, because a set can't be empty. */
function reduced(existing: AttributeValue | undefined, operand: AttributeValue): AttributeValue | undefined {
  if (existing === undefined) return undefined;
  if (typeOf(existing) !== typeOf(operand)) throw invalid(WRONG_TYPE);
  const type = setTypeOf(operand);
  const rest = (existing[type] ?? []).filter((element) => !setHas(type, operand[type] ?? [], element));
  return rest.length === 0 ? undefined : { [type]: rest };
}

function setTypeOf(value: AttributeValue): 'SS' | 'NS' | 'BS' {
  const type = typeOf(value);
  if (type === 'SS' || type === 'NS' || type === 'BS') return type;
  throw invalid(WRONG_TYPE);
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
