import { randomUUID } from 'node:crypto';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { ANONYMOUS } from '../../kernel/principal.ts';
import type { Authorization, Caller, HttpReply, HttpRequest, Scope } from '../../kernel/service.ts';
import type { FunctionUrl } from './function-record.ts';
import { type Functions, type Located, resourcePolicyOf, settingsOf } from './functions.ts';
import type { Invocation, InvocationOutcome } from './invocation.ts';
import { putUrlMetrics } from './invocation-metrics.ts';
import { traceFor } from './trace-header.ts';
import { type UrlRequestContext, urlEvent, urlReply } from './url-event.ts';

export const URL_PREFIX = '/_lambda-url/';
/** "Lambda quotas": 6 MB of request. */
const MAX_REQUEST_BYTES = 6 * 1024 * 1024;

/** Answers requests to function URLs: `<endpoint>/_lambda-url/<url id>/…`. */
export class FunctionUrls {
  readonly #functions: Functions;
  readonly #invoke: (invocation: Omit<Invocation, 'taskRoot' | 'unreservedLimit'>) => Promise<InvocationOutcome>;
  readonly #byId = new Map<string, { scope: Scope; name: string; qualifier: string | undefined }>();

  constructor(functions: Functions, invoke: (invocation: Omit<Invocation, 'taskRoot' | 'unreservedLimit'>) => Promise<InvocationOutcome>) {
    this.#functions = functions;
    this.#invoke = invoke;
  }

  /** The URL as the API and CloudFormation show it; the port is the one of now. */
  urlOf(url: FunctionUrl): string {
    return `${this.#functions.cloud.endpoint}${URL_PREFIX}${url.id}/`;
  }

  /** Makes known which URL a function or an alias of it has; after a start and after every change. */
  register({ account, region }: Scope, name: string, qualifier: string | undefined, url: FunctionUrl | undefined): void {
    for (const [id, known] of this.#byId) {
      const same = known.name === name && known.qualifier === qualifier && known.scope.account === account && known.scope.region === region;
      if (same && id !== url?.id) this.#byId.delete(id);
    }
    if (url !== undefined) this.#byId.set(url.id, { scope: { account, region }, name, qualifier });
  }

  async handle(request: HttpRequest): Promise<HttpReply> {
    const rest = request.path.slice(URL_PREFIX.length);
    const slash = rest.indexOf('/');
    const id = slash < 0 ? rest : rest.slice(0, slash);
    const known = this.#byId.get(id);
    const located = known === undefined ? undefined : this.#functions.find(known.scope, known.name, known.qualifier);
    const url = located === undefined ? undefined : settingsOf(located).url;
    if (known === undefined || located === undefined || url === undefined) return message(404, 'Not Found: no function has this URL');
    const reply = await this.#answer(request, { scope: known.scope, located, url }, { id, path: slash < 0 ? '/' : rest.slice(slash) });
    const { name: functionName, qualifier } = known;
    putUrlMetrics(this.#functions.cloud, { ...known.scope, functionName, qualifier, httpStatus: reply.status });
    // What a URL answers leaves AWS.
    const units = { egress_bytes: Buffer.byteLength(reply.body ?? '') };
    this.#functions.cloud.meter({ ...known.scope, service: 'lambda', operation: 'url-response', resource: known.name, units });
    return reply;
  }

  async #answer(
    request: HttpRequest,
    { scope, located, url }: { scope: Scope; located: Located; url: FunctionUrl },
    { id, path }: { id: string; path: string },
  ): Promise<HttpReply> {
    const record = this.#functions.chosen(located);
    const { arn: invokedArn, qualifier } = located;
    const requestId = randomUUID();
    const time_ms = this.#functions.cloud.clock();
    const traceHeader = traceFor(request.headers['x-amzn-trace-id']?.toString(), record.configuration.tracing, time_ms);
    const headers = { 'x-amzn-RequestId': requestId, 'x-amzn-trace-id': traceHeader };

    let iam: UrlRequestContext['iam'];
    try {
      iam = this.#authorize(request, located, url, scope);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error instanceof NotCarriedOut) return notCarriedOut(error, headers);
      return message(403, 'Forbidden', { ...headers, 'x-amzn-errortype': 'AccessDeniedException' });
    }
    if (request.body.length > MAX_REQUEST_BYTES) return message(413, 'Request Entity Too Large', headers);

    const event = urlEvent(request, {
      urlId: id,
      path,
      requestId,
      traceHeader,
      time_ms,
      port: this.#functions.cloud.endpoint.slice(this.#functions.cloud.endpoint.lastIndexOf(':') + 1),
      iam,
    });
    try {
      const outcome = await this.#invoke({ scope, record, requestId, event, traceHeader, invokedArn, qualifier, source: 'url' });
      const reply = outcome.error === undefined ? urlReply(outcome.payload) : undefined;
      if (reply === undefined)
        return { status: 502, headers: { ...headers, 'content-type': 'application/json' }, body: 'Internal Server Error' };
      return { ...reply, headers: { ...headers, ...reply.headers } };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error instanceof NotCarriedOut) return notCarriedOut(error, headers);
      if (error.httpStatus === 429) return message(429, error.message, { ...headers, 'x-amzn-errortype': error.code });
      console.error(`lambda: the URL of ${invokedArn} could not be served: ${error.message}`);
      return { status: 502, headers: { ...headers, 'content-type': 'application/json' }, body: 'Internal Server Error' };
    }
  }

  /**
   * Since October 2025 a URL needs both lambda:InvokeFunctionUrl and lambda:InvokeFunction (Lambda Developer Guide,
   * "Control access to Lambda function URLs"). Throws AccessDenied.
   */
  #authorize(request: HttpRequest, located: Located, url: FunctionUrl, scope: Scope): UrlRequestContext['iam'] {
    const { authorizer } = this.#functions.cloud;
    let caller: Caller = { principal: ANONYMOUS, account: ANONYMOUS.account, region: scope.region };
    let accessKey = '';
    if (url.authType === 'AWS_IAM') {
      accessKey = /Credential=([^/,\s]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const principal = authorizer.identify(accessKey, request.headers['x-amz-security-token']?.toString());
      caller = { principal, account: principal.account, region: scope.region };
    }
    const common = { resource: located.arn, resourcePolicy: resourcePolicyOf(settingsOf(located)) };
    const wanted: Authorization[] = [
      { ...common, action: 'lambda:InvokeFunctionUrl', conditions: { 'lambda:FunctionUrlAuthType': url.authType } },
      {
        ...common,
        action: 'lambda:InvokeFunction',
        conditions: { 'lambda:FunctionUrlAuthType': url.authType, 'lambda:InvokedViaFunctionUrl': 'true' },
      },
    ];
    for (const one of wanted) authorizer.authorize(caller, one);
    const { principal } = caller;
    if (url.authType === 'NONE') return undefined;
    return { accessKey, accountId: principal.account, callerId: principal.userId, userArn: principal.arn, userId: principal.userId };
  }
}

/** No answer of AWS: what is missing here must not look like a refusal or a failure of the function. */
function notCarriedOut(error: NotCarriedOut, headers: Readonly<Record<string, string>>): HttpReply {
  return message(error.httpStatus, error.message, { ...headers, 'x-amzn-errortype': error.code });
}

function message(status: number, Message: string, headers: Readonly<Record<string, string>> = {}): HttpReply {
  return { status, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ Message }) };
}
