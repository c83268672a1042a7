import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { ApiSchema } from '../schema/api-schema.ts';
import type { CallerMode } from '../schema/field-access.ts';
import { CannotSerialize, OWN_SCALARS, type Serialize } from '../schema/scalars.ts';
import { type CollectedField, FieldCollector } from './collect-fields.ts';
import type { FieldResolver } from './field-resolver.ts';
import { type ErrorLocation, locationsOf } from './graphql-errors.ts';
import { type SelectionText, selectionText } from './selection-set.ts';

/** An operation made ready to run as often as it is asked for, by callers of one mode and with the same `@skip` and `@include`. */
export interface OperationPlan {
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** Undefined for an operation without a name. */
  readonly name: string | undefined;
  readonly fields: readonly FieldPlan[];
}

export interface FieldPlan {
  /** In the answer: the alias, or the field's name. */
  readonly key: string;
  readonly name: string;
  /** The type that has the field. */
  readonly parent: string;
  readonly output: OutputPlan;
  readonly locations: readonly ErrorLocation[];
  /** What asks a data source; undefined: the field is read from what its parent gave. */
  readonly resolver: FieldResolver | undefined;
  /** Why nobody of this mode gets it in this operation. */
  readonly refusal: 'unauthorized' | 'too-deep' | undefined;
  /** Only callers in one of these groups of the user pool get it. */
  readonly groups: readonly string[] | undefined;
  /** Of `__schema` and `__type`: what is selected of them. */
  readonly introspection: readonly FieldNode[] | undefined;
  arguments(variables: Readonly<Record<string, unknown>>): Record<string, unknown>;
  selection(): SelectionText;
}

/** How a field's value is brought into the answer. `type` is as AppSync's messages name it. */
export type OutputPlan = { readonly nonNull: boolean; readonly type: string } & (
  | { readonly kind: 'leaf'; readonly serialize: Serialize }
  | { readonly kind: 'list'; readonly of: OutputPlan }
  | { readonly kind: 'object'; fields(): readonly FieldPlan[] }
  | { readonly kind: 'abstract'; fields(typeName: string): readonly FieldPlan[] | undefined }
);

export interface PlanOptions {
  readonly schema: ApiSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly mode: CallerMode;
  /** The mode of callers for fields without a directive. */
  readonly defaultMode: CallerMode;
  /** Levels of fields, leaves included; 0: any. */
  readonly depthLimit: number;
  /** Values of the variables in `@skip` and `@include`. */
  readonly conditions: Readonly<Record<string, unknown>>;
  resolver(typeName: string, fieldName: string): FieldResolver | undefined;
}

/** Makes the plan of a valid operation; what lies below a field is planned when it is first reached. */
export function planOperation(options: PlanOptions): OperationPlan {
  const { schema, operation } = options;
  const root = schema.graphql.getRootType(operation.operation);
  if (root == null) throw new Error(`the schema has no ${operation.operation} type`);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of options.document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const planner = new Planner(options, new FieldCollector(schema.graphql, fragments, options.conditions));
  return { kind: operation.operation, name: operation.name?.value, fields: planner.fields(root, [operation.selectionSet], 1) };
}

class Planner {
  readonly #options: PlanOptions;
  readonly #collector: FieldCollector;

  constructor(options: PlanOptions, collector: FieldCollector) {
    this.#options = options;
    this.#collector = collector;
  }

  fields(type: GraphQLObjectType, selectionSets: Parameters<FieldCollector['collect']>[1], depth: number): FieldPlan[] {
    return this.#collector.collect(type, selectionSets).map((collected) => this.#field(type, collected, depth));
  }

  #field(parent: GraphQLObjectType, { key, nodes }: CollectedField, depth: number): FieldPlan {
    const { schema, mode, defaultMode, depthLimit } = this.#options;
    const name = nodes[0].name.value;
    const definition = this.#collector.definition(parent, name);
    const meta = name.startsWith('__');
    const access = meta ? undefined : schema.access(parent, name);
    const allowed = access === undefined || (access.modes ?? [defaultMode]).includes(mode);
    let selected: SelectionText | undefined;
    return {
      key,
      name,
      parent: parent.name,
      output: this.#output(definition.type, nodes, depth, name === '__typename' ? parent.name : undefined),
      locations: locationsOf(nodes),
      resolver: meta ? undefined : this.#options.resolver(parent.name, name),
      refusal: allowed ? (depthLimit > 0 && depth > depthLimit ? 'too-deep' : undefined) : 'unauthorized',
      groups: mode === 'AMAZON_COGNITO_USER_POOLS' ? access?.groups : undefined,
      introspection: meta && name !== '__typename' ? nodes : undefined,
      arguments: argumentsOf(definition, nodes[0]),
      selection: () => {
        selected ??= selectionText(this.#collector, getNamedType(definition.type), nodes);
        return selected;
      },
    };
  }

  #output(type: GraphQLOutputType, nodes: readonly FieldNode[], depth: number, constant?: string): OutputPlan {
    const nonNull = isNonNullType(type);
    const nullable = nonNull ? type.ofType : type;
    // AppSync's messages have no name for a list.
    if (isListType(nullable)) return { kind: 'list', nonNull, type: 'null', of: this.#output(nullable.ofType, nodes, depth) };
    const named = { nonNull, type: nullable.name };
    if (isLeafType(nullable)) return { kind: 'leaf', ...named, serialize: constant === undefined ? serializer(nullable) : () => constant };
    const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    if (isAbstractType(nullable)) {
      const possible = new Map<string, readonly FieldPlan[]>();
      const fields = (typeName: string) => {
        let known = possible.get(typeName);
        const object = this.#options.schema.graphql.getPossibleTypes(nullable).find((candidate) => candidate.name === typeName);
        if (known === undefined && object !== undefined) {
          known = this.fields(object, selectionSets, depth + 1);
          possible.set(typeName, known);
        }
        return known;
      };
      return { kind: 'abstract', ...named, fields };
    }
    if (!isObjectType(nullable)) throw new Error(`no output type: ${nullable}`);
    let planned: readonly FieldPlan[] | undefined;
    const fields = () => {
      planned ??= this.fields(nullable, selectionSets, depth + 1);
      return planned;
    };
    return { kind: 'object', ...named, fields };
  }
}

function serializer(type: GraphQLOutputType & { readonly name: string }): Serialize {
  if (!isEnumType(type)) return OWN_SCALARS.get(type.name) ?? ((value) => (type as { serialize: Serialize }).serialize(value));
  const names = new Set(type.getValues().map(({ name }) => name));
  return (value) => {
    if (typeof value === 'string' && names.has(value)) return value;
    throw new CannotSerialize(`Invalid input for Enum '${type.name}'. No value found for name '${String(value)}'`);
  };
}

function argumentsOf(definition: GraphQLField<unknown, unknown>, node: FieldNode): FieldPlan['arguments'] {
  let usesVariables = false;
  visit(node, {
    Variable: () => {
      usesVariables = true;
    },
    SelectionSet: () => false,
  });
  if (usesVariables) return (variables) => getArgumentValues(definition, node, variables);
  let constant: Record<string, unknown> | undefined;
  return () => {
    constant ??= getArgumentValues(definition, node, {});
    return constant;
  };
}
