import { AwsError } from '../../kernel/aws-error.ts';
import { toJson } from '../../kernel/json-protocol.ts';
import type { HttpReply, HttpRequest, Protocol } from '../../kernel/service.ts';

interface Route {
  readonly method: string;
  readonly path: readonly string[];
  readonly operation: string;
  readonly status: number;
  /** Query parameters by the member they stand for. */
  readonly query: Readonly<Record<string, string>>;
}

const QUALIFIER = { Qualifier: 'Qualifier' };
const PAGING = { Marker: 'Marker', MaxItems: 'MaxItems' };

/** Method, path and success status of each operation (Lambda API Reference). */
const ROUTES: readonly Route[] = [
  route('POST', '/2015-03-31/functions', 'CreateFunction', 201),
  route('GET', '/2015-03-31/functions', 'ListFunctions', 200, {
    ...PAGING,
    FunctionVersion: 'FunctionVersion',
    MasterRegion: 'MasterRegion',
  }),
  route('GET', '/2015-03-31/functions/{FunctionName}', 'GetFunction', 200, QUALIFIER),
  route('DELETE', '/2015-03-31/functions/{FunctionName}', 'DeleteFunction', 204, QUALIFIER),
  route('GET', '/2015-03-31/functions/{FunctionName}/configuration', 'GetFunctionConfiguration', 200, QUALIFIER),
  route('PUT', '/2015-03-31/functions/{FunctionName}/configuration', 'UpdateFunctionConfiguration'),
  route('PUT', '/2015-03-31/functions/{FunctionName}/code', 'UpdateFunctionCode'),
  route('POST', '/2015-03-31/functions/{FunctionName}/invocations', 'Invoke', 200, QUALIFIER),
  route('POST', '/2015-03-31/functions/{FunctionName}/policy', 'AddPermission', 201, QUALIFIER),
  route('GET', '/2015-03-31/functions/{FunctionName}/policy', 'GetPolicy', 200, QUALIFIER),
  route('DELETE', '/2015-03-31/functions/{FunctionName}/policy/{StatementId}', 'RemovePermission', 204, {
    ...QUALIFIER,
    RevisionId: 'RevisionId',
  }),
  route('POST', '/2015-03-31/functions/{FunctionName}/versions', 'PublishVersion', 201),
  route('GET', '/2015-03-31/functions/{FunctionName}/versions', 'ListVersionsByFunction', 200, PAGING),
  route('POST', '/2015-03-31/functions/{FunctionName}/aliases', 'CreateAlias', 201),
  route('GET', '/2015-03-31/functions/{FunctionName}/aliases', 'ListAliases', 200, { ...PAGING, FunctionVersion: 'FunctionVersion' }),
  route('GET', '/2015-03-31/functions/{FunctionName}/aliases/{Name}', 'GetAlias'),
  route('PUT', '/2015-03-31/functions/{FunctionName}/aliases/{Name}', 'UpdateAlias'),
  route('DELETE', '/2015-03-31/functions/{FunctionName}/aliases/{Name}', 'DeleteAlias', 204),
  route('PUT', '/2017-10-31/functions/{FunctionName}/concurrency', 'PutFunctionConcurrency'),
  route('GET', '/2019-09-30/functions/{FunctionName}/concurrency', 'GetFunctionConcurrency'),
  route('DELETE', '/2017-10-31/functions/{FunctionName}/concurrency', 'DeleteFunctionConcurrency', 204),
  route('GET', '/2019-09-30/functions/{FunctionName}/provisioned-concurrency', 'GetProvisionedConcurrencyConfig', 200, QUALIFIER),
  route('PUT', '/2019-09-25/functions/{FunctionName}/event-invoke-config', 'PutFunctionEventInvokeConfig', 200, QUALIFIER),
  route('POST', '/2019-09-25/functions/{FunctionName}/event-invoke-config', 'UpdateFunctionEventInvokeConfig', 200, QUALIFIER),
  route('GET', '/2019-09-25/functions/{FunctionName}/event-invoke-config', 'GetFunctionEventInvokeConfig', 200, QUALIFIER),
  route('DELETE', '/2019-09-25/functions/{FunctionName}/event-invoke-config', 'DeleteFunctionEventInvokeConfig', 204, QUALIFIER),
  route('POST', '/2021-10-31/functions/{FunctionName}/url', 'CreateFunctionUrlConfig', 201, QUALIFIER),
  route('GET', '/2021-10-31/functions/{FunctionName}/url', 'GetFunctionUrlConfig', 200, QUALIFIER),
  route('PUT', '/2021-10-31/functions/{FunctionName}/url', 'UpdateFunctionUrlConfig', 200, QUALIFIER),
  route('DELETE', '/2021-10-31/functions/{FunctionName}/url', 'DeleteFunctionUrlConfig', 204, QUALIFIER),
  route('GET', '/2021-10-31/functions/{FunctionName}/urls', 'ListFunctionUrlConfigs', 200, PAGING),
  route('POST', '/2015-03-31/event-source-mappings', 'CreateEventSourceMapping', 202),
  route('GET', '/2015-03-31/event-source-mappings', 'ListEventSourceMappings', 200, {
    ...PAGING,
    EventSourceArn: 'EventSourceArn',
    FunctionName: 'FunctionName',
  }),
  route('GET', '/2015-03-31/event-source-mappings/{UUID}', 'GetEventSourceMapping'),
  route('PUT', '/2015-03-31/event-source-mappings/{UUID}', 'UpdateEventSourceMapping', 202),
  route('DELETE', '/2015-03-31/event-source-mappings/{UUID}', 'DeleteEventSourceMapping', 202),
  route('GET', '/2017-03-31/tags/{Resource}', 'ListTags'),
  route('POST', '/2017-03-31/tags/{Resource}', 'TagResource', 204),
  route('DELETE', '/2017-03-31/tags/{Resource}', 'UntagResource', 204, { TagKeys: 'tagKeys' }),
  route('GET', '/2016-08-19/account-settings', 'GetAccountSettings'),
];

