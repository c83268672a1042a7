import { AwsError } from '../../kernel/aws-error.ts';
import { toJson } from '../../kernel/json-protocol.ts';
import type { HttpRequest, Protocol } from '../../kernel/service.ts';

interface Route {
  readonly method: string;
  readonly path: readonly string[];
  readonly operation: string;
}

/** Method and path of each operation (AWS AppSync API Reference); every success is 200. */
const ROUTES: readonly Route[] = [
  route('POST', '/v1/apis', 'CreateGraphqlApi'),
  route('GET', '/v1/apis', 'ListGraphqlApis'),
  route('GET', '/v1/apis/{apiId}', 'GetGraphqlApi'),
  route('POST', '/v1/apis/{apiId}', 'UpdateGraphqlApi'),
  route('DELETE', '/v1/apis/{apiId}', 'DeleteGraphqlApi'),
  route('POST', '/v1/apis/{apiId}/schemacreation', 'StartSchemaCreation'),
  route('GET', '/v1/apis/{apiId}/schemacreation', 'GetSchemaCreationStatus'),
  route('GET', '/v1/apis/{apiId}/schema', 'GetIntrospectionSchema'),
  route('POST', '/v1/apis/{apiId}/datasources', 'CreateDataSource'),
  route('GET', '/v1/apis/{apiId}/datasources', 'ListDataSources'),
  route('GET', '/v1/apis/{apiId}/datasources/{name}', 'GetDataSource'),
  route('POST', '/v1/apis/{apiId}/datasources/{name}', 'UpdateDataSource'),
  route('DELETE', '/v1/apis/{apiId}/datasources/{name}', 'DeleteDataSource'),
  route('POST', '/v1/apis/{apiId}/types/{typeName}/resolvers', 'CreateResolver'),
  route('GET', '/v1/apis/{apiId}/types/{typeName}/resolvers', 'ListResolvers'),
  route('GET', '/v1/apis/{apiId}/types/{typeName}/resolvers/{fieldName}', 'GetResolver'),
  route('POST', '/v1/apis/{apiId}/types/{typeName}/resolvers/{fieldName}', 'UpdateResolver'),
  route('DELETE', '/v1/apis/{apiId}/types/{typeName}/resolvers/{fieldName}', 'DeleteResolver'),
  route('GET', '/v1/tags/{resourceArn}', 'ListTagsForResource'),
  route('POST', '/v1/tags/{resourceArn}', 'TagResource'),
  route('DELETE', '/v1/tags/{resourceArn}', 'UntagResource'),
];

function route(method: string, path: string, operation: string): Route {
  return { method, path: path.split('/').slice(1), operation };
}

/** AppSync's REST-JSON protocol: https://docs.aws.amazon.com/appsync/latest/APIReference/. */
export const appsyncProtocol: Protocol = {
  kind: 'rest',
  bind(request) {
    const segments = request.path.replace(/\/$/, '').split('/').slice(1);
    for (const candidate of ROUTES) {
      const members = candidate.method === request.method ? match(candidate.path, segments) : undefined;
      if (members !== undefined) return { operation: candidate.operation, input: { ...bodyOf(request), ...queryOf(request), ...members } };
    }
    return undefined;
  },
  reply(operation, output) {
    const body = operation === 'GetIntrospectionSchema' ? (output as { schema: Uint8Array }).schema : toJson(output ?? {});
    return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
  },
  fail({ code, message, httpStatus, members }) {
    // What does not fit an operation's input at all is a bad request to AppSync like any other.
    const name = code === 'ValidationException' ? 'BadRequestException' : code;
    return {
      status: httpStatus,
      headers: { 'Content-Type': 'application/json', 'x-amzn-errortype': name },
      body: toJson({ message, ...members }),
    };
  },
};

function match(path: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (path.length !== segments.length) return undefined;
  if (path.some((expected, index) => !expected.startsWith('{') && expected !== segments[index])) return undefined;
  const members: Record<string, string> = {};
  for (const [index, expected] of path.entries()) {
    if (expected.startsWith('{')) members[expected.slice(1, -1)] = decode(expected.slice(1, -1), segments[index] ?? '');
  }
  return members;
}

function decode(member: string, segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AwsError('BadRequestException', `Value '${segment}' at '${member}' is not percent-encoded UTF-8.`);
  }
}

function queryOf({ query }: HttpRequest): Record<string, unknown> {
  // Without a prototype, so that a parameter named `__proto__` is refused like any other unknown one.
  const members = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of query) {
    if (name === 'tagKeys') members[name] = query.getAll(name);
    else if (name === 'maxResults') members[name] = Number(value);
    else if (name === 'includeDirectives') members[name] = value === 'true';
    else members[name] = value;
  }
  return members;
}

function bodyOf({ body }: HttpRequest): Record<string, unknown> {
  if (body.length === 0) return {};
  const malformed = () => new AwsError('BadRequestException', 'The request body is not a JSON object.');
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw malformed();
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw malformed();
  return parsed as Record<string, unknown>;
}
