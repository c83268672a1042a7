import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { servicePrincipal } from '../../kernel/principal.ts';
import { matchesPattern } from '../iam/match-pattern.ts';
import { byteRange } from '../s3/read-conditions.ts';
import { failS3, replyS3 } from '../s3/s3-reply.ts';
import { cachePolicy } from './cache-policies.ts';
import { arnOf, type CloudFrontStore, type Distribution } from './cloudfront-store.ts';
import { compress, encodingFor, weakened } from './compression.ts';
import { behaviorsOf, bucketOf, type CacheBehavior, type Origin } from './distribution-config.ts';
import { domainNameOf } from './distribution-operations.ts';
import { FunctionFailed, FunctionInvalid, runFunction } from './edge-function.ts';
import { withPolicyHeaders } from './response-headers-policy-config.ts';
import { uriOf, type ViewerRequest, viewerRequestEvent } from './viewer-event.ts';
import { meterFunction } from './viewer-units.ts';

/** What a viewer gets. Names of headers in lower case. */
export interface ViewerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Compressed on the way: its length is told to nobody, as that of a stream. */
  readonly compressed?: true;
}

/**
 * Answers a viewer as an edge location does (Amazon CloudFront Developer Guide, "Request and response behavior"), except that nothing is cached: behavior by the
 * path, viewer-request function, default root object, the bucket, conditions and range, compression, response headers policy. Throws NotCarriedOut.
 */
export async function answerViewer(store: CloudFrontStore, distribution: Distribution, request: ViewerRequest): Promise<ViewerAnswer> {
  const { config } = distribution;
  const behavior = behaviorsOf(config).find(({ PathPattern }) => matchesPattern(withSlash(PathPattern), request.uri));
  const origin = config.Origins.Items?.find(({ Id }) => Id === behavior?.TargetOriginId);
  if (behavior === undefined || origin === undefined) throw new Error(`distribution ${distribution.id} has no behavior for ${request.uri}`);
  const answer = await answerOf(store, distribution, behavior, origin, request);
  const policy = store.of(distribution.account).responseHeadersPolicies.get(behavior.ResponseHeadersPolicyId ?? '');
  return { ...answer, headers: withPolicyHeaders(answer.headers, policy?.config) };
}

/** The slash at the beginning of a pattern may be left out ("Path pattern"). */
function withSlash(pattern: string): string {
  return /^[/*]/.test(pattern) ? pattern : `/${pattern}`;
}

async function answerOf(
  store: CloudFrontStore,
  distribution: Distribution,
  behavior: CacheBehavior,
  origin: Origin,
  request: ViewerRequest,
): Promise<ViewerAnswer> {
  const { headers } = request;
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refusal(403, 'This distribution is not configured to allow the HTTP request method.');
  if (Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined)
    return refusal(403, 'A request to read has no body.');
  let uri: string;
  try {
    uri = rewritten(store, distribution, behavior, request);
  } catch (error) {
    if (!(error instanceof FunctionFailed || error instanceof FunctionInvalid)) throw error;
    console.error(`cloudfront: the function of distribution ${distribution.id} failed for ${request.uri}: ${error.message}`);
    return refusal(error instanceof FunctionFailed ? 503 : 502, 'The function of this distribution failed.');
  }
  const read = await readOrigin(store, distribution, origin, uri === '/' ? `/${distribution.config.DefaultRootObject ?? ''}` : uri);
  return read.status === 200 ? negotiated(read, behavior, request) : read;
}

/** The path that is asked for at the origin; the behavior stays that of the viewer's path. */
function rewritten(
  store: CloudFrontStore,
  distribution: Distribution,
  { FunctionAssociations }: CacheBehavior,
  request: ViewerRequest,
): string {
  const [association] = FunctionAssociations?.Items ?? [];
  if (association === undefined) return request.uri;
  const name = association.FunctionARN.slice(arnOf(distribution.account, 'function', '').length);
  const live = store.of(distribution.account).functions.get(name)?.live;
  if (live === undefined) throw new FunctionFailed(`there is no function ${name}`);
  meterFunction(store.cloud, distribution.account, name);
  const event = viewerRequestEvent(request, { id: distribution.id, domainName: domainNameOf(distribution) });
  return uriOf(runFunction(live.code, event), event);
}

/** The object as S3 gives it to this distribution: what the bucket's policy lets the service principal have. */
async function readOrigin(store: CloudFrontStore, distribution: Distribution, origin: Origin, uri: string): Promise<ViewerAnswer> {
  const { bucket, region } = bucketOf(origin);
  const { account, id } = distribution;
  const path = `${origin.OriginPath ?? ''}${uri}`;
  try {
    const Key = decoded(path.slice(1));
    // Without a key it is the bucket that is asked for: its list, which nobody lets CloudFront have here.
    if (Key === '') throw new AwsError('AccessDenied', 'Access Denied', 403);
    const principal = servicePrincipal('cloudfront.amazonaws.com', account, arnOf(account, 'distribution', id));
    const output = await store.cloud.call<{ Body: Uint8Array }>('s3', 'GetObject', { Bucket: bucket, Key }, { principal, account, region });
    const { headers = {} } = replyS3('GetObject', output);
    return { status: 200, headers: originHeaders(headers, 'Miss from cloudfront'), body: output.Body };
  } catch (error) {
    if (!(error instanceof AwsError) || error instanceof NotCarriedOut) throw error;
    const code = error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code;
    return originError(
      { code, message: code === 'AccessDenied' ? 'Access Denied' : error.message, httpStatus: error.httpStatus, members: error.members },
      path,
    );
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", 400);
  }
}

/** S3's own document is handed on to the viewer. */
function originError(error: Parameters<typeof failS3>[0], path: string): ViewerAnswer {
  const request = { method: 'GET', path, query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0), sourceIp: '127.0.0.1' };
  const { status, headers = {}, body = '' } = failS3(error, crypto.randomUUID(), request);
  return { status, headers: originHeaders(headers, 'Error from cloudfront'), body: Buffer.from(body) };
}

function originHeaders(headers: Readonly<Record<string, string | readonly string[]>>, cache: string): Record<string, string> {
  const kept = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), String(value)] as const)
    .filter(([name]) => name !== 'content-length' && name !== 'x-amz-request-id');
  return { ...Object.fromEntries(kept), server: 'AmazonS3', 'x-cache': cache };
}

