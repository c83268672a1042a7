import {
  type DocumentNode,
  executeSync,
  type FieldNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  specifiedRules,
  typeFromAST,
  type ValidationRule,
  validate,
  visit,
} from 'graphql';
import type { ApiSchema } from '../schema/api-schema.ts';
import type { CallerMode } from '../schema/field-access.ts';
import type { FieldResolver } from './field-resolver.ts';
import type { AnsweredError } from './graphql-errors.ts';
import { type FieldPlan, type OperationPlan, planOperation } from './plan.ts';

/** So many documents are kept parsed and planned; the one used longest ago goes first. */
const KEPT_DOCUMENTS = 500;
/** The parser that AppSync is built on stops at so many tokens unless told otherwise (graphql-java, "ParserOptions"). */
const MAX_TOKENS = 15_000;

export interface PlanSettings {
  readonly defaultMode: CallerMode;
  readonly depthLimit: number;
  readonly introspection: boolean;
  resolver(typeName: string, fieldName: string): FieldResolver | undefined;
}

/** An operation ready to run with the variables of one request. */
export interface PlannedRequest {
  readonly plan: OperationPlan;
  readonly variables: Readonly<Record<string, unknown>>;
  introspect(field: FieldPlan): unknown;
}

/** A request that is answered without asking anything. */
export class RequestRefused extends Error {
  readonly errors: readonly AnsweredError[];

  constructor(errors: readonly AnsweredError[]) {
    super(errors[0]?.message ?? 'refused');
    this.errors = errors;
  }
}

interface KnownDocument {
  readonly document: DocumentNode;
  readonly errors: readonly GraphQLError[];
  readonly plans: Map<string, OperationPlan>;
  readonly conditionVariables: ReadonlyMap<OperationDefinitionNode, readonly string[]>;
}

/** Parses, validates and plans what is asked, each text once. */
export class RequestPlans {
  readonly #schema: ApiSchema;
  readonly #settings: PlanSettings;
  readonly #known = new Map<string, KnownDocument>();

  constructor(schema: ApiSchema, settings: PlanSettings) {
    this.#schema = schema;
    this.#settings = settings;
  }

