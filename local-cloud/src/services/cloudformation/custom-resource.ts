import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { ResourceContext } from '../../kernel/resource-type.ts';
import type { HttpReply, HttpRequest } from '../../kernel/service.ts';
import { Interrupted, ResourceFailure } from './failure.ts';
import type { Problem, Provider, ProviderState } from './provider.ts';

/** Where a custom resource's function puts its answer. */
export const RESPONSE_PATH = '/_cloudformation/custom-resource/';

/** AWS's longest and default wait (CloudFormation Template Reference, "AWS::CloudFormation::CustomResource"). */
const DEFAULT_TIMEOUT_S = 3600;
/** The longest answer (CloudFormation User Guide, "Custom resource response objects"). */
const MAX_RESPONSE_BYTES = 4096;

const responseDocument = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().optional(),
  PhysicalResourceId: z.string().min(1).max(1024).optional(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  NoEcho: z.boolean().optional(),
  Data: z.record(z.string(), z.unknown()).nullish(),
});

interface Pending {
  readonly stackId: string;
  readonly requestId: string;
  readonly logicalId: string;
  settle(response: z.output<typeof responseDocument>): void;
}

type Properties = Readonly<Record<string, unknown>>;

/** Custom resources backed by Lambda functions: asks, and waits for the answer at a URL that can't be guessed. */
export class CustomResources {
  readonly #cloud: Cloud;
  readonly #pending = new Map<string, Pending>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  static isCustom(type: string): boolean {
    return type === 'AWS::CloudFormation::CustomResource' || /^Custom::[A-Za-z0-9_@-]{1,60}$/.test(type);
  }

  /** `signal` ends the wait when the deployment is given up. */
  provider(type: string, signal: AbortSignal): Provider {
    return {
      type,
      canUpdate: true,
      takesTags: false,
      // The service that is asked can't change (Template Reference, "ServiceToken: Updates aren't supported").
      replaceOn: [],
      problems,
      inertIn: () => [],
      create: (properties, context) => this.#ask(type, 'Create', properties, context, signal),
      update: (physicalId, properties, previous, context) =>
        this.#ask(type, 'Update', properties, context, signal, { PhysicalResourceId: physicalId, OldResourceProperties: texts(previous) }),
      remove: async (physicalId, properties, context) => {
        await this.#ask(type, 'Delete', properties, context, signal, { PhysicalResourceId: physicalId });
      },
    };
  }

  /** Takes the answer of a function: PUT on the URL that it was given. */
  async answer(request: HttpRequest): Promise<HttpReply> {
    const pending = this.#pending.get(request.path.slice(RESPONSE_PATH.length));
    if (request.method !== 'PUT') return { status: 405 };
    if (pending === undefined) return { status: 403, body: 'This response URL is unknown or was answered before.' };
    if (request.body.length > MAX_RESPONSE_BYTES) return this.#refuse(pending, 'Response object is too long.');
    let document: unknown;
    try {
      document = JSON.parse(request.body.toString('utf8'));
    } catch {
      return this.#refuse(pending, 'Invalid Response object: it is not JSON');
    }
    const parsed = responseDocument.safeParse(document);
    if (!parsed.success) {
      return this.#refuse(
        pending,
        `Invalid Response object: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
      );
    }
    const { StackId, RequestId, LogicalResourceId } = parsed.data;
    if (StackId !== pending.stackId || RequestId !== pending.requestId || LogicalResourceId !== pending.logicalId) {
      return this.#refuse(pending, 'Invalid Response object: StackId, RequestId and LogicalResourceId must be those of the request');
    }
    pending.settle(parsed.data);
    return { status: 200 };
  }

  #refuse(pending: Pending, reason: string): HttpReply {
    const { stackId, requestId, logicalId } = pending;
    pending.settle({ Status: 'FAILED', Reason: reason, StackId: stackId, RequestId: requestId, LogicalResourceId: logicalId });
    return { status: 400, body: reason };
  }

  async #ask(
    type: string,
    requestType: 'Create' | 'Update' | 'Delete',
    properties: Properties,
    context: ResourceContext,
    signal: AbortSignal,
    more: Properties = {},
  ): Promise<ProviderState> {
    const requestId = randomUUID();
    const token = randomBytes(32).toString('base64url');
    const { ServiceToken: serviceToken, ServiceTimeout: timeout } = properties;
    const event = {
      RequestType: requestType,
      ServiceToken: serviceToken,
      ResponseURL: `${this.#cloud.endpoint}${RESPONSE_PATH}${token}`,
      StackId: context.stackId,
      RequestId: requestId,
      LogicalResourceId: context.logicalId,
      ...more,
      ResourceType: type,
      ResourceProperties: texts(properties),
    };
    const response = await this.#awaitResponse(token, requestId, context, Number(timeout ?? DEFAULT_TIMEOUT_S), signal, () =>
      context.call('lambda', 'Invoke', {
        FunctionName: serviceToken,
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify(event)),
      }),
    );
    const given = response.PhysicalResourceId ?? (more['PhysicalResourceId'] as string | undefined);
    if (response.Status === 'FAILED') {
      throw new ResourceFailure(
        `Received response status [FAILED] from custom resource. Message returned: ${response.Reason ?? 'no reason'} (RequestId: ${requestId})`,
        // A create that failed is deleted all the same: under the answer's id, or one made up here as AWS does.
        requestType === 'Create' ? (given ?? context.uniqueName()) : undefined,
      );
    }
    if (given === undefined) {
      throw new ResourceFailure('Invalid PhysicalResourceId: the custom resource answered without one', context.uniqueName());
    }
    return { physicalId: given, attributes: response.Data ?? {}, ...(response.NoEcho === true ? { noEcho: true } : {}) };
  }

  async #awaitResponse(
    token: string,
    requestId: string,
    context: ResourceContext,
    timeout_s: number,
    signal: AbortSignal,
    invoke: () => Promise<unknown>,
  ): Promise<z.output<typeof responseDocument>> {
    const { promise, resolve, reject } = Promise.withResolvers<z.output<typeof responseDocument>>();
    // Awaited below; until then a failure of the invocation may come first.
    promise.catch(() => undefined);
    const giveUp = () =>
      reject(
        signal.reason instanceof Interrupted ? signal.reason : new ResourceFailure('Resource creation cancelled', context.uniqueName()),
      );
    const timer = setTimeout(() => {
      reject(
        new ResourceFailure(
          `CloudFormation did not receive a response from your Custom Resource within ${timeout_s} seconds. Please check your logs for requestId [${requestId}].`,
          context.uniqueName(),
        ),
      );
    }, timeout_s * 1000);
    timer.unref();
    signal.addEventListener('abort', giveUp, { once: true });
    this.#pending.set(token, { stackId: context.stackId, requestId, logicalId: context.logicalId, settle: resolve });
    try {
      if (signal.aborted) giveUp();
      else await invoke();
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      this.#pending.delete(token);
    }
  }
}

function problems(properties: Properties): Problem[] {
  const { ServiceToken: serviceToken, ServiceTimeout: timeout } = properties;
  if (typeof serviceToken !== 'string') return [{ message: 'ServiceToken: a function ARN is required', isUnknownProperty: false }];
  if (serviceToken.startsWith('arn:aws:sns:')) throw new NotCarriedOut('custom resources that are answered through an SNS topic');
  if (timeout !== undefined && !(Number(timeout) >= 1 && Number(timeout) <= DEFAULT_TIMEOUT_S)) {
    return [{ message: `ServiceTimeout: must be 1 to ${DEFAULT_TIMEOUT_S} seconds`, isUnknownProperty: false }];
  }
  return [];
}

/** Every scalar is handed over as text (User Guide, "Custom resource request objects"). */
function texts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(texts);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, texts(member)]));
  return value === null || value === undefined ? value : String(value);
}