/** The whole object, or what the viewer's headers make of it: not modified, a range, compressed. */
async function negotiated(whole: ViewerAnswer, behavior: CacheBehavior, request: ViewerRequest): Promise<ViewerAnswer> {
  const { headers, body } = whole;
  const etag = headers['etag'] ?? '';
  if (isUnchanged(request.headers, headers)) {
    const { 'content-type': _type, 'accept-ranges': _ranges, ...rest } = headers;
    return { status: 304, headers: rest, body: Buffer.alloc(0) };
  }
  const { range } = request.headers;
  const ifRange = request.headers['if-range'];
  if (range !== undefined && (ifRange === undefined || ifRange === etag || ifRange === headers['last-modified'])) {
    try {
      const bytes = byteRange(range, body.length);
      if (bytes !== undefined) {
        const { start, end } = bytes;
        return {
          status: 206,
          headers: { ...headers, 'content-range': `bytes ${start}-${end - 1}/${body.length}` },
          body: body.subarray(start, end),
        };
      }
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return originError(error, request.uri);
    }
  }
  if (behavior.Compress !== true || !cachePolicy(behavior.CachePolicyId).compresses || request.httpVersion === '1.0') return whole;
  if (headers['content-encoding'] !== undefined) return whole;
  const encoding = encodingFor(request.headers['accept-encoding'], { type: headers['content-type'], size: body.length });
  if (encoding === undefined) return whole;
  return {
    status: 200,
    headers: { ...headers, etag: weakened(etag), 'content-encoding': encoding, vary: 'Accept-Encoding' },
    body: await compress(body, encoding),
    compressed: true,
  };
}

/** RFC 9110, "Precedence of Preconditions": ETags, compared weakly, outweigh the time. */
function isUnchanged(asked: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>): boolean {
  const strong = (etag: string) => etag.trim().replace(/^W\//, '');
  const tags = asked['if-none-match'];
  if (tags !== undefined) return tags.split(',').some((tag) => tag.trim() === '*' || strong(tag) === strong(headers['etag'] ?? ''));
  const since = Date.parse(asked['if-modified-since'] ?? '');
  return Date.parse(headers['last-modified'] ?? '') <= since;
}

/** CloudFront's own refusal. */
function refusal(status: number, reason: string): ViewerAnswer {
  const body = `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>The request could not be satisfied</h1><p>${reason}</p></body></html>\n`;
  return {
    status,
    headers: { 'content-type': 'text/html', server: 'CloudFront', 'x-cache': 'Error from cloudfront' },
    body: Buffer.from(body),
  };
}
