import { hasDaemon, segmentsSent, sendSegment } from './segment-sender.ts';
import {
  atPosition,
  currentPosition,
  invocationsHeader,
  readTraceHeader,
  type TraceHeader,
  type TracePosition,
  traceHeader,
} from './trace-position.ts';
import { type Annotations, OpenSegment } from './trace-segment.ts';

/** What a handler's context tells the tracer. */
interface InvocationContext {
  readonly awsRequestId: string;
}

/**
 * A handler whose work is a subsegment of Lambda's own segment, with what `annotate` says and what traced clients ask for below it. Where Lambda doesn't sample the
 * trace nothing is recorded or sent; ids are handed on either way. The reasons and the cost are in ADR 0009.
 *
 * @param name Of the subsegment: the function's, such as `receive-status`.
 */
export function traced<Event, Answer>(
  name: string,
  handler: (event: Event, context: InvocationContext) => Promise<Answer>,
): (event: Event, context?: InvocationContext) => Promise<Answer> {
  return async (event, context = { awsRequestId: '' }) => {
    const position = { header: invocationsHeader(), request_id: context.awsRequestId, segment: undefined };
    try {
      return await atPosition(position, () => subsegment(`## ${name}`, () => handler(event, context)));
    } finally {
      await segmentsSent();
    }
  };
}

/** Says what the trace is about, so that it is found by it: keys of letters, digits and underscores, 50 a trace. */
export function annotate(values: Annotations): void {
  currentPosition()?.segment?.annotate(values);
}

/** Does a piece of work as a subsegment of what goes on. `work` may describe it further; where nothing is recorded it is given nothing. */
export async function subsegment<T>(name: string, work: (segment: OpenSegment | undefined) => Promise<T>): Promise<T> {
  const above = currentPosition();
  if (above === undefined || !isRecorded(above.header)) return work(undefined);
  return record(name, { above, header: above.header, type: 'subsegment' }, work);
}

/**
 * Does the work that a queue's message asks for as a part of the message's own trace: a batch has a trace of its own, which Lambda links to those of its messages,
 * and what becomes of a message would be found in neither. `header`: the message's system attribute AWSTraceHeader; without one the work belongs to the batch.
 */
export async function withinMessage<T>(header: string | undefined, work: () => Promise<T>): Promise<T> {
  const own = readTraceHeader(header);
  if (own === undefined) return work();
  const position = { header: own, request_id: currentPosition()?.request_id ?? '', segment: undefined };
  const name = process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'message';
  return isRecorded(own) ? record(name, { above: position, header: own, type: 'segment' }, work) : atPosition(position, work);
}

/** The part of an AWS SDK client that a middleware is added by. */
interface AwsClient {
  readonly config: { readonly region: string | (() => Promise<string>) };
  readonly middlewareStack: { add(middleware: never, options: { step: 'build'; name: string; override: true }): void };
}

interface SdkRequest {
  readonly input: object;
  readonly request: unknown;
}
interface SdkAnswer {
  readonly output: { readonly $metadata?: { readonly requestId?: string | undefined } };
}
type Next = (args: SdkRequest) => Promise<SdkAnswer>;

/** Members of commands' inputs that say what a call is about, and what X-Ray calls them ("AWS resource data"). */
const resources = {
  TableName: 'table_name',
  QueueUrl: 'queue_url',
  TopicArn: 'topic_arn',
  Bucket: 'bucket_name',
  logGroupName: 'log_group',
} as const;

/**
 * Makes each call of an AWS SDK client a subsegment of whatever asks for it. The SDK itself hands the invocation's trace on; this hands on where in it the call is
 * made. Answers the same client.
 */
export function tracedClient<Client extends object>(client: Client): Client {
  const middleware = (next: Next, { clientName = 'AWS', commandName = 'Call' }: { clientName?: string; commandName?: string }): Next => {
    const name = clientName.replace(/Client$/, '');
    const operation = commandName.replace(/Command$/, '');
    return (args) =>
      subsegment(name, async (segment) => {
        setHeader(args.request);
        if (segment === undefined) return next(args);
        const aws: Record<string, string> = { operation };
        for (const [member, key] of Object.entries(resources)) {
          const value: unknown = Reflect.get(args.input, member);
          if (typeof value === 'string') aws[key] = value;
        }
        segment.describe({ namespace: 'aws', aws });
        const answer = await next(args);
        const request_id = answer.output.$metadata?.requestId;
        if (request_id !== undefined) segment.describe({ aws: { ...aws, request_id } });
        return answer;
      });
  };
  (client as unknown as AwsClient).middlewareStack.add(middleware as never, { step: 'build', name: 'enstratusTrace', override: true });
  return client;
}

/** A `fetch` whose requests are subsegments and carry the trace. `name`: who is asked. */
export function tracedFetch(name: string, fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (url, init) =>
    subsegment(name, async (segment) => {
      const header = traceHeader();
      const headers = new Headers(init?.headers);
      if (header !== undefined) headers.set('x-amzn-trace-id', header);
      segment?.describe({ namespace: 'remote' });
      const response = await fetch(url, { ...init, headers });
      segment?.describe({ http: { response: { status: response.status } } });
      return response;
    });
}

function setHeader(request: unknown): void {
  const header = traceHeader();
  if (header === undefined || typeof request !== 'object' || request === null || !('headers' in request)) return;
  (request.headers as Record<string, string>)['X-Amzn-Trace-Id'] = header;
}

const isRecorded = (header: TraceHeader | undefined): header is TraceHeader & { parent: string } =>
  header?.sampled === '1' && header.parent !== undefined && hasDaemon();

/** Where a piece of work belongs: below a segment of this invocation, or in a trace that it came with. */
interface Place {
  readonly above: TracePosition;
  readonly header: TraceHeader & { readonly parent: string };
  readonly type: 'segment' | 'subsegment';
}

async function record<T>(name: string, place: Place, work: (segment: OpenSegment) => Promise<T>): Promise<T> {
  const segment = new OpenSegment(name);
  const { above, header } = place;
  try {
    return await atPosition({ ...above, header: { ...header, parent: segment.id }, segment }, () => work(segment));
  } catch (error) {
    segment.fail(error);
    throw error;
  } finally {
    end(segment, place);
  }
}

/** Into the document of what it is a part of, as long as that is open; else it is sent by itself. */
function end(segment: OpenSegment, { above, header, type }: Place): void {
  const document = segment.close();
  if (above.segment?.isClosed === false) {
    above.segment.adopt(document);
    return;
  }
  sendSegment({
    ...document,
    ...(type === 'segment' ? {} : { type }),
    trace_id: header.root,
    parent_id: header.parent,
    metadata: { lambda: { request_id: above.request_id } },
  });
}
