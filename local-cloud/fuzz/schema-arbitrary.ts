import fc from 'fast-check';
import { z } from 'zod';
import { oddText, oddValue } from './odd-values.ts';

/** Values that say something in a place of this name, such as the name of a table that is there. */
export type Known = (member: string) => fc.Arbitrary<unknown> | undefined;

/** The part of JSON Schema that zod writes for operations' inputs. */
interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** Inputs that fit a schema mostly: members that are known are what is known, and some are odd. */
export function inputsOf(schema: z.ZodType, known: Known): fc.Arbitrary<unknown> {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
  return new Maker(root, known).of(root, '', 0);
}

class Maker {
  readonly #root: Schema;
  readonly #known: Known;

  constructor(root: Schema, known: Known) {
    this.#root = root;
    this.#known = known;
  }

  of(schema: Schema, member: string, depth: number): fc.Arbitrary<unknown> {
    const known = this.#known(member);
    const fitting = this.#fitting(schema, member, depth);
    const odd = { weight: 1, arbitrary: isText(schema) ? fc.oneof(oddText, oddValue) : oddValue };
    if (known === undefined) return depth === 0 ? fitting : fc.oneof({ weight: 12, arbitrary: fitting }, odd);
    return fc.oneof({ weight: 12, arbitrary: known }, { weight: 2, arbitrary: fitting }, odd);
  }

  #fitting(schema: Schema, member: string, depth: number): fc.Arbitrary<unknown> {
    if (schema.$ref !== undefined) return depth > 6 ? fc.constant(null) : this.#fitting(this.#defined(schema.$ref), member, depth + 1);
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    const branches = schema.anyOf ?? schema.oneOf;
    if (branches !== undefined) return fc.oneof(...branches.map((branch) => this.#fitting(branch, member, depth + 1)));
    if (schema.allOf?.[0] !== undefined) return this.#fitting(schema.allOf[0], member, depth + 1);
    switch (schema.type) {
      case 'object':
        return this.#object(schema, depth);
      case 'array':
        return this.#array(schema, member, depth);
      case 'string':
        return textOf(schema);
      case 'integer':
        return fc.integer({ min: Math.max(schema.minimum ?? -2, -1000), max: Math.min(schema.maximum ?? 200, 100_000) });
      case 'number':
        return fc.oneof(
          fc.integer({ min: Math.max(schema.minimum ?? -2, -1e6), max: Math.min(schema.maximum ?? 2000, 1e9) }),
          fc.constantFrom(0.5, 1e13, Date.now()),
        );
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      default:
        return fc.oneof(
          fc.base64String({ maxLength: 40 }),
          fc.dictionary(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 }), { maxKeys: 3 }),
          oddValue,
        );
    }
  }

  #object({ properties = {}, required = [], additionalProperties, propertyNames }: Schema, depth: number): fc.Arbitrary<unknown> {
    const members = fc.record(
      Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, this.of(schema, name, depth + 1)])),
      {
        requiredKeys: [...required],
      },
    );
    if (typeof additionalProperties !== 'object') return members;
    const names =
      propertyNames === undefined
        ? fc.string({ maxLength: 12 })
        : fc.oneof(this.#fitting(propertyNames, '', depth + 1).map(String), oddText);
    const more = fc.dictionary(fc.oneof(this.#known('*')?.map(String) ?? names, names), this.of(additionalProperties, '', depth + 1), {
      maxKeys: 3,
    });
    return fc.tuple(members, more).map(([own, others]) => ({ ...others, ...own }));
  }

  #array({ items, prefixItems, minItems = 0, maxItems = 4 }: Schema, member: string, depth: number): fc.Arbitrary<unknown> {
    if (prefixItems !== undefined) return fc.tuple(...prefixItems.map((item) => this.of(item, member, depth + 1)));
    const item = this.of(items ?? {}, member.replace(/s$/, ''), depth + 1);
    return fc.array(item, { minLength: Math.min(minItems, 4), maxLength: Math.max(Math.min(maxItems, 4), Math.min(minItems, 4)) });
  }

  #defined(reference: string): Schema {
    return reference === '#' ? this.#root : (this.#root.$defs?.[reference.replace('#/$defs/', '')] ?? {});
  }
}

function isText({ type }: Schema): boolean {
  return type === 'string';
}

function textOf({ pattern, minLength = 0, maxLength = 30 }: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) {
    try {
      return fc.stringMatching(new RegExp(pattern), { size: '-1' });
    } catch {
      // A pattern with look-arounds: any text will do.
    }
  }
  const length = { minLength: Math.min(minLength, 200), maxLength: Math.max(Math.min(maxLength, 30), Math.min(minLength, 200)) };
  return fc.oneof(fc.string({ unit: fc.constantFrom(...'abcXYZ019-_./:'), ...length }), fc.string(length));
}
