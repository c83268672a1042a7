import { type GraphQLNamedType, type GraphQLSchema, isIntrospectionType, isSpecifiedScalarType, printType } from 'graphql';
import { AWS_SCALARS } from './scalars.ts';

/** The SDL of what the schema's owner defined, without directives. */
export function printOwnTypes(schema: GraphQLSchema): string {
  const roots = (['query', 'mutation', 'subscription'] as const).flatMap((kind) => {
    const type = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() }[kind];
    return type == null ? [] : [`  ${kind}: ${type.name}`];
  });
  const own = Object.values(schema.getTypeMap()).filter(isOwn);
  return `schema {\n${roots.join('\n')}\n}\n\n${own.map((type) => printType(type)).join('\n\n')}\n`;
}

function isOwn(type: GraphQLNamedType): boolean {
  return !isIntrospectionType(type) && !isSpecifiedScalarType(type) && !AWS_SCALARS.has(type.name);
}
