import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { validationError } from './validation-error.ts';

/** What an expression's names stand for. Each throws ValidationError for a name that stands for nothing. */
export interface Names {
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapped(map: string, topLevelKey: string, secondLevelKey: string): unknown;
  importValue(exportName: string): unknown;
}

/** What `{Ref: AWS::NoValue}` yields: the property that holds it is left out. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue');

/** Stands for what is known only when a resource was created; CloudFormation writes the same in change sets. */
export const UNKNOWN = '{{changeSet:KNOWN_AFTER_APPLY}}';

/** Whether any text within holds the mark of an unknown value. */
export function holdsUnknown(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(UNKNOWN);
  if (Array.isArray(value)) return value.some(holdsUnknown);
  if (isObject(value)) return Object.values(value).some(holdsUnknown);
  return false;
}

type Json = Readonly<Record<string, unknown>>;
type Intrinsic = (argument: unknown, names: Names, resolve: (value: unknown) => unknown) => unknown;

/**
 * Replaces every intrinsic function in a value by what it yields (CloudFormation User Guide, "Intrinsic function
 * reference"). NotCarriedOut for a function of AWS's that is missing here, ValidationError for a wrong use.
 */
export function resolve(value: unknown, names: Names): unknown {
  const again = (inner: unknown) => resolve(inner, names);
  if (Array.isArray(value)) return value.map(again).filter((item) => item !== NO_VALUE);
  if (!isObject(value)) return value;
  const call = intrinsicCall(value);
  if (call !== undefined) return call.intrinsic(call.argument, names, again);
  const entries = Object.entries(value).map(([key, member]) => [key, again(member)] as const);
  return Object.fromEntries(entries.filter(([, member]) => member !== NO_VALUE));
}

/** The intrinsic function that an object is a call of, if it is one; unknown names are refused. */
export function intrinsicCall(value: Json): { name: string; argument: unknown; intrinsic: Intrinsic } | undefined {
  const keys = Object.keys(value);
  const name = keys.find((key) => key.startsWith('Fn::')) ?? (keys.length === 1 && keys[0] === 'Ref' ? 'Ref' : undefined);
  if (name === undefined) return undefined;
  const intrinsic = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
  if (intrinsic === undefined) throw new NotCarriedOut(`the intrinsic function ${name}`);
  if (keys.length > 1) throw validationError(`Template error: every ${name} object must have no other member, found [${keys.join(', ')}]`);
  return { name, argument: value[name], intrinsic };
}

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, names) => names.ref(text(argument, 'Ref')),

  'Fn::GetAtt': (argument, names, again) => {
    const { logicalId, attribute } = getAttArgument(argument, again);
    return names.attribute(logicalId, attribute);
  },

  'Fn::If': (argument, names, again) => {
    const [condition, whenTrue, whenFalse] = list(argument, 'Fn::If', 3);
    return again(names.condition(text(condition, 'Fn::If')) ? whenTrue : whenFalse);
  },

  'Fn::Join': (argument, _names, again) => {
    const [delimiter, values] = list(argument, 'Fn::Join', 2);
    const items = again(values);
    if (!Array.isArray(items)) {
      if (items === UNKNOWN) return UNKNOWN;
      throw validationError(
        'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
      );
    }
    return items.map((item) => scalarText(item, 'Fn::Join')).join(text(delimiter, 'Fn::Join'));
  },

  'Fn::Sub': (argument, names, again) => {
    const [template, variables] = Array.isArray(argument) ? list(argument, 'Fn::Sub', 2) : [argument, {}];
    if (!isObject(variables))
      throw validationError("Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments.");
    return subParts(text(template, 'Fn::Sub'))
      .map((part) => {
        if (part.kind === 'literal') return part.text;
        if (Object.hasOwn(variables, part.name)) return scalarText(again(variables[part.name]), 'Fn::Sub');
        const dot = part.name.indexOf('.');
        const value = dot < 0 ? names.ref(part.name) : names.attribute(part.name.slice(0, dot), part.name.slice(dot + 1));
        return scalarText(value, 'Fn::Sub');
      })
      .join('');
  },

  'Fn::Select': (argument, _names, again) => {
    const [indexExpression, values] = list(argument, 'Fn::Select', 2);
    const index = Number(again(indexExpression));
    const items = again(values);
    if (items === UNKNOWN) return UNKNOWN;
    if (!Array.isArray(items) || !Number.isInteger(index)) {
      throw validationError(
        'Template error: every Fn::Select object requires two non-null parameters, the first is an integer index and the second a list',
      );
    }
    if (items.length === 1 && items[0] === UNKNOWN) return UNKNOWN;
    if (index < 0 || index >= items.length)
      throw validationError(`Template error: Fn::Select cannot select nonexistent value at index ${index}`);
    return items[index];
  },

  'Fn::Split': (argument, _names, again) => {
    const [delimiter, source] = list(argument, 'Fn::Split', 2);
    const value = scalarText(again(source), 'Fn::Split');
    // How an unknown value splits isn't known either.
    return value.includes(UNKNOWN) ? [UNKNOWN] : value.split(text(delimiter, 'Fn::Split'));
  },

  'Fn::FindInMap': (argument, names, again) => {
    const [map, top, second] = list(argument, 'Fn::FindInMap', 3).map((item) => scalarText(again(item), 'Fn::FindInMap'));
    return names.mapped(map ?? '', top ?? '', second ?? '');
  },

  'Fn::Base64': (argument, _names, again) => {
    const value = scalarText(again(argument), 'Fn::Base64');
    return value.includes(UNKNOWN) ? UNKNOWN : Buffer.from(value, 'utf8').toString('base64');
  },

  'Fn::ImportValue': (argument, names, again) => names.importValue(scalarText(again(argument), 'Fn::ImportValue')),
};

