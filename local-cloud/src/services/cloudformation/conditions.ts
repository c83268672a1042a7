import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { type Names, resolve } from './intrinsics.ts';
import type { TemplateRule } from './template.ts';
import { validationError } from './validation-error.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The condition functions (CloudFormation User Guide, "Condition functions"), and those that only rules have (same
 * guide, "Rule functions"): `inRule` allows the latter.
 */
export function evaluateCondition(expression: unknown, names: Names, inRule = false): boolean {
  const again = (inner: unknown) => evaluateCondition(inner, names, inRule);
  const [name, argument] = singleMember(expression);
  switch (name) {
    case 'Condition':
      return names.condition(String(argument));
    case 'Fn::Equals': {
      const [left, right] = pair(name, resolve(argument, names));
      return JSON.stringify(normalized(left)) === JSON.stringify(normalized(right));
    }
    case 'Fn::Not':
      return !again(members(name, argument, 1, 1)[0]);
    case 'Fn::And':
      return members(name, argument, 2, 10).map(again).every(Boolean);
    case 'Fn::Or':
      return members(name, argument, 2, 10).map(again).some(Boolean);
    case 'Fn::Contains':
    case 'Fn::EachMemberEquals':
    case 'Fn::EachMemberIn': {
      if (!inRule) throw validationError(`Template error: ${name} is allowed in rules only`);
      const [left, right] = pair(name, resolve(argument, names));
      const items = texts(left);
      if (name === 'Fn::Contains') return items.includes(String(right));
      if (name === 'Fn::EachMemberEquals') return items.every((item) => item === String(right));
      return items.every((item) => texts(right).includes(item));
    }
    default:
      throw new NotCarriedOut(`the condition function ${name}`);
  }
}

/**
 * The value of every condition. Conditions may name each other in any order; a circle is refused.
 * `names.condition` is not asked for names of this section.
 */
export function evaluateConditions(expressions: Json, names: Names): Record<string, boolean> {
  const values = new Map<string, boolean>();
  const open = new Set<string>();
  const evaluated = (name: string): boolean => {
    const known = values.get(name);
    if (known !== undefined) return known;
    if (!Object.hasOwn(expressions, name)) {
      throw validationError(`Template format error: Unresolved condition dependency ${name} in the Conditions block of the template`);
    }
    if (open.has(name)) throw validationError(`Template format error: Circular dependency between conditions: [${[...open].join(', ')}]`);
    open.add(name);
    const value = evaluateCondition(expressions[name], { ...names, condition: evaluated });
    open.delete(name);
    values.set(name, value);
    return value;
  };
  return Object.fromEntries(Object.keys(expressions).map((name) => [name, evaluated(name)]));
}

/** Throws ValidationError with the description of the first assertion that doesn't hold. */
export function checkRules(rules: Readonly<Record<string, TemplateRule>>, names: Names): void {
  for (const [name, rule] of Object.entries(rules)) {
    if (rule.condition !== undefined && !evaluateCondition(rule.condition, names, true)) continue;
    for (const { assert, description } of rule.assertions) {
      if (!evaluateCondition(assert, names, true)) {
        throw validationError(`Template constraint violation of rule ${name}: ${description ?? JSON.stringify(assert)}`);
      }
    }
  }
}

function singleMember(expression: unknown): [string, unknown] {
  const entries = typeof expression === 'object' && expression !== null && !Array.isArray(expression) ? Object.entries(expression) : [];
  const only = entries[0];
  if (only === undefined || entries.length > 1) {
    throw validationError(
      `Template format error: Conditions can only be boolean operations on parameters and other conditions, not ${JSON.stringify(expression)}`,
    );
  }
  return only;
}

function members(name: string, argument: unknown, least: number, most: number): unknown[] {
  if (Array.isArray(argument) && argument.length >= least && argument.length <= most) return argument;
  throw validationError(
    `Template error: every ${name} object requires a list of ${least === most ? least : `${least} to ${most}`} conditions`,
  );
}

function pair(name: string, argument: unknown): [unknown, unknown] {
  if (Array.isArray(argument) && argument.length === 2) return [argument[0], argument[1]];
  throw validationError(`Template error: every ${name} object requires a list of 2 parameters`);
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

function normalized(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}
