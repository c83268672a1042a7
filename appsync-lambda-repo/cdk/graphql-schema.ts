import { readFileSync } from 'node:fs';
import { type DocumentNode, Kind, parse, print, visit } from 'graphql';

/** The dashboard's interface, as people read and review it. */
export const schemaFile: URL = new URL('../schema.graphql', import.meta.url);
export const schemaText: string = readFileSync(schemaFile, 'utf8');

/**
 * The schema without descriptions and comments, as it is deployed. Whether AppSync takes descriptions in quotes isn't documented: its parser
 * once refused them (aws-appsync-community, issue 38), and comments within an enum (issue 55). Nobody reads them there, since introspection is off.
 */
export function deployedSchema(text: string): string {
  const bare: DocumentNode = visit(parse(text), {
    enter: (node) => ('description' in node && node.description !== undefined ? { ...node, description: undefined } : undefined),
  });
  return print(bare);
}

/** What AppSync knows without being told, of what this schema uses ("AWS AppSync scalars", "Authorization use cases", "Subscription directives"). */
export const appsyncDefinitions = `
  scalar AWSDateTime
  directive @aws_iam on OBJECT | FIELD_DEFINITION
  directive @aws_cognito_user_pools(cognito_groups: [String!]) on OBJECT | FIELD_DEFINITION
  directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION
`;

/** The fields of Query, Mutation and Subscription, as `Query.me`. */
export function operationsOf(text: string = schemaText): string[] {
  return parse(text).definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION && /^(Query|Mutation|Subscription)$/.test(definition.name.value)
      ? (definition.fields ?? []).map((field) => `${definition.name.value}.${field.name.value}`)
      : [],
  );
}