type SubPart = { readonly kind: 'literal'; readonly text: string } | { readonly kind: 'name'; readonly name: string };

/** Cuts the text of Fn::Sub: `${Name}` and `${Name.Attribute}` are names, `${!Literal}` is the text `${Literal}`. */
export function subParts(template: string): SubPart[] {
  const parts: SubPart[] = [];
  let end = 0;
  for (const match of template.matchAll(/\$\{(!?)([^{}]*)\}/g)) {
    if (match.index > end) parts.push({ kind: 'literal', text: template.slice(end, match.index) });
    const inner = match[2] ?? '';
    parts.push(match[1] === '!' ? { kind: 'literal', text: `\${${inner}}` } : { kind: 'name', name: inner.trim() });
    end = match.index + match[0].length;
  }
  if (end < template.length) parts.push({ kind: 'literal', text: template.slice(end) });
  return parts;
}

/** Both forms of Fn::GetAtt's argument; the attribute's name may be an expression, the logical id may not. */
export function getAttArgument(argument: unknown, resolveInner: (value: unknown) => unknown): { logicalId: string; attribute: string } {
  const [logicalId, ...rest] = typeof argument === 'string' ? splitOnce(argument) : Array.isArray(argument) ? argument : [];
  if (typeof logicalId !== 'string' || rest.length === 0) {
    throw validationError(
      'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
    );
  }
  return { logicalId, attribute: rest.map((part) => scalarText(resolveInner(part), 'Fn::GetAtt')).join('.') };
}

function splitOnce(value: string): string[] {
  const dot = value.indexOf('.');
  return dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)];
}

function list(argument: unknown, name: string, length: number): unknown[] {
  if (Array.isArray(argument) && argument.length === length) return argument;
  throw validationError(`Template error: every ${name} object requires a list of ${length} arguments`);
}

function text(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw validationError(`Template error: ${name} requires a string, not ${JSON.stringify(value)}`);
}

function scalarText(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw validationError(`Template error: ${name} requires strings, not ${JSON.stringify(value) ?? 'AWS::NoValue'}`);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