function route(method: string, path: string, operation: string, status = 200, query: Readonly<Record<string, string>> = {}): Route {
  return { method, path: path.split('/').slice(1), operation, status, query };
}

const STATUS_OF = new Map(ROUTES.map(({ operation, status }) => [operation, status]));

/** Lambda's REST-JSON protocol: https://docs.aws.amazon.com/lambda/latest/api/. */
export const lambdaProtocol: Protocol = {
  kind: 'rest',
  bind(request) {
    const segments = request.path.replace(/\/$/, '').split('/').slice(1);
    for (const candidate of ROUTES) {
      const members = candidate.method === request.method ? match(candidate.path, segments) : undefined;
      if (members !== undefined) return { operation: candidate.operation, input: inputOf(candidate, members, request) };
    }
    return undefined;
  },
  reply(operation, output, _request): HttpReply {
    if (operation === 'Invoke') return replyToInvoke(output as InvokeOutput);
    const status = STATUS_OF.get(operation) ?? 200;
    if (status === 204) return { status };
    return { status, headers: { 'Content-Type': 'application/json' }, body: toJson(output ?? {}) };
  },
  fail(error) {
    return {
      status: error.httpStatus,
      headers: { 'Content-Type': 'application/json', 'x-amzn-errortype': error.code },
      body: toJson({ Type: error.httpStatus < 500 ? 'User' : 'Service', Message: error.message, message: error.message, ...error.members }),
    };
  },
};

/** What the operation Invoke gives, in the SDK's shape. */
export interface InvokeOutput {
  readonly StatusCode: number;
  readonly FunctionError?: string;
  readonly LogResult?: string;
  readonly Payload?: Uint8Array;
  readonly ExecutedVersion?: string;
}

function replyToInvoke(output: InvokeOutput): HttpReply {
  return {
    status: output.StatusCode,
    headers: {
      'Content-Type': 'application/json',
      ...(output.FunctionError === undefined ? {} : { 'X-Amz-Function-Error': output.FunctionError }),
      ...(output.LogResult === undefined ? {} : { 'X-Amz-Log-Result': output.LogResult }),
      ...(output.ExecutedVersion === undefined ? {} : { 'X-Amz-Executed-Version': output.ExecutedVersion }),
    },
    ...(output.Payload === undefined ? {} : { body: output.Payload }),
  };
}

function match(path: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (path.length !== segments.length) return undefined;
  if (path.some((expected, index) => !expected.startsWith('{') && expected !== segments[index])) return undefined;
  const members: Record<string, string> = {};
  for (const [index, expected] of path.entries()) {
    if (expected.startsWith('{')) members[expected.slice(1, -1)] = decode(expected.slice(1, -1), segments[index] ?? '');
  }
  return members;
}

/** That it is refused with 400 is sure; that the code is this one, as for a name against its pattern, couldn't be checked. */
function decode(member: string, segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AwsError('ValidationException', `Value '${segment}' at '${member}' is not percent-encoded UTF-8.`);
  }
}

function inputOf({ operation, query }: Route, members: Record<string, string>, request: HttpRequest): unknown {
  // Without a prototype, so that a parameter named `__proto__` is refused like any other unknown one.
  const input = Object.assign(
    Object.create(null) as Record<string, unknown>,
    operation === 'Invoke' ? invokeMembers(request) : bodyOf(request),
  );
  for (const [name, value] of request.query) {
    const member = Object.keys(query).find((key) => query[key] === name) ?? name;
    if (member === 'TagKeys') input[member] = request.query.getAll(name);
    else input[member] = member === 'MaxItems' ? Number(value) : value;
  }
  return { ...input, ...members };
}

function invokeMembers(request: HttpRequest): Record<string, unknown> {
  const text = (name: string) => request.headers[name]?.toString();
  return {
    InvocationType: text('x-amz-invocation-type'),
    LogType: text('x-amz-log-type'),
    ClientContext: text('x-amz-client-context'),
    Payload: request.body,
  };
}

function bodyOf(request: HttpRequest): Record<string, unknown> {
  if (request.body.length === 0) return {};
  const malformed = () => new AwsError('InvalidRequestContentException', 'Could not parse request body into json.');
  let body: unknown;
  try {
    body = JSON.parse(request.body.toString('utf8'));
  } catch {
    throw malformed();
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw malformed();
  return body as Record<string, unknown>;
}
