import { randomUUID } from 'node:crypto';
import { type Persona, personas } from '@enstratus/contract';
import { type FieldNode, Kind, type OperationDefinitionNode, parse, print, type SelectionSetNode } from 'graphql';
import { z } from 'zod';
import { ToolError } from '../../tools/running-system.ts';
import { type EventKind, type OptionValues, textOption } from '../event-kind.ts';
import { placeholders } from '../placeholders.ts';
import type { Surroundings } from '../where/surroundings.ts';
import { type GraphqlField, graphqlFieldNamed, graphqlFields } from './graphql-fields.ts';

/** So long ago somebody signed in, and so long their token holds (the user pool's client in infra-repo). */
const signedIn_s = 600;
const tokenLife_s = 3600;

const contentShape = z.object({ arguments: z.record(z.string(), z.unknown()), claims: z.record(z.string(), z.unknown()) });

/**
 * A field of the GraphQL API, as AppSync asks a function for it: the whole context of a direct Lambda resolver (AWS AppSync Developer Guide, "Direct Lambda resolver reference" and "JavaScript
 * resolver context object reference"), or what our own resolver hands on.
 */
export const graphqlField: EventKind = {
  name: 'graphql-field',
  sentence: 'a field that somebody asks GraphQL for, as AppSync asks the function for it',
  functions: [...new Set(graphqlFields.map(({ function_name }) => function_name))],
  sources: graphqlFields.map(({ name, function_name }) => `field ${name} of ${function_name}`),
  options: {
    field: {
      type: 'string',
      value: '<Type.field>',
      choices: graphqlFields.map(({ name }) => name),
      default: 'Query.devices',
      sentence: 'which field',
    },
    as: { type: 'string', value: '<persona>', choices: personas, default: 'admin', sentence: 'who asks: the demo login of this persona' },
    device: { type: 'string', value: '<id>', sentence: 'of which device, where the field has one; the first demo device unless told' },
  },
  edits: 'arguments and the token’s claims: --set arguments.first=3, --set claims.path=/enfusion/mesa-solar',
  content: async (options, where) => {
    const field = fieldOf(options);
    const device = await where.device(textOption(options, 'device'));
    return { arguments: field.arguments(device, Math.floor(where.now_ms / 1000)), claims: await claimsOf(options, where) };
  },
  event: async (content, options, where) => {
    const parsed = contentShape.safeParse(content);
    if (!parsed.success) throw new ToolError(`A field's content has arguments and claims: ${z.prettifyError(parsed.error)}`);
    const { claims, arguments: args } = parsed.data;
    const field = fieldOf(options);
    const [parentTypeName = '', fieldName = ''] = field.name.split('.');
    const identity = {
      claims,
      defaultAuthStrategy: 'ALLOW',
      groups: z.array(z.string()).nullable().catch(null).parse(claims['cognito:groups']),
      issuer: where.user_pool.issuer,
      sub: claims['sub'],
      username: claims['username'],
      sourceIp: ['203.0.113.20'],
    };
    if (field.isBehindResolver === true) return { info: { parentTypeName, fieldName }, arguments: args, identity };
    return {
      arguments: args,
      identity,
      source: null,
      request: { headers: headersOf(where), domainName: null },
      prev: null,
      info: { ...selectionOf(field), fieldName, parentTypeName, variables: args },
      stash: {},
    };
  },
  shape: z.looseObject({
    info: z.looseObject({ parentTypeName: z.enum(['Query', 'Mutation', 'Subscription']), fieldName: z.string() }),
    arguments: z.record(z.string(), z.unknown()),
  }),
};

function fieldOf(options: OptionValues): GraphqlField {
  const name = textOption(options, 'field') ?? 'Query.devices';
  const field = graphqlFieldNamed(name);
  if (field === undefined) throw new ToolError(`No function answers the field "${name}".`);
  return field;
}

/** Of an access token (Cognito Developer Guide, "Understanding the access token") with what infra-repo's trigger puts into it. */
async function claimsOf(options: OptionValues, { person, user_pool, now_ms }: Surroundings): Promise<Record<string, unknown>> {
  const { persona, user_id, path, sub, username } = await person((textOption(options, 'as') ?? 'admin') as Persona);
  const auth_time = Math.floor(now_ms / 1000) - signedIn_s;
  return {
    sub,
    'cognito:groups': [persona],
    iss: user_pool.issuer,
    client_id: user_pool.client_id,
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
    auth_time,
    exp: auth_time + tokenLife_s,
    iat: auth_time,
    jti: randomUUID(),
    username,
    user_id,
    persona,
    path,
  };
}

function headersOf({ now_ms, region }: Surroundings): Record<string, string> {
  return {
    authorization: placeholders.accessToken,
    'content-type': 'application/json',
    'x-forwarded-for': '203.0.113.20',
    'cloudfront-viewer-country': 'US',
    host: `example.appsync-api.${region}.amazonaws.com`,
    'x-amzn-requestid': randomUUID(),
    date: new Date(now_ms).toUTCString(),
  };
}

/** `selectionSetList` and `selectionSetGraphQL` of the one field that a document asks for. */
function selectionOf({ document }: GraphqlField): { selectionSetList: string[]; selectionSetGraphQL: string } {
  const operation = parse(document).definitions.find((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION);
  const field = fieldsOf(operation?.selectionSet)[0];
  const below = field?.selectionSet;
  return { selectionSetList: pathsOf(below, ''), selectionSetGraphQL: below === undefined ? '' : print(below) };
}

function fieldsOf(set: SelectionSetNode | undefined): FieldNode[] {
  return (set?.selections ?? []).filter((selection): selection is FieldNode => selection.kind === Kind.FIELD);
}

function pathsOf(set: SelectionSetNode | undefined, above: string): string[] {
  return fieldsOf(set).flatMap(({ name, selectionSet }) => [`${above}${name.value}`, ...pathsOf(selectionSet, `${above}${name.value}/`)]);
}
