import { invalid } from './pattern-error.ts';
import { isScalar, type Matcher, parseMatcher, type Scalar } from './pattern-matchers.ts';

/** Decides whether an event, as JSON has it, is one that a rule is for. */
export type EventPattern = (event: unknown) => boolean;

/** EventBridge API Reference, "PutRule": the pattern's length, in characters. */
const MAX_LENGTH = 4096;
/** A pattern goes as deep as a call stack bears, and deeper than any event of AWS. */
const MAX_DEPTH = 100;

/**
 * Reads an event pattern (EventBridge User Guide, "Creating Amazon EventBridge event patterns" and "Comparison operators for use in event
 * patterns"). Every field that it names must match; a list in the event matches when one of its elements does, and what a pattern asks of the
 * fields of an object in a list holds for one and the same object. Throws InvalidEventPatternException, with the field and what is wrong there.
 */
export function parseEventPattern(text: string): EventPattern {
  if (text.length > MAX_LENGTH) throw invalid(`it is longer than ${MAX_LENGTH} characters`);
  let pattern: unknown;
  try {
    pattern = JSON.parse(text);
  } catch {
    throw invalid('not valid JSON');
  }
  if (!isObject(pattern)) throw invalid('Filter is not an object');
  if (Object.keys(pattern).length === 0) throw invalid('Empty objects are not allowed');
  return parseFields(pattern, []);
}

function parseFields(pattern: Readonly<Record<string, unknown>>, path: readonly string[]): EventPattern {
  if (path.length > MAX_DEPTH) throw invalid('it is nested too deep');
  if (path.length > 0 && Object.keys(pattern).length === 0) throw invalid(`Empty objects are not allowed at ${path.join('.')}`);
  const tests = Object.entries(pattern).map(([name, wanted]) => parseField(name, wanted, path));
  const holds = (value: unknown) => tests.every((test) => test(value));
  return (value) => (Array.isArray(value) ? value.some(holds) : holds(value));
}

function parseField(name: string, wanted: unknown, path: readonly string[]): EventPattern {
  const here = [...path, name];
  const where = here.join('.');
  if (name === '$or') {
    if (!Array.isArray(wanted) || wanted.length < 2 || !wanted.every(isObject))
      throw invalid(`$or must be a list of at least two objects at ${where}`);
    const branches = wanted.map((branch) => parseFields(branch, path));
    return (value) => branches.some((branch) => branch(value));
  }
  if (isObject(wanted)) {
    const below = parseFields(wanted, here);
    return (value) => below(fieldOf(value, name));
  }
  if (!Array.isArray(wanted)) throw invalid(`"${name}" must be an object or an array`);
  if (wanted.length === 0) throw invalid(`Empty arrays are not allowed at ${where}`);
  const matchers: Matcher[] = wanted.map((element) => parseMatcher(element, where));
  return (value) => {
    const values = scalarsOf(fieldOf(value, name));
    return matchers.some((matches) => matches(values));
  };
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** What stands at a leaf: a value, or those of a list. An object is no leaf, and an empty list has nothing to match. */
function scalarsOf(value: unknown): readonly Scalar[] {
  if (isScalar(value)) return [value];
  return Array.isArray(value) ? value.flatMap(scalarsOf) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
