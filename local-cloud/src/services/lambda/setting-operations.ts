import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type Operation, operation } from '../../kernel/service.ts';
import type { EventInvokeConfig } from './function-record.ts';
import { type Functions, type Located, settingsOf } from './functions.ts';
import { textsByName } from './texts-by-name.ts';

/** "Lambda quotas": concurrent executions of an account in a region, and what must stay without reservation. */
export const ACCOUNT_CONCURRENCY = 1000;
const MIN_UNRESERVED = 100;

const named = z.strictObject({ FunctionName: z.string(), Qualifier: z.string().optional() });
const unqualified = z.strictObject({ FunctionName: z.string() });
const destination = z.strictObject({
  Destination: z
    .string()
    .regex(/^arn:aws:(sqs|sns):[a-z0-9-]+:\d{12}:\S+$/, 'only an SQS queue or an SNS topic is carried out by the local cloud')
    .optional(),
});
const eventInvokeInput = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.string().optional(),
  MaximumRetryAttempts: z.int().min(0).max(2).optional(),
  MaximumEventAgeInSeconds: z.int().min(60).max(21_600).optional(),
  DestinationConfig: z.strictObject({ OnSuccess: destination.optional(), OnFailure: destination.optional() }).optional(),
});

/** Concurrency, asynchronous invocation and tags of functions. */
export function settingOperations(functions: Functions): Record<string, Operation<never, unknown>> {
  const allow =
    (action: string) => (input: { FunctionName: string; Qualifier?: string | undefined }, context: { account: string; region: string }) => [
      functions.authorization(action, input.FunctionName, context, { qualifier: input.Qualifier }),
    ];
  return {
    PutFunctionConcurrency: operation({
      input: z.strictObject({ FunctionName: z.string(), ReservedConcurrentExecutions: z.int().min(0) }),
      authorize: allow('PutFunctionConcurrency'),
      run: (input, context) => {
        const { store, record } = functions.locate(input.FunctionName, context);
        const others = store.reserved - (record.reservedConcurrency ?? 0);
        if (ACCOUNT_CONCURRENCY - others - input.ReservedConcurrentExecutions < MIN_UNRESERVED) {
          throw new AwsError(
            'InvalidParameterValueException',
            `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${MIN_UNRESERVED}].`,
          );
        }
        store.put({ ...record, reservedConcurrency: input.ReservedConcurrentExecutions });
        return { ReservedConcurrentExecutions: input.ReservedConcurrentExecutions };
      },
    }),

    // Nothing here provisions any: what asks for it is told that there is none (Lambda API Reference, "GetProvisionedConcurrencyConfig"; its wording as users report it).
    GetProvisionedConcurrencyConfig: operation({
      input: z.strictObject({ FunctionName: z.string(), Qualifier: z.string() }),
      authorize: allow('GetProvisionedConcurrencyConfig'),
      run: (input, context) => {
        functions.locate(input.FunctionName, context, input.Qualifier);
        throw new AwsError(
          'ProvisionedConcurrencyConfigNotFoundException',
          'No Provisioned Concurrency Config found for this function',
          404,
          { Type: 'User' },
        );
      },
    }),

    GetFunctionConcurrency: operation({
      input: unqualified,
      authorize: allow('GetFunctionConcurrency'),
      run: (input, context) => {
        const { record } = functions.locate(input.FunctionName, context);
        return record.reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: record.reservedConcurrency };
      },
    }),

    DeleteFunctionConcurrency: operation({
      input: unqualified,
      authorize: allow('DeleteFunctionConcurrency'),
      run: (input, context) => {
        const { store, record } = functions.locate(input.FunctionName, context);
        store.put({ ...record, reservedConcurrency: undefined });
      },
    }),

    GetAccountSettings: operation({
      input: z.strictObject({}),
      authorize: () => [{ action: 'lambda:GetAccountSettings', resource: '*' }],
      run: (_input, context) => {
        const all = functions.in(context).list();
        return {
          AccountLimit: {
            TotalCodeSize: 80_530_636_800,
            CodeSizeUnzipped: 262_144_000,
            CodeSizeZipped: 52_428_800,
            ConcurrentExecutions: ACCOUNT_CONCURRENCY,
            UnreservedConcurrentExecutions: ACCOUNT_CONCURRENCY - functions.in(context).reserved,
          },
          AccountUsage: { TotalCodeSize: all.reduce((sum, { code }) => sum + code.size_bytes, 0), FunctionCount: all.length },
        };
      },
    }),

    PutFunctionEventInvokeConfig: operation({
      input: eventInvokeInput,
      authorize: allow('PutFunctionEventInvokeConfig'),
      run: (input, context) => {
        const located = functions.locate(input.FunctionName, context, input.Qualifier);
        const eventInvoke = eventInvokeOf(input, functions.cloud.clock());
        functions.keep(located, { eventInvoke });
        return describeEventInvoke(located, eventInvoke);
      },
    }),

    UpdateFunctionEventInvokeConfig: operation({
      input: eventInvokeInput,
      authorize: allow('UpdateFunctionEventInvokeConfig'),
      run: (input, context) => {
        const located = functions.locate(input.FunctionName, context, input.Qualifier);
        const given = Object.entries(eventInvokeOf(input, functions.cloud.clock())).filter(([, value]) => value !== undefined);
        const eventInvoke = { ...configured(located), ...Object.fromEntries(given) };
        functions.keep(located, { eventInvoke });
        return describeEventInvoke(located, eventInvoke);
      },
    }),

    GetFunctionEventInvokeConfig: operation({
      input: named,
      authorize: allow('GetFunctionEventInvokeConfig'),
      run: (input, context) => {
        const located = functions.locate(input.FunctionName, context, input.Qualifier);
        return describeEventInvoke(located, configured(located));
      },
    }),

    DeleteFunctionEventInvokeConfig: operation({
      input: named,
      authorize: allow('DeleteFunctionEventInvokeConfig'),
      run: (input, context) => {
        const located = functions.locate(input.FunctionName, context, input.Qualifier);
        configured(located);
        functions.keep(located, { eventInvoke: undefined });
      },
    }),

    ListTags: operation({
      input: z.strictObject({ Resource: z.string() }),
      authorize: (input, context) => [functions.authorization('ListTags', input.Resource, context)],
      run: (input, context) => ({ Tags: functions.locate(input.Resource, context).record.tags }),
    }),

    TagResource: operation({
      input: z.strictObject({ Resource: z.string(), Tags: textsByName({ name: 128, text: 256 }) }),
      authorize: (input, context) => [functions.authorization('TagResource', input.Resource, context)],
      run: (input, context) => {
        const { store, record } = functions.locate(input.Resource, context);
        store.put({ ...record, tags: { ...record.tags, ...input.Tags } });
      },
    }),

    UntagResource: operation({
      input: z.strictObject({ Resource: z.string(), TagKeys: z.array(z.string()) }),
      authorize: (input, context) => [functions.authorization('UntagResource', input.Resource, context)],
      run: (input, context) => {
        const { store, record } = functions.locate(input.Resource, context);
        const tags = Object.fromEntries(Object.entries(record.tags).filter(([key]) => !input.TagKeys.includes(key)));
        store.put({ ...record, tags });
      },
    }),
  };
}

