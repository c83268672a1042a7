import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  getDirectiveValues,
  getNamedType,
  isScalarType,
  Kind,
  parse,
  validateSchema,
} from 'graphql';
import { NotCarriedOut } from '../../../kernel/aws-error.ts';
import { type FieldAccess, fieldAccess } from './field-access.ts';
import { AWS_SCALARS } from './scalars.ts';

/** What AppSync adds to every schema: its scalars, and the directives by which a schema says who may read what and what is told to whom. */
const ADDITIONS = parse(
  `${[...AWS_SCALARS.keys()].map((name) => `scalar ${name}`).join('\n')}
  directive @aws_subscribe(mutations: [String]) on FIELD_DEFINITION
  directive @aws_auth(cognito_groups: [String]) on FIELD_DEFINITION
  directive @aws_cognito_user_pools(cognito_groups: [String]) on FIELD_DEFINITION | OBJECT
  directive @aws_iam on FIELD_DEFINITION | OBJECT`,
  { noLocation: true },
);
const NOT_CARRIED_OUT = new Set(['aws_api_key', 'aws_oidc', 'aws_lambda', 'aws_publish', 'canonical', 'hidden', 'renamed']);

/** Why a schema isn't taken; AppSync's own words differ. */
export class SchemaRefused extends Error {}

/** A schema with what its directives say. */
export interface ApiSchema {
  /** As it was handed in. */
  readonly definition: string;
  readonly graphql: GraphQLSchema;
  /** Who may read a field of a type. */
  access(type: GraphQLObjectType, fieldName: string): FieldAccess;
  /** The subscription fields that are told of a mutation, by the mutation's field. */
  readonly subscriptionsOf: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads a schema definition (AWS AppSync Developer Guide, "Designing a GraphQL schema"). `soleProvider`: whether the API has one way of
 * authentication alone. Throws SchemaRefused, NotCarriedOut.
 */
export function buildApiSchema(definition: string, { soleProvider }: { soleProvider: boolean }): ApiSchema {
  const document = parsed(definition);
  for (const node of document.definitions) checkDefinition(node);
  checkDirectives(document, soleProvider);
  let graphql: GraphQLSchema;
  try {
    graphql = buildASTSchema({ kind: Kind.DOCUMENT, definitions: [...ADDITIONS.definitions, ...document.definitions] });
  } catch (error) {
    throw new SchemaRefused((error as Error).message);
  }
  const [problem] = validateSchema(graphql);
  if (problem !== undefined) throw new SchemaRefused(problem.message);
  for (const [name, scalar] of AWS_SCALARS) {
    const type = graphql.getType(name);
    // The definition made a scalar that takes anything; it stands in the schema already and is given what it lacks.
    if (isScalarType(type))
      Object.assign(type, { parseValue: scalar.parseValue, parseLiteral: scalar.parseLiteral, serialize: scalar.serialize });
  }
  return { definition, graphql, access: (type, fieldName) => fieldAccess(type, fieldName), subscriptionsOf: subscriptions(graphql) };
}

function parsed(definition: string): DocumentNode {
  try {
    return parse(definition);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const at = error.locations?.[0];
    throw new SchemaRefused(`${error.message}${at === undefined ? '' : ` (line ${at.line}, column ${at.column})`}`);
  }
}

function checkDefinition(node: DefinitionNode): void {
  if (node.kind === Kind.OPERATION_DEFINITION || node.kind === Kind.FRAGMENT_DEFINITION)
    throw new SchemaRefused('A schema has no operations.');
  if (node.kind === Kind.SCALAR_TYPE_DEFINITION) throw new SchemaRefused(`Custom scalars are not supported: ${node.name.value}.`);
  if (node.kind === Kind.DIRECTIVE_DEFINITION) throw new SchemaRefused(`Custom directives are not supported: @${node.name.value}.`);
  if (node.kind.endsWith('Extension')) throw new SchemaRefused('Type extensions are not supported.');
  if ('name' in node && node.name?.value.startsWith('AWS') === true)
    throw new SchemaRefused(`Names of types do not begin with AWS: ${node.name.value}.`);
}

function checkDirectives(document: DocumentNode, soleProvider: boolean): void {
  for (const node of document.definitions) {
    const fields = node.kind === Kind.OBJECT_TYPE_DEFINITION ? (node.fields ?? []) : [];
    for (const { name } of [node, ...fields].flatMap((holder) => ('directives' in holder ? (holder.directives ?? []) : []))) {
      if (NOT_CARRIED_OUT.has(name.value)) throw new NotCarriedOut(`the directive @${name.value} of AppSync`);
      if (name.value === 'aws_auth' && !soleProvider)
        throw new SchemaRefused(
          '@aws_auth is ignored by AppSync where an API has more than one way of authentication: use @aws_cognito_user_pools.',
        );
    }
  }
}

function subscriptions(schema: GraphQLSchema): Map<string, string[]> {
  const told = new Map<string, string[]>();
  const type = schema.getSubscriptionType();
  const mutations = schema.getMutationType()?.getFields() ?? {};
  const directive = schema.getDirective('aws_subscribe');
  for (const field of Object.values(type?.getFields() ?? {})) {
    const values = directive == null || field.astNode == null ? undefined : getDirectiveValues(directive, field.astNode);
    for (const name of (values?.['mutations'] as readonly string[] | undefined) ?? []) {
      const mutation = Object.hasOwn(mutations, name) ? mutations[name] : undefined;
      if (mutation === undefined) throw new SchemaRefused(`@aws_subscribe of ${field.name} names a mutation that is not there: ${name}.`);
      if (getNamedType(mutation.type) !== getNamedType(field.type))
        throw new SchemaRefused(`The subscription ${field.name} must have the type of the mutation ${name}.`);
      told.set(name, [...(told.get(name) ?? []), field.name]);
    }
  }
  return told;
}
