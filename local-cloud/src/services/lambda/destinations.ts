import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import type { QueuedEvent } from './event-queue.ts';
import { executionRole } from './execution-role.ts';
import { type FunctionRecord, type QualifierSettings, versionOf } from './function-record.ts';
import type { InvocationOutcome } from './invocation.ts';

export type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency';

/** What ran, and what is set for the qualifier that was asked for. */
export interface Handed {
  readonly record: FunctionRecord;
  readonly eventInvoke: QualifierSettings['eventInvoke'];
}

/**
 * Hands on what became of an asynchronous invocation: the record to the destination of its kind, and after a failure the
 * event to the dead-letter queue or topic, each with the rights of the function's role. Never throws: what can't be handed
 * on is lost, as on AWS, and told on this server's console.
 */
export async function handOn(
  cloud: Cloud,
  scope: Scope,
  { record, eventInvoke }: Handed,
  event: QueuedEvent,
  condition: Condition,
  outcome: InvocationOutcome | undefined,
): Promise<void> {
  const target = condition === 'Success' ? eventInvoke?.onSuccess : eventInvoke?.onFailure;
  const deadLetter = condition === 'Success' ? undefined : record.configuration.deadLetterTargetArn;
  const why = outcome?.error === undefined ? condition : `${condition}: ${outcome.error.errorType} ${outcome.error.errorMessage}`;
  let kept = condition === 'Success';
  for (const [arn, body, attributes] of [
    [target, JSON.stringify(destinationRecord(cloud, record, event, condition, outcome)), undefined],
    [deadLetter, event.event, deadLetterAttributes(event, condition, outcome)],
  ] as const) {
    if (arn === undefined) continue;
    try {
      await send(cloud, scope, record, arn, body, attributes, event.traceHeader);
      kept = true;
    } catch (error) {
      console.error(
        `lambda: ${arn} did not take event ${event.requestId} of ${record.name}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  if (!kept) console.error(`lambda: event ${event.requestId} of ${record.name} is lost after ${event.attempts} attempts (${why})`);
}

type Attributes = Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;

async function send(
  cloud: Cloud,
  scope: Scope,
  record: FunctionRecord,
  arn: string,
  body: string,
  MessageAttributes: Attributes | undefined,
  traceHeader: string,
): Promise<void> {
  const { principal } = executionRole(cloud, record);
  const [, , service, region = scope.region, account = scope.account, name = ''] = arn.split(':');
  const caller = { principal, account: scope.account, region, traceHeader };
  const attributes = MessageAttributes === undefined ? {} : { MessageAttributes };
  if (service === 'sqs') {
    await cloud.call('sqs', 'SendMessage', { QueueUrl: `${cloud.endpoint}/${account}/${name}`, MessageBody: body, ...attributes }, caller);
  } else {
    await cloud.call('sns', 'Publish', { TopicArn: arn, Message: body, ...attributes }, caller);
  }
}

/** Lambda Developer Guide, "Retaining records of Lambda asynchronous invocations". */
function destinationRecord(
  cloud: Cloud,
  record: FunctionRecord,
  event: QueuedEvent,
  condition: Condition,
  outcome: InvocationOutcome | undefined,
): Record<string, unknown> {
  return {
    version: '1.0',
    timestamp: new Date(cloud.clock()).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: event.invokedArn === record.arn ? `${record.arn}:$LATEST` : event.invokedArn,
      condition,
      approximateInvokeCount: event.attempts,
    },
    requestPayload: JSON.parse(event.event) as unknown,
    ...(outcome === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: versionOf(record),
            ...(outcome.error === undefined ? {} : { functionError: 'Unhandled' }),
          },
          responsePayload: JSON.parse(outcome.payload) as unknown,
        }),
  };
}

/** Same page, "Adding a dead-letter queue": ErrorCode is the HTTP status, ErrorMessage the first 1 KB. */
function deadLetterAttributes(event: QueuedEvent, condition: Condition, outcome: InvocationOutcome | undefined): Attributes {
  const error = outcome?.error;
  const message = error === undefined ? condition : error.errorMessage;
  return {
    RequestID: { DataType: 'String', StringValue: event.requestId },
    ErrorCode: { DataType: 'Number', StringValue: outcome === undefined ? '429' : '200' },
    ErrorMessage: {
      DataType: 'String',
      StringValue: Buffer.from(message === '' ? condition : message)
        .subarray(0, 1024)
        .toString('utf8'),
    },
  };
}