function eventInvokeOf(input: z.output<typeof eventInvokeInput>, now_ms: number): EventInvokeConfig {
  return {
    maximumRetryAttempts: input.MaximumRetryAttempts,
    maximumEventAge_s: input.MaximumEventAgeInSeconds,
    onSuccess: input.DestinationConfig?.OnSuccess?.Destination,
    onFailure: input.DestinationConfig?.OnFailure?.Destination,
    lastModified_ms: now_ms,
  };
}

function configured(located: Located): EventInvokeConfig {
  const { eventInvoke } = settingsOf(located);
  if (eventInvoke === undefined) {
    throw new AwsError('ResourceNotFoundException', `The function ${configuredArn(located)} doesn't have an EventInvokeConfig`, 404, {
      Type: 'User',
    });
  }
  return eventInvoke;
}

/** The function itself counts as `$LATEST` here. */
function configuredArn({ record, qualifier }: Located): string {
  return `${record.arn}:${qualifier ?? '$LATEST'}`;
}

function describeEventInvoke(located: Located, config: EventInvokeConfig): Record<string, unknown> {
  const target = (arn: string | undefined) => (arn === undefined ? {} : { Destination: arn });
  return {
    LastModified: new Date(config.lastModified_ms),
    FunctionArn: configuredArn(located),
    ...(config.maximumRetryAttempts === undefined ? {} : { MaximumRetryAttempts: config.maximumRetryAttempts }),
    ...(config.maximumEventAge_s === undefined ? {} : { MaximumEventAgeInSeconds: config.maximumEventAge_s }),
    DestinationConfig: { OnSuccess: target(config.onSuccess), OnFailure: target(config.onFailure) },
  };
}
