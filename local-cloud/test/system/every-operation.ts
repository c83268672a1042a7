import { AppSyncClient, GetIntrospectionSchemaCommand } from '@aws-sdk/client-appsync';
import {
  buildClientSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  type IntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { clientOptions } from '../../src/tools/running-system.ts';
import type { System } from './system.ts';

/** The schema that is deployed. */
export async function deployedSchema({ endpoints }: System): Promise<GraphQLSchema> {
  const apiId = /\/_appsync\/([^/]+)\//.exec(endpoints.graphql ?? '')?.[1];
  const client = new AppSyncClient(clientOptions(endpoints));
  const answer = await client.send(new GetIntrospectionSchemaCommand({ apiId, format: 'JSON' }));
  const { data } = JSON.parse(Buffer.from(answer.schema ?? []).toString('utf8')) as { data: IntrospectionQuery };
  return buildClientSchema(data);
}

/** Something that arguments name: a device that is there, or one that isn't. */
export interface Thing {
  readonly device_id: string;
  readonly path: string;
  /** The `endCursor` behind it. */
  readonly cursor: string;
}

/** Arguments by which a caller may name what is somebody else's. */
const NAMING: Readonly<Record<string, (thing: Thing) => unknown>> = {
  device_id: ({ device_id }) => device_id,
  after: ({ cursor }) => cursor,
  status: ({ device_id, path }) => ({
    device_id,
    path,
    last_contact_at: new Date().toISOString(),
    silent_at: new Date().toISOString(),
    documents: [],
  }),
};
/** Arguments that name nothing. */
const SAYING: Readonly<Record<string, () => unknown>> = {
  first: () => 7,
  filter: () => null,
  metrics: () => ['solar_w'],
  from: () => new Date(Date.now() - 3_600_000).toISOString(),
  to: () => new Date().toISOString(),
  resolution: () => null,
};

export interface SchemaOperation {
  /** Such as `Query.device`. */
  readonly name: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly field: string;
  /** Everything that can be asked of it. */
  readonly document: string;
  /** Whether a caller can name a thing in it at all. */
  readonly namesThings: boolean;
  variables(thing: Thing): Readonly<Record<string, unknown>>;
}

/**
 * Every operation of a schema, with all that it can answer. Throws for an argument that nobody has said here whether it names something: a new one can't be
 * forgotten.
 */
export function everyOperation(schema: GraphQLSchema): SchemaOperation[] {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const;
  return roots.flatMap(([kind, root]) => Object.values(root?.getFields() ?? {}).map((field) => operationOf(kind, root?.name ?? '', field)));
}

function operationOf(kind: SchemaOperation['kind'], root: string, field: GraphQLField<unknown, unknown>): SchemaOperation {
  for (const { name } of field.args) {
    if (!Object.hasOwn(NAMING, name) && !Object.hasOwn(SAYING, name))
      throw new Error(`Say in every-operation.ts whether the argument ${name} of ${root}.${field.name} names something, and how.`);
  }
  const declared = field.args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const given = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  const call = `${field.name}${given === '' ? '' : `(${given})`}${selectionOf(field.type)}`;
  return {
    name: `${root}.${field.name}`,
    kind,
    field: field.name,
    document: `${kind} Walk${declared === '' ? '' : `(${declared})`} { ${call} }`,
    namesThings: field.args.some(({ name }) => Object.hasOwn(NAMING, name)),
    variables: (thing) => Object.fromEntries(field.args.map((argument) => [argument.name, inputFor(argument, thing)])),
  };
}

function inputFor({ name, type }: GraphQLArgument, thing: Thing): unknown {
  const value = NAMING[name]?.(thing) ?? SAYING[name]?.() ?? null;
  if (value === null && isNonNullType(type)) throw new Error(`The argument ${name} needs a value in every-operation.ts.`);
  // What enumerations and inputs take stands in the schema: a value of before that a new schema refuses would walk past everything.
  const named = getNamedType(type);
  if (isEnumType(named) && Array.isArray(value) && value.some((one) => named.getValue(String(one)) === undefined))
    throw new Error(`${name} takes another value now`);
  if (isInputObjectType(named) && value !== null && Object.keys(value).some((key) => named.getFields()[key] === undefined))
    throw new Error(`${name} has other fields now`);
  return value;
}

/** All fields of a type, down to its leaves. Nothing in the schema leads back to itself. */
function selectionOf(type: GraphQLOutputType, depth = 0): string {
  const named = getNamedType(type);
  if (!isObjectType(named) && !isInterfaceType(named)) return '';
  if (depth > 8) throw new Error(`${named.name} leads back to itself: a walk over everything has no end`);
  const fields = Object.values(named.getFields()).filter(({ args }) => args.every((argument) => !isNonNullType(argument.type)));
  return ` { ${fields.map((field) => `${field.name}${selectionOf(field.type, depth + 1)}`).join(' ')} }`;
}
