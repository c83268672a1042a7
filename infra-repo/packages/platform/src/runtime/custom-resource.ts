import { z } from 'zod';
import type { FailureLog } from './sqs-batch.ts';

/** What answering CloudFormation needs, even when the rest of a request is wrong. */
const answerable = z.looseObject({
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
});
type Answerable = z.infer<typeof answerable>;

/** What CloudFormation asks of a custom resource ("Custom resource request objects"). */
export interface CustomResourceRequest<Properties> {
  readonly type: 'Create' | 'Update' | 'Delete';
  readonly properties: Properties;
  readonly stackId: string;
  readonly logicalId: string;
}

export interface CustomResource<Shape extends z.ZodType> {
  /** The shape of ResourceProperties, in which every scalar is a text. */
  readonly properties: Shape;
  /** Does what is asked; resolves to the physical id. An Update that answers another one has the former deleted. */
  readonly carryOut: (request: CustomResourceRequest<z.infer<Shape>>) => Promise<string>;
  readonly fetch: typeof fetch;
  readonly log: FailureLog;
}

const requestSchema = z.object({ RequestType: z.enum(['Create', 'Update', 'Delete']), ResourceProperties: z.unknown() });

/** CloudFormation takes an answer of at most 4,096 bytes ("Custom resource response objects"). */
const longestReason = 1000;

/**
 * Carries out what CloudFormation asks of a custom resource and answers it, failures with their reason. Throws only when CloudFormation can't be
 * answered, so that Lambda tries the whole again: `carryOut` must bear that.
 */
export async function customResource<Shape extends z.ZodType>(event: unknown, resource: CustomResource<Shape>): Promise<void> {
  const to = answerable.parse(event);
  const reply = await replyTo(to, event, resource);
  const { StackId, RequestId, LogicalResourceId } = to;
  const body = JSON.stringify({ ...reply, StackId, RequestId, LogicalResourceId });
  // The presigned address is signed without a content type, so none may be sent.
  const response = await resource
    .fetch(to.ResponseURL, { method: 'PUT', headers: { 'content-type': '' }, body })
    .catch((error: unknown) => {
      throw new Error(`CloudFormation could not be answered: ${inWords(error)}`);
    });
  if (!response.ok) throw new Error(`CloudFormation could not be answered: HTTP ${response.status}`);
}

async function replyTo<Shape extends z.ZodType>(
  to: Answerable,
  event: unknown,
  { properties, carryOut, log }: CustomResource<Shape>,
): Promise<{ Status: 'SUCCESS' | 'FAILED'; Reason?: string; PhysicalResourceId: string }> {
  try {
    const { RequestType: type, ResourceProperties } = parse(requestSchema, event);
    const request = { type, properties: parse(properties, ResourceProperties), stackId: to.StackId, logicalId: to.LogicalResourceId };
    return { Status: 'SUCCESS', PhysicalResourceId: await carryOut(request) };
  } catch (error) {
    const reason = inWords(error);
    log.error('custom resource failed', { logical_id: to.LogicalResourceId, reason });
    const PhysicalResourceId = to.PhysicalResourceId ?? `${to.LogicalResourceId}-failed`;
    return { Status: 'FAILED', Reason: reason.slice(0, longestReason), PhysicalResourceId };
  }
}

function parse<Shape extends z.ZodType>(schema: Shape, value: unknown): z.infer<Shape> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(`the request is wrong: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

const inWords = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