  /** The plan of an operation for callers of this mode. Throws RequestRefused. */
  prepare(
    query: string,
    operationName: string | undefined,
    rawVariables: Readonly<Record<string, unknown>>,
    mode: CallerMode,
  ): PlannedRequest {
    const known = this.#document(query);
    if (known.errors.length > 0) throw new RequestRefused(known.errors.map(answered));
    const operation = getOperationAST(known.document, operationName);
    if (operation == null) {
      throw refused(
        operationName === undefined
          ? 'Must provide operation name if query contains multiple operations.'
          : `Unknown operation named '${operationName}'.`,
      );
    }
    if (this.#schema.graphql.getRootType(operation.operation) == null)
      throw refused(`Schema is not configured for ${operation.operation} operations.`, operation);
    const variables = variablesOf(this.#schema.graphql, operation, rawVariables);
    const conditions = known.conditionVariables.get(operation) ?? [];
    const key = [operation.name?.value ?? '', mode, ...conditions.map((name) => String(variables[name]))].join(' ');
    let plan = known.plans.get(key);
    if (plan === undefined) {
      const values = Object.fromEntries(conditions.map((name) => [name, variables[name]]));
      plan = planOperation({ schema: this.#schema, document: known.document, operation, mode, conditions: values, ...this.#settings });
      known.plans.set(key, plan);
    }
    const introspect = ({ key: responseKey, introspection = [] }: FieldPlan) =>
      introspected(this.#schema.graphql, known.document, operation, introspection, rawVariables)?.[responseKey] ?? null;
    return { plan, variables, introspect };
  }

  #document(query: string): KnownDocument {
    const before = this.#known.get(query);
    if (before !== undefined) {
      // Its place is at the end again.
      this.#known.delete(query);
      this.#known.set(query, before);
      return before;
    }
    const made = this.#read(query);
    if (this.#known.size >= KEPT_DOCUMENTS) this.#known.delete(this.#known.keys().next().value ?? '');
    this.#known.set(query, made);
    return made;
  }

  #read(query: string): KnownDocument {
    const plans = new Map<string, OperationPlan>();
    const conditionVariables = new Map<OperationDefinitionNode, string[]>();
    const rules = [...specifiedRules, noReservedAlias, ...(this.#settings.introspection ? [] : [noIntrospection])];
    let document: DocumentNode;
    let errors: readonly GraphQLError[];
    try {
      document = parse(query, { maxTokens: MAX_TOKENS });
      errors = validate(this.#schema.graphql, document, rules);
    } catch (error) {
      // The parser and the rules descend by recursion: what is nested deeper than their stack is deeper than any limit.
      const known = error instanceof RangeError ? new GraphQLError('Syntax Error: The document is nested too deeply.') : error;
      if (!(known instanceof GraphQLError)) throw known;
      return { document: { kind: Kind.DOCUMENT, definitions: [] }, errors: [known], plans, conditionVariables };
    }
    const conditions = conditionsOf(document);
    for (const node of document.definitions) {
      if (node.kind !== Kind.OPERATION_DEFINITION) continue;
      conditionVariables.set(
        node,
        (node.variableDefinitions ?? []).map(({ variable }) => variable.name.value).filter((name) => conditions.has(name)),
      );
    }
    return { document, errors, plans, conditionVariables };
  }
}

/** Variables that decide what is selected. */
function conditionsOf(document: DocumentNode): Set<string> {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ arguments: args = [] }) => {
      for (const { value } of args) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return names;
}

function variablesOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  raw: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const definitions = operation.variableDefinitions ?? [];
  if (definitions.length === 0) return {};
  for (const { variable, type: node, defaultValue } of definitions) {
    const name = variable.name.value;
    const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
    const type = typeFromAST(schema, node as Parameters<typeof typeFromAST>[1]);
    if (isNonNullType(type) && (value === null || (value === undefined && defaultValue === undefined)))
      throw refused(`Variable '${name}' has coerced Null value for NonNull type '${print(node)}'`, variable);
  }
  const { coerced, errors } = getVariableValues(schema, definitions, raw);
  if (coerced === undefined) throw new RequestRefused(errors.map(answered));
  return coerced;
}

function introspected(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  selections: readonly FieldNode[],
  variableValues: Readonly<Record<string, unknown>>,
) {
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const asked: OperationDefinitionNode = { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } };
  return executeSync({ schema, document: { kind: Kind.DOCUMENT, definitions: [asked, ...fragments] }, variableValues }).data;
}

function answered(error: GraphQLError): AnsweredError {
  return {
    path: null,
    locations: error.locations?.map(({ line, column }) => ({ line, column, sourceName: null })) ?? null,
    message: error.message,
  };
}

function refused(message: string, node?: { loc?: { startToken: { line: number; column: number } } }): RequestRefused {
  const at = node?.loc?.startToken;
  return new RequestRefused([
    { path: null, locations: at === undefined ? null : [{ line: at.line, column: at.column, sourceName: null }], message },
  ]);
}

/** A key that an object cannot have like any other. */
const noReservedAlias: ValidationRule = (context) => ({
  Field: (node) => {
    if (node.alias?.value === '__proto__')
      context.reportError(new GraphQLError("The local cloud does not take the alias '__proto__'.", { nodes: node }));
  },
});

/** AWS AppSync Developer Guide, "Configuring GraphQL run complexity, query depth, and introspection". */
const noIntrospection: ValidationRule = (context) => ({
  Field: (node, _key, _parent, _path, ancestors) => {
    const type = context.getParentType();
    if (type?.name.startsWith('__') !== true) return;
    const above = ancestors.flatMap((each) => ('kind' in each && each.kind === Kind.FIELD ? [each.name.value] : []));
    const place = [...above, node.name.value].join('/');
    context.reportError(
      new GraphQLError(
        `Validation error of type FieldUndefined: Field '${node.name.value}' in type '${type.name}' is undefined @ '${place}'`,
        { nodes: node },
      ),
    );
  },
});
