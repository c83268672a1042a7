import { z } from 'zod';

/** Why a filter isn't taken; AppSync ends the subscription's beginning with it. */
export class FilterRefused extends Error {}

/** "Extensions", Exceptions: at most so many of each. */
const MAX_COMBINATIONS = 10;
const MAX_FIELDS = 5;
const MAX_IN = 5;
const MAX_CONTAINS_ANY = 20;
const MAX_CHARACTERS = 256;
const MAX_LEVELS = 5;

const scalar = z.union([z.string().max(MAX_CHARACTERS, `has more than ${MAX_CHARACTERS} characters`), z.number()]);
const list = (operator: string, most: number) =>
  z.array(scalar).superRefine((values, { addIssue }) => {
    if (values.length > most)
      addIssue({ code: 'custom', message: `subscription exceeds maximum value limit ${most} for operator \`${operator}\`.` });
  });

/** What stands beside each operator ("Extensions", Field: operator). */
const VALUES = {
  eq: z.union([scalar, z.boolean()]),
  ne: z.union([scalar, z.boolean()]),
  le: scalar,
  lt: scalar,
  ge: scalar,
  gt: scalar,
  contains: scalar,
  notContains: scalar,
  beginsWith: z.string().max(MAX_CHARACTERS, `has more than ${MAX_CHARACTERS} characters`),
  in: list('in', MAX_IN),
  notIn: list('notIn', MAX_IN),
  between: z.tuple([scalar, scalar]),
  containsAny: list('containsAny', MAX_CONTAINS_ANY),
};
type Operator = keyof typeof VALUES;
type Scalar = string | number;

const filterObject = z.object({
  filterGroup: z
    .array(
      z.object({
        filters: z.array(z.object({ fieldName: z.string().min(1), operator: z.string(), value: z.unknown() })).min(1, 'is empty'),
      }),
    )
    .min(1, 'is empty'),
});

/** One condition on a field of what is told. */
export interface FilterRule {
  /** The field, below its parents. */
  readonly path: readonly string[];
  /** Whether a value that is there fulfils it. */
  holds(value: unknown): boolean;
}

/** Told are those of whom all rules of one of the groups hold. */
export type SubscriptionFilter = readonly (readonly FilterRule[])[];

/** Reads the argument of extensions.setSubscriptionFilter (AWS AppSync Developer Guide, "Extensions"). Throws FilterRefused. */
export function readFilter(given: unknown): SubscriptionFilter {
  const checked = filterObject.safeParse(given);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new FilterRefused(`The subscription filter is not valid: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  }
  const groups = checked.data.filterGroup.map(({ filters }) => filters);
  let combinations = 0;
  for (const filters of groups) {
    const names = new Set(filters.map(({ fieldName }) => fieldName));
    if (names.size > MAX_FIELDS) throw new FilterRefused(`Filters exceed maximum attributes limit ${MAX_FIELDS} for subscription.`);
    if (names.size < filters.length) throw new FilterRefused('The subscription filter uses same fieldName multiple time in one filter.');
    // "The in operator is a special case of OR logic" and counts as so many filters.
    combinations += filters.reduce(
      (product, { operator, value }) => product * (operator === 'in' && Array.isArray(value) ? Math.max(1, value.length) : 1),
      1,
    );
  }
  const read = groups.map((filters) => filters.map(({ fieldName, operator, value }) => ruleOf(fieldName, operator, value)));
  if (combinations > MAX_COMBINATIONS)
    throw new FilterRefused(`Filters combination exceed maximum limit ${MAX_COMBINATIONS} for subscription.`);
  return read;
}

function ruleOf(fieldName: string, operator: string, value: unknown): FilterRule {
  if (!isOperator(operator)) throw new FilterRefused(`The subscription filter has an unknown operator: ${operator}.`);
  const path = fieldName.split('.');
  if (path.length > MAX_LEVELS) throw new FilterRefused(`The subscription filter goes more than ${MAX_LEVELS} levels deep: ${fieldName}.`);
  const checked = VALUES[operator].safeParse(value);
  if (!checked.success) {
    const message = checked.error.issues[0]?.message ?? '';
    throw new FilterRefused(
      message.startsWith('subscription exceeds') ? message : `The value of ${fieldName} ${operator} is not valid: ${message}`,
    );
  }
  return { path, holds: comparison(operator, checked.data) };
}

function isOperator(operator: string): operator is Operator {
  return Object.hasOwn(VALUES, operator);
}

function comparison(operator: Operator, wanted: unknown): FilterRule['holds'] {
  switch (operator) {
    case 'eq':
      return (value) => value === wanted;
    case 'ne':
      return (value) => value !== wanted;
    case 'lt':
      return (value) => isOrdered(value, wanted) && value < (wanted as Scalar);
    case 'le':
      return (value) => isOrdered(value, wanted) && value <= (wanted as Scalar);
    case 'gt':
      return (value) => isOrdered(value, wanted) && value > (wanted as Scalar);
    case 'ge':
      return (value) => isOrdered(value, wanted) && value >= (wanted as Scalar);
    case 'contains':
      return (value) => contains(value, wanted);
    case 'notContains':
      return (value) => !contains(value, wanted);
    case 'beginsWith':
      return (value) => typeof value === 'string' && value.startsWith(String(wanted));
    case 'in':
      return (value) => (wanted as unknown[]).includes(value);
    case 'notIn':
      return (value) => !(wanted as unknown[]).includes(value);
    case 'between': {
      // "with values 2, 3, 4" for [1, 5]: the bounds themselves are not between.
      const [low, high] = wanted as [Scalar, Scalar];
      return (value) => isOrdered(value, low) && isOrdered(value, high) && value > low && value < high;
    }
    case 'containsAny':
      return (value) => Array.isArray(value) && value.some((item) => (wanted as unknown[]).includes(item));
  }
}

/** Numbers are compared with numbers, texts with texts. */
function isOrdered(value: unknown, wanted: unknown): value is Scalar {
  return (typeof value === 'string' || typeof value === 'number') && typeof value === typeof wanted;
}

function contains(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(value)) return value.includes(wanted);
  return typeof value === 'string' && typeof wanted === 'string' ? value.includes(wanted) : value === wanted;
}

/** Whether what is told passes. A field that isn't there fulfils no rule, and a list at the top passes no filter. */
export function passes(filter: SubscriptionFilter, told: unknown): boolean {
  if (typeof told !== 'object' || told === null || Array.isArray(told)) return false;
  return filter.some((rules) =>
    rules.every(({ path, holds }) => {
      const value = at(told, path);
      return value !== undefined && value !== null && holds(value);
    }),
  );
}

/** Without a filter of the resolver's: each argument equals the field of its name ("Using subscription arguments"); null asks for none. */
export function fitsArguments(args: Readonly<Record<string, unknown>>, told: unknown): boolean {
  return Object.entries(args).every(([name, wanted]) => {
    const value = at(told, [name]) ?? null;
    return value === wanted || (typeof wanted === 'object' && wanted !== null && JSON.stringify(value) === JSON.stringify(wanted));
  });
}

function at(told: unknown, path: readonly string[]): unknown {
  let value = told;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
