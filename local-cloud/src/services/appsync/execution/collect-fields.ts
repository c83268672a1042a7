import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';

/** Everything that an operation selects under one key of a type. */
export interface CollectedField {
  readonly key: string;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
}

/** Finds what is selected of a type, through fragments (GraphQL Specification, "CollectFields()"). */
export class FieldCollector {
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #conditions: Readonly<Record<string, unknown>>;

  /** `conditions`: values of the variables in `@skip` and `@include`. */
  constructor(
    schema: GraphQLSchema,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    conditions: Readonly<Record<string, unknown>>,
  ) {
    this.#schema = schema;
    this.#fragments = fragments;
    this.#conditions = conditions;
  }

  collect(type: GraphQLCompositeType, selectionSets: readonly SelectionSetNode[]): CollectedField[] {
    const found = new Map<string, [FieldNode, ...FieldNode[]]>();
    const visited = new Set<string>();
    for (const selectionSet of selectionSets) this.#collect(type, selectionSet, found, visited);
    return [...found].map(([key, nodes]) => ({ key, nodes }));
  }

  definition(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    const field = 'getFields' in type ? type.getFields()[name] : undefined;
    if (field === undefined) throw new Error(`an operation that was not validated: no field ${name} on ${type.name}`);
    return field;
  }

  #collect(
    type: GraphQLCompositeType,
    { selections }: SelectionSetNode,
    found: Map<string, [FieldNode, ...FieldNode[]]>,
    visited: Set<string>,
  ): void {
    for (const selection of selections) {
      if (!this.#isIncluded(selection.directives ?? [])) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const before = found.get(key);
        if (before === undefined) found.set(key, [selection]);
        else before.push(selection);
        continue;
      }
      const named = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : undefined;
      if (named !== undefined) {
        if (visited.has(named.name.value)) continue;
        visited.add(named.name.value);
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : named;
      if (fragment !== undefined && this.#applies(fragment.typeCondition, type)) this.#collect(type, fragment.selectionSet, found, visited);
    }
  }

  #isIncluded(directives: readonly DirectiveNode[]): boolean {
    if (directives.length === 0) return true;
    const holder = { directives };
    if (getDirectiveValues(GraphQLSkipDirective, holder, this.#conditions)?.['if'] === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, holder, this.#conditions)?.['if'] !== false;
  }

  #applies(condition: NamedTypeNode | undefined, type: GraphQLCompositeType): boolean {
    if (condition === undefined || condition.name.value === type.name) return true;
    const wanted = this.#schema.getType(condition.name.value);
    return isAbstractType(wanted) && isObjectType(type) && this.#schema.isSubType(wanted, type);
  }
}
