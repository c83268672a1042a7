import { isDeepStrictEqual } from 'node:util';
import { type Data, shown } from './compare-data.ts';
import { addition, breaking, type Finding } from './finding.ts';

type Schema = { readonly [keyword: string]: Data };

/** Keywords that explain and allow nothing ("JSON Schema Validation", section 9, meta-data annotations). */
const annotations = new Set(['$schema', '$id', '$comment', 'title', 'description', 'examples', 'deprecated', 'id']);
/** Keywords that are compared by themselves below. */
const structural = new Set([
  'properties',
  'required',
  'items',
  'prefixItems',
  'anyOf',
  'oneOf',
  'allOf',
  'additionalProperties',
  'enum',
  'const',
]);

/**
 * Compares the schemas of what repos send to one another or keep (JSON Schema, draft 2020-12, as zod writes it). Both directions count: who was built with the published one reads what
 * the new one sends, and sends what the new one reads. So all must stay as it is, but that an object which ignores what it doesn't know may get an optional property.
 */
export function compareSchemas(name: string, before: Data, now: Data): Finding[] {
  if (isDeepStrictEqual(before, now)) return [];
  if (!isSchema(before) || !isSchema(now)) return [breaking(name, `was ${shown(before)}, is ${shown(now)}`)];
  const keywords = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (keyword) => !annotations.has(keyword) && !structural.has(keyword) && !isDeepStrictEqual(before[keyword], now[keyword]),
  );
  return [
    ...keywords.map((keyword) => breaking(name, `${keyword} was ${told(before[keyword])}, is ${told(now[keyword])}`)),
    ...compareValues(name, before, now),
    ...compareProperties(name, before, now),
    ...['items', 'additionalProperties'].flatMap((keyword) =>
      compareParts(keyword === 'items' ? `${name}[]` : `${name}.*`, keyword, before[keyword], now[keyword]),
    ),
    ...['anyOf', 'oneOf', 'allOf', 'prefixItems'].flatMap((keyword) => compareAlternatives(name, keyword, before[keyword], now[keyword])),
  ];
}

/** enum and const: the values that are allowed. */
function compareValues(name: string, before: Schema, now: Schema): Finding[] {
  const values = (schema: Schema): readonly Data[] | undefined => {
    if (schema['const'] !== undefined) return [schema['const']];
    return Array.isArray(schema['enum']) ? schema['enum'] : undefined;
  };
  const [old, current] = [values(before), values(now)];
  if (old === undefined && current === undefined) return [];
  if (old === undefined || current === undefined) return [breaking(name, `the values allowed were ${told(old)}, are ${told(current)}`)];
  return [
    ...old.filter((value) => !current.includes(value)).map((value) => breaking(name, `no longer allows ${shown(value)}`)),
    ...current
      .filter((value) => !old.includes(value))
      .map((value) => breaking(name, `now has ${shown(value)}, which readers of the published version refuse`)),
  ];
}

function compareProperties(name: string, before: Schema, now: Schema): Finding[] {
  const [old, current] = [propertiesOf(before), propertiesOf(now)];
  const [needed, needs] = [requiredOf(before), requiredOf(now)];
  const kept = Object.entries(old).flatMap(([property, schema]) => {
    const path = `${name}.${property}`;
    const counterpart = current[property];
    if (counterpart === undefined) return [breaking(path, 'is gone')];
    const optional =
      needed.has(property) === needs.has(property)
        ? []
        : [breaking(path, needs.has(property) ? 'was optional, is required' : 'was required, is optional')];
    return [...optional, ...compareSchemas(path, schema, counterpart)];
  });
  const added = Object.keys(current).filter((property) => !(property in old));
  return [
    ...kept,
    ...added.map((property) => {
      const path = `${name}.${property}`;
      if (needs.has(property)) return breaking(path, 'is new and required: what was sent or kept before lacks it');
      if (before['additionalProperties'] === false)
        return breaking(path, 'is new, and readers of the published version refuse what they do not know');
      return addition(path, 'is new and optional');
    }),
  ];
}

function compareParts(name: string, keyword: string, before: Data | undefined, now: Data | undefined): Finding[] {
  if (isDeepStrictEqual(before, now)) return [];
  if (isSchema(before) && isSchema(now)) return compareSchemas(name, before, now);
  return [breaking(name, `${keyword} was ${told(before)}, is ${told(now)}`)];
}

/** Alternatives are told apart by the one property that is a constant in each, such as `type`; others by their place. */
function compareAlternatives(name: string, keyword: string, before: Data | undefined, now: Data | undefined): Finding[] {
  if (isDeepStrictEqual(before, now)) return [];
  if (!isSchemas(before) || !isSchemas(now)) return [breaking(name, `${keyword} was ${told(before)}, is ${told(now)}`)];
  const [old, current] = [named(before), named(now)];
  return [
    ...[...old].flatMap(([kind, schema]) => {
      const counterpart = current.get(kind);
      return counterpart === undefined
        ? [breaking(`${name}<${kind}>`, 'is gone')]
        : compareSchemas(`${name}<${kind}>`, schema, counterpart);
    }),
    ...[...current.keys()]
      .filter((kind) => !old.has(kind))
      .map((kind) => breaking(`${name}<${kind}>`, 'is new, and readers of the published version refuse it')),
  ];
}

function named(schemas: readonly Schema[]): Map<string, Schema> {
  return new Map(
    schemas.map((schema, index) => {
      const constants = Object.values(propertiesOf(schema)).flatMap((property) =>
        isSchema(property) && typeof property['const'] === 'string' ? [property['const']] : [],
      );
      return [
        constants[0] ??
          (typeof schema['type'] === 'string' && schemas.filter(({ type }) => type === schema['type']).length === 1
            ? schema['type']
            : String(index)),
        schema,
      ];
    }),
  );
}

const isSchema = (value: Data | undefined): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);
const isSchemas = (value: Data | undefined): value is readonly Schema[] => Array.isArray(value) && value.every(isSchema);
const propertiesOf = ({ properties }: Schema): Schema => (isSchema(properties) ? properties : {});
const requiredOf = ({ required }: Schema): Set<Data> => new Set(Array.isArray(required) ? required : []);
const told = (value: Data | undefined): string => (value === undefined ? 'not said' : shown(value));
