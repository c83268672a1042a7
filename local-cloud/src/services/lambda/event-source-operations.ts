import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation, type Scope } from '../../kernel/service.ts';
import { describeMapping, type EventSourceMapping } from './event-source-mapping.ts';
import { executionRole } from './execution-role.ts';
import { type FunctionRecord, parseFunctionName } from './function-record.ts';
import type { Functions } from './functions.ts';
import { textsByName } from './texts-by-name.ts';

const QUEUE_ARN = /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]+$/;

/** Members of both CreateEventSourceMapping and UpdateEventSourceMapping. */
const settings = {
  BatchSize: z.int().min(1).max(10_000).optional(),
  MaximumBatchingWindowInSeconds: z.int().min(0).max(300).optional(),
  Enabled: z.boolean().optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).max(1).optional(),
  ScalingConfig: z.strictObject({ MaximumConcurrency: z.int().min(2).max(1000).optional() }).optional(),
};
const byId = z.strictObject({ UUID: z.string() });

/** Event source mappings of SQS queues (Lambda API Reference, "CreateEventSourceMapping" and its siblings). */
export function eventSourceOperations(
  functions: Functions,
  changed: (scope: Scope, mapping: EventSourceMapping) => void,
): Record<string, Operation<never, unknown>> {
  const { cloud } = functions;
  const describe = (mapping: EventSourceMapping, { region, account }: Scope) => describeMapping(mapping, region, account);
  const allow =
    (action: string) =>
    (input: { UUID: string }, { region, account }: Scope) => [
      { action: `lambda:${action}`, resource: `arn:aws:lambda:${region}:${account}:event-source-mapping:${input.UUID}` },
    ];
  const find = (uuid: string, scope: Scope): EventSourceMapping => {
    const mapping = functions.in(scope).mappings.get(uuid);
    if (mapping === undefined)
      throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', 404, { Type: 'User' });
    return mapping;
  };

  return {
    CreateEventSourceMapping: operation({
      input: z.strictObject({
        FunctionName: z.string(),
        EventSourceArn: z.string().regex(QUEUE_ARN, 'only a standard SQS queue is carried out by the local cloud'),
        Tags: textsByName().default({}),
        ...settings,
      }),
      authorize: (_input, { region, account }) => [
        { action: 'lambda:CreateEventSourceMapping', resource: `arn:aws:lambda:${region}:${account}:event-source-mapping:*` },
      ],
      run: async (input, context) => {
        const { store, version, arn, qualifier } = functions.locate(input.FunctionName, context);
        const existing = store.mappings
          .list()
          .find((mapping) => mapping.eventSourceArn === input.EventSourceArn && mapping.functionArn === arn);
        if (existing !== undefined) {
          throw new AwsError(
            'ResourceConflictException',
            `An event source mapping with SQS arn (" ${input.EventSourceArn} ") and function (" ${version.name} ") already exists. Please update or delete the existing mapping with UUID ${existing.uuid}`,
            409,
            { Type: 'User' },
          );
        }
        await checkQueue(version, input.EventSourceArn, context);
        const mapping = checked({
          uuid: randomUUID(),
          functionName: version.name,
          functionArn: arn,
          qualifier,
          eventSourceArn: input.EventSourceArn,
          batchSize: input.BatchSize ?? 10,
          maximumBatchingWindow_s: input.MaximumBatchingWindowInSeconds ?? 0,
          reportBatchItemFailures: (input.FunctionResponseTypes ?? []).length > 0,
          maximumConcurrency: input.ScalingConfig?.MaximumConcurrency,
          enabled: input.Enabled ?? true,
          lastModified_ms: cloud.clock(),
          tags: input.Tags,
        });
        store.mappings.put(mapping.uuid, mapping);
        changed(store.scope, mapping);
        return describe(mapping, context);
      },
    }),

    UpdateEventSourceMapping: operation({
      input: z.strictObject({ UUID: z.string(), FunctionName: z.string().optional(), ...settings }),
      authorize: allow('UpdateEventSourceMapping'),
      run: (input, context) => {
        const before = find(input.UUID, context);
        const store = functions.in(context);
        const located = input.FunctionName === undefined ? undefined : functions.locate(input.FunctionName, context);
        const mapping = checked({
          ...before,
          functionName: located?.record.name ?? before.functionName,
          functionArn: located?.arn ?? before.functionArn,
          qualifier: located === undefined ? before.qualifier : located.qualifier,
          batchSize: input.BatchSize ?? before.batchSize,
          maximumBatchingWindow_s: input.MaximumBatchingWindowInSeconds ?? before.maximumBatchingWindow_s,
          reportBatchItemFailures:
            input.FunctionResponseTypes === undefined ? before.reportBatchItemFailures : input.FunctionResponseTypes.length > 0,
          maximumConcurrency: input.ScalingConfig === undefined ? before.maximumConcurrency : input.ScalingConfig.MaximumConcurrency,
          enabled: input.Enabled ?? before.enabled,
          lastModified_ms: cloud.clock(),
        });
        store.mappings.put(mapping.uuid, mapping);
        changed(store.scope, mapping);
        return describe(mapping, context);
      },
    }),

    GetEventSourceMapping: operation({
      input: byId,
      authorize: allow('GetEventSourceMapping'),
      run: (input, context) => describe(find(input.UUID, context), context),
    }),

    ListEventSourceMappings: operation({
      input: z.strictObject({
        EventSourceArn: z.string().optional(),
        FunctionName: z.string().optional(),
        Marker: z.string().optional(),
        MaxItems: z.int().min(1).max(10_000).default(100),
      }),
      authorize: () => [{ action: 'lambda:ListEventSourceMappings', resource: '*' }],
      run: (input, context) => {
        const asked = input.FunctionName === undefined ? undefined : parseFunctionName(input.FunctionName, context);
        const all = functions
          .in(context)
          .mappings.list()
          .filter(({ functionName, qualifier }) => asked === undefined || (functionName === asked.name && qualifier === asked.qualifier))
          .filter((mapping) => input.EventSourceArn === undefined || mapping.eventSourceArn === input.EventSourceArn)
          .filter((mapping) => input.Marker === undefined || mapping.uuid > input.Marker);
        const page = all.slice(0, Math.min(100, input.MaxItems));
        return {
          EventSourceMappings: page.map((mapping) => describe(mapping, context)),
          ...(all.length > page.length ? { NextMarker: page.at(-1)?.uuid } : {}),
        };
      },
    }),

    DeleteEventSourceMapping: operation({
      input: byId,
      authorize: allow('DeleteEventSourceMapping'),
      run: (input, context) => {
        const mapping = find(input.UUID, context);
        const store = functions.in(context);
        store.mappings.delete(mapping.uuid);
        changed(store.scope, { ...mapping, enabled: false });
        return { ...describe(mapping, context), State: 'Deleting' };
      },
    }),
  };

  /** What Lambda checks of the queue, with the rights of the function's role, before it polls ("Using Lambda with Amazon SQS"). */
  async function checkQueue(record: FunctionRecord, queueArn: string, context: CallContext): Promise<void> {
    const { principal } = executionRole(cloud, record);
    const caller = { principal, account: context.account, region: context.region };
    const [, , , , account = '', name = ''] = queueArn.split(':');
    let visibility_s: number;
    try {
      const { Attributes } = await cloud.call<{ Attributes?: Record<string, string> }>(
        'sqs',
        'GetQueueAttributes',
        { QueueUrl: `${cloud.endpoint}/${account}/${name}`, AttributeNames: ['VisibilityTimeout'] },
        caller,
      );
      visibility_s = Number(Attributes?.['VisibilityTimeout'] ?? 30);
      for (const action of ['ReceiveMessage', 'DeleteMessage'])
        cloud.authorizer.authorize(caller, { action: `sqs:${action}`, resource: queueArn });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.httpStatus !== 403) {
        throw new AwsError(
          'InvalidParameterValueException',
          `Error occurred while ReceiveMessage. SQS Error Code: ${error.code}. SQS Error Message: ${error.message}`,
        );
      }
      const missing = /perform: sqs:(\w+)/.exec(error.message)?.[1] ?? 'GetQueueAttributes';
      throw new AwsError(
        'InvalidParameterValueException',
        `The function execution role does not have permissions to call ${missing} on SQS`,
      );
    }
    const timeout_s = record.configuration.timeout_s;
    if (visibility_s < timeout_s) {
      throw new AwsError(
        'InvalidParameterValueException',
        `Queue visibility timeout: ${visibility_s} seconds is less than Function timeout: ${timeout_s} seconds`,
      );
    }
  }
}

function checked(mapping: EventSourceMapping): EventSourceMapping {
  if (mapping.batchSize > 10 && mapping.maximumBatchingWindow_s < 1) {
    throw new AwsError(
      'InvalidParameterValueException',
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  }
  return mapping;
}
