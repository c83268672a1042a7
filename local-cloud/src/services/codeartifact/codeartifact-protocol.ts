import { AwsError } from '../../kernel/aws-error.ts';
import { toJson } from '../../kernel/json-protocol.ts';
import type { HttpRequest, Protocol } from '../../kernel/service.ts';

/** Method and path of each operation (CodeArtifact API Reference, "Request Syntax"). */
const ROUTES: Readonly<Record<string, string>> = {
  'POST /v1/domain': 'CreateDomain',
  'GET /v1/domain': 'DescribeDomain',
  'DELETE /v1/domain': 'DeleteDomain',
  'POST /v1/domains': 'ListDomains',
  'PUT /v1/domain/permissions/policy': 'PutDomainPermissionsPolicy',
  'GET /v1/domain/permissions/policy': 'GetDomainPermissionsPolicy',
  'DELETE /v1/domain/permissions/policy': 'DeleteDomainPermissionsPolicy',
  'POST /v1/domain/repositories': 'ListRepositoriesInDomain',
  'POST /v1/repository': 'CreateRepository',
  'GET /v1/repository': 'DescribeRepository',
  'PUT /v1/repository': 'UpdateRepository',
  'DELETE /v1/repository': 'DeleteRepository',
  'GET /v1/repository/endpoint': 'GetRepositoryEndpoint',
  'PUT /v1/repository/permissions/policy': 'PutRepositoryPermissionsPolicy',
  'GET /v1/repository/permissions/policy': 'GetRepositoryPermissionsPolicy',
  'DELETE /v1/repository/permissions/policies': 'DeleteRepositoryPermissionsPolicy',
  'POST /v1/authorization-token': 'GetAuthorizationToken',
  'POST /v1/packages': 'ListPackages',
  'POST /v1/package/versions': 'ListPackageVersions',
  'GET /v1/package/version': 'DescribePackageVersion',
  'POST /v1/package/versions/delete': 'DeletePackageVersions',
  'POST /v1/tags': 'ListTagsForResource',
  'POST /v1/tag': 'TagResource',
  'POST /v1/untag': 'UntagResource',
};
/** Query parameters that aren't their member's name with hyphens. */
const MEMBERS: Readonly<Record<string, string>> = { version: 'packageVersion', duration: 'durationSeconds' };
const NUMBERS = new Set(['maxResults', 'durationSeconds']);

/** CodeArtifact's REST-JSON protocol. */
export const codeartifactProtocol: Protocol = {
  kind: 'rest',
  bind(request) {
    const key = `${request.method} ${request.path}`;
    const operation = Object.hasOwn(ROUTES, key) ? ROUTES[key] : undefined;
    return operation === undefined ? undefined : { operation, input: inputOf(request) };
  },
  reply: (_operation, output) => ({ status: 200, headers: { 'Content-Type': 'application/json' }, body: toJson(output ?? {}) }),
  fail: (error) => ({
    status: error.httpStatus,
    headers: { 'Content-Type': 'application/json', 'x-amzn-errortype': error.code },
    body: toJson({ message: error.message, ...error.members }),
  }),
};

function inputOf(request: HttpRequest): unknown {
  const input: Record<string, unknown> = { ...bodyOf(request) };
  for (const [name, value] of request.query) {
    const member = MEMBERS[name] ?? name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    input[member] = NUMBERS.has(member) ? Number(value) : value;
  }
  return input;
}

function bodyOf({ body }: HttpRequest): object {
  if (body.length === 0) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    parsed = undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) throw new AwsError('ValidationException', 'The request body is not a JSON object.');
  return parsed;
}
