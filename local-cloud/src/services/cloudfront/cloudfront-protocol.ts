import type { HttpReply, HttpRequest, Protocol } from '../../kernel/service.ts';
import { escapeXml } from '../../kernel/xml.ts';
import { NAMESPACE, readXml, writeXml } from './cloudfront-xml.ts';

const VERSION = '/2020-05-31';

interface Route {
  readonly operation: string;
  readonly method: string;
  /** Path below the version, with `{Member}` for a part that is a member. */
  readonly path: string;
  /** A query parameter without a value that tells it from another one. */
  readonly flag?: string;
  readonly query?: readonly string[];
  /** Root of the document in the body; with `member`, all of it is that member. */
  readonly body?: { readonly root: string; readonly member?: string };
  readonly status?: number;
  /** The output's member that is the answer's document; the raw body where it is bytes. */
  readonly document?: string;
}

/** An Id'd thing with a config: made, read, changed and deleted as all of CloudFront's are. */
function configured(
  noun: string,
  path: string,
  list: { operation: string; document: string; query?: readonly string[] },
  update: string,
): Route[] {
  const body = { root: `${noun}Config`, member: `${noun}Config` };
  return [
    { operation: `Create${noun}`, method: 'POST', path, body, status: 201, document: noun },
    { operation: `Get${noun}`, method: 'GET', path: `${path}/{Id}`, document: noun },
    { operation: `Update${noun}`, method: 'PUT', path: `${path}/{Id}${update}`, body, document: noun },
    { operation: `Delete${noun}`, method: 'DELETE', path: `${path}/{Id}`, status: 204 },
    { ...list, method: 'GET', path, query: ['Marker', 'MaxItems', ...(list.query ?? [])] },
  ];
}

const FUNCTION = '/function/{Name}';

/** Amazon CloudFront API Reference, "Actions". */
const ROUTES: readonly Route[] = [
  {
    operation: 'CreateDistributionWithTags',
    method: 'POST',
    path: '/distribution',
    flag: 'WithTags',
    body: { root: 'DistributionConfigWithTags', member: 'DistributionConfigWithTags' },
    status: 201,
    document: 'Distribution',
  },
  { operation: 'GetDistributionConfig', method: 'GET', path: '/distribution/{Id}/config', document: 'DistributionConfig' },
  ...configured('Distribution', '/distribution', { operation: 'ListDistributions', document: 'DistributionList' }, '/config'),
  ...configured(
    'OriginAccessControl',
    '/origin-access-control',
    { operation: 'ListOriginAccessControls', document: 'OriginAccessControlList' },
    '/config',
  ),
  ...configured(
    'ResponseHeadersPolicy',
    '/response-headers-policy',
    { operation: 'ListResponseHeadersPolicies', document: 'ResponseHeadersPolicyList', query: ['Type'] },
    '',
  ),
  {
    operation: 'CreateFunction',
    method: 'POST',
    path: '/function',
    body: { root: 'CreateFunctionRequest' },
    status: 201,
    document: 'FunctionSummary',
  },
  { operation: 'ListFunctions', method: 'GET', path: '/function', query: ['Marker', 'MaxItems', 'Stage'], document: 'FunctionList' },
  { operation: 'DescribeFunction', method: 'GET', path: `${FUNCTION}/describe`, query: ['Stage'], document: 'FunctionSummary' },
  { operation: 'GetFunction', method: 'GET', path: FUNCTION, query: ['Stage'], document: 'FunctionCode' },
  { operation: 'UpdateFunction', method: 'PUT', path: FUNCTION, body: { root: 'UpdateFunctionRequest' }, document: 'FunctionSummary' },
  { operation: 'PublishFunction', method: 'POST', path: `${FUNCTION}/publish`, document: 'FunctionSummary' },
  { operation: 'DeleteFunction', method: 'DELETE', path: FUNCTION, status: 204 },
  { operation: 'ListTagsForResource', method: 'GET', path: '/tagging', query: ['Resource'], document: 'Tags' },
];

/** CloudFront's REST-XML protocol: https://docs.aws.amazon.com/cloudfront/latest/APIReference/. */
export const cloudFrontProtocol: Protocol = {
  kind: 'rest',
  bind(request) {
    if (!request.path.startsWith(`${VERSION}/`)) return undefined;
    const parts = request.path.slice(VERSION.length).replace(/\/$/, '').split('/');
    for (const route of ROUTES) {
      const members = matches(route, request, parts);
      if (members !== undefined) return { operation: route.operation, input: { ...members, ...membersOf(route, request) } };
    }
    return undefined;
  },

  reply(operation, output): HttpReply {
    const route = ROUTES.find((one) => one.operation === operation);
    const members = (output ?? {}) as Record<string, unknown>;
    const { ETag: etag, ContentType: type } = members as { ETag?: string; ContentType?: string };
    // The SDK's model of UpdateFunction reads the ETag from a header with another t.
    const headers = { ...(etag === undefined ? {} : { ETag: etag, ...(operation === 'UpdateFunction' ? { ETtag: etag } : {}) }) };
    const status = route?.status ?? 200;
    if (route?.document === undefined) return { status, headers };
    const document = members[route.document];
    if (document instanceof Uint8Array)
      return { status, headers: { ...headers, 'Content-Type': type ?? 'application/octet-stream' }, body: document };
    return { status, headers: { ...headers, 'Content-Type': 'text/xml' }, body: writeXml(route.document, document) };
  },

  fail(error, requestId) {
    const code = CODES[error.code] ?? error.code;
    const type = error.httpStatus < 500 ? 'Sender' : 'Receiver';
    return {
      status: error.httpStatus,
      headers: { 'Content-Type': 'text/xml' },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    };
  },
};

/** Codes of the kernel, as CloudFront calls the same. */
const CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  ValidationException: 'InvalidArgument',
  UnrecognizedClientException: 'InvalidClientTokenId',
  ExpiredTokenException: 'ExpiredToken',
};

function matches({ method, path, flag }: Route, request: HttpRequest, parts: readonly string[]): Record<string, string> | undefined {
  const expected = path.split('/');
  if (method !== request.method || expected.length !== parts.length || (flag !== undefined && !request.query.has(flag))) return undefined;
  const members: Record<string, string> = {};
  for (const [index, wanted] of expected.entries()) {
    const part = parts[index] ?? '';
    if (wanted.startsWith('{')) members[wanted.slice(1, -1)] = decode(part);
    else if (wanted !== part) return undefined;
  }
  return members;
}

/** A part that isn't percent-encoded text is nobody's name. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function membersOf({ body, query = [], flag }: Route, request: HttpRequest): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const [name, value] of request.query) {
    // What has no place in the operation is refused by its strict schema, by name.
    if (name !== flag && !name.startsWith('X-Amz-')) members[name] = query.includes(name) ? value : { unknown: value };
  }
  const match = request.headers['if-match'];
  if (match !== undefined) members['IfMatch'] = match;
  if (body === undefined || request.body.length === 0) return members;
  const document = readXml(request.body, body.root);
  if (body.member !== undefined) return { ...members, [body.member]: document };
  const { FunctionCode: code, ...rest } = document as Record<string, unknown>;
  return { ...members, ...rest, ...(code === undefined ? {} : { FunctionCode: Buffer.from(String(code), 'base64') }) };
}
