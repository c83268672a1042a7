import { z } from 'zod';
import {
  cfnBoolean,
  cfnNumber,
  cfnTags,
  type ResourceContext,
  type ResourceState,
  type ResourceType,
  resourceType,
  unlessCode,
} from '../../kernel/resource-type.ts';
import { aliasType, versionType } from './version-resource-types.ts';

/** Carries on when what should go is gone already. */
const unlessGone = unlessCode('ResourceNotFoundException');

const functionProperties = z.strictObject({
  Architectures: z.array(z.string()).optional(),
  Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
  DeadLetterConfig: z.strictObject({ TargetArn: z.string().optional() }).optional(),
  Description: z.string().optional(),
  Environment: z
    .strictObject({ Variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).optional() })
    .optional(),
  EphemeralStorage: z.strictObject({ Size: cfnNumber }).optional(),
  FunctionName: z.string().optional(),
  Handler: z.string(),
  LoggingConfig: z
    .strictObject({
      ApplicationLogLevel: z.string().optional(),
      LogFormat: z.string().optional(),
      LogGroup: z.string().optional(),
      SystemLogLevel: z.string().optional(),
    })
    .optional(),
  MemorySize: cfnNumber.optional(),
  PackageType: z.literal('Zip').optional(),
  ReservedConcurrentExecutions: cfnNumber.optional(),
  Role: z.string(),
  Runtime: z.string(),
  Tags: cfnTags.optional(),
  Timeout: cfnNumber.optional(),
  TracingConfig: z.strictObject({ Mode: z.string().optional() }).optional(),
});
type FunctionProperties = z.output<typeof functionProperties>;

/** AWS::Lambda::Function (CloudFormation Template Reference): Ref is the name. */
const functionType = resourceType({
  type: 'AWS::Lambda::Function',
  properties: functionProperties,
  inert: {
    Architectures: "the code runs on this machine's own processor, whatever is asked for",
    EphemeralStorage: 'the code shares /tmp with this machine',
  },
  replaceOn: ['FunctionName', 'PackageType'],
  create: async (properties, context) => {
    const FunctionName = properties.FunctionName ?? context.uniqueName({ maxLength: 64 });
    const { FunctionArn } = await context.call<{ FunctionArn: string }>('lambda', 'CreateFunction', {
      FunctionName,
      ...configurationOf(properties),
      Code: properties.Code,
      ...(properties.Architectures === undefined ? {} : { Architectures: properties.Architectures }),
      Tags: tagsOf(properties, context),
    });
    if (properties.ReservedConcurrentExecutions !== undefined)
      await reserve(FunctionName, properties.ReservedConcurrentExecutions, context);
    return { physicalId: FunctionName, attributes: { Arn: FunctionArn } };
  },
  update: async (physicalId, properties, previous, context) => {
    const { Code, Architectures } = properties;
    if (JSON.stringify({ Code, Architectures }) !== JSON.stringify({ Code: previous.Code, Architectures: previous.Architectures })) {
      await context.call('lambda', 'UpdateFunctionCode', { FunctionName: physicalId, ...Code, Architectures: Architectures ?? ['x86_64'] });
    }
    const { FunctionArn } = await context.call<{ FunctionArn: string }>('lambda', 'UpdateFunctionConfiguration', {
      FunctionName: physicalId,
      ...DEFAULTS,
      ...configurationOf(properties),
      LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${physicalId}`, ...properties.LoggingConfig },
    });
    if (properties.ReservedConcurrentExecutions !== undefined) await reserve(physicalId, properties.ReservedConcurrentExecutions, context);
    else if (previous.ReservedConcurrentExecutions !== undefined) {
      await context.call('lambda', 'DeleteFunctionConcurrency', { FunctionName: physicalId });
    }
    const tags = tagsOf(properties, context);
    const { Tags: present } = await context.call<{ Tags: Record<string, string> }>('lambda', 'ListTags', { Resource: FunctionArn });
    const stale = Object.keys(present).filter((key) => !Object.hasOwn(tags, key));
    if (stale.length > 0) await context.call('lambda', 'UntagResource', { Resource: FunctionArn, TagKeys: stale });
    if (Object.entries(tags).some(([key, value]) => present[key] !== value)) {
      await context.call('lambda', 'TagResource', { Resource: FunctionArn, Tags: tags });
    }
    return { physicalId, attributes: { Arn: FunctionArn } };
  },
  delete: (physicalId, _properties, context) => unlessGone(context.call('lambda', 'DeleteFunction', { FunctionName: physicalId })),
});

/** What a property goes back to when it is no longer in the template. */
const DEFAULTS = {
  DeadLetterConfig: {},
  Description: '',
  Environment: { Variables: {} },
  EphemeralStorage: { Size: 512 },
  MemorySize: 128,
  Timeout: 3,
  TracingConfig: { Mode: 'PassThrough' },
};

function configurationOf(properties: FunctionProperties): Record<string, unknown> {
  const { Architectures, Code, FunctionName, PackageType, ReservedConcurrentExecutions, Tags, ...configuration } = properties;
  return configuration;
}

function reserve(FunctionName: string, ReservedConcurrentExecutions: number, context: ResourceContext): Promise<unknown> {
  return context.call('lambda', 'PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions });
}

function tagsOf(properties: FunctionProperties, context: ResourceContext): Record<string, string> {
  return { ...context.stackTags, ...Object.fromEntries((properties.Tags ?? []).map(({ Key, Value }) => [Key, Value])) };
}

const permissionProperties = z.strictObject({
  Action: z.string(),
  FunctionName: z.string(),
  FunctionUrlAuthType: z.string().optional(),
  InvokedViaFunctionUrl: cfnBoolean.optional(),
  Principal: z.string(),
  SourceAccount: z.string().optional(),
  SourceArn: z.string().optional(),
});

/** AWS::Lambda::Permission: Ref and Id are the statement's id. Every change replaces it. */
const permissionType = resourceType({
  type: 'AWS::Lambda::Permission',
  properties: permissionProperties,
  create: async (properties, context) => {
    const StatementId = context.uniqueName({ maxLength: 100 });
    await context.call('lambda', 'AddPermission', { StatementId, ...properties });
    return { physicalId: StatementId, attributes: { Id: StatementId } };
  },
  delete: (physicalId, properties, context) =>
    unlessGone(context.call('lambda', 'RemovePermission', { FunctionName: properties.FunctionName, StatementId: physicalId })),
});

const urlProperties = z.strictObject({
  AuthType: z.string(),
  InvokeMode: z.string().optional(),
  Qualifier: z.string().optional(),
  TargetFunctionArn: z.string(),
});

/** AWS::Lambda::Url: Ref and FunctionArn are the function's ARN. */
const urlType = resourceType({
  type: 'AWS::Lambda::Url',
  properties: urlProperties,
  replaceOn: ['TargetFunctionArn', 'Qualifier'],
  create: async ({ TargetFunctionArn, ...settings }, context) =>
    urlState(await context.call<UrlConfig>('lambda', 'CreateFunctionUrlConfig', { FunctionName: TargetFunctionArn, ...settings })),
  update: async (_physicalId, { TargetFunctionArn, ...settings }, _previous, context) =>
    urlState(await context.call<UrlConfig>('lambda', 'UpdateFunctionUrlConfig', { FunctionName: TargetFunctionArn, ...settings })),
  delete: (_physicalId, { TargetFunctionArn, Qualifier }, context) =>
    unlessGone(
      context.call('lambda', 'DeleteFunctionUrlConfig', {
        FunctionName: TargetFunctionArn,
        ...(Qualifier === undefined ? {} : { Qualifier }),
      }),
    ),
});

interface UrlConfig {
  readonly FunctionArn: string;
  readonly FunctionUrl: string;
}

function urlState({ FunctionArn, FunctionUrl }: UrlConfig): ResourceState {
  return { physicalId: FunctionArn, attributes: { FunctionArn, FunctionUrl } };
}

const mappingProperties = z.strictObject({
  BatchSize: cfnNumber.optional(),
  Enabled: cfnBoolean.optional(),
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  FunctionResponseTypes: z.array(z.string()).optional(),
  MaximumBatchingWindowInSeconds: cfnNumber.optional(),
  ScalingConfig: z.strictObject({ MaximumConcurrency: cfnNumber.optional() }).optional(),
  Tags: cfnTags.optional(),
});

/** AWS::Lambda::EventSourceMapping of an SQS queue: Ref and Id are the UUID. */
const mappingType = resourceType({
  type: 'AWS::Lambda::EventSourceMapping',
  properties: mappingProperties,
  replaceOn: ['EventSourceArn', 'Tags'],
  create: async ({ Tags, ...properties }, context) => {
    const tags = { ...context.stackTags, ...Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key, Value])) };
    return mappingState(await context.call<MappingConfig>('lambda', 'CreateEventSourceMapping', { ...properties, Tags: tags }));
  },
  update: async (physicalId, { Tags: _tags, EventSourceArn: _arn, ...properties }, _previous, context) =>
    mappingState(
      await context.call<MappingConfig>('lambda', 'UpdateEventSourceMapping', {
        UUID: physicalId,
        BatchSize: 10,
        Enabled: true,
        FunctionResponseTypes: [],
        MaximumBatchingWindowInSeconds: 0,
        ScalingConfig: {},
        ...properties,
      }),
    ),
  delete: (physicalId, _properties, context) => unlessGone(context.call('lambda', 'DeleteEventSourceMapping', { UUID: physicalId })),
});

interface MappingConfig {
  readonly UUID: string;
  readonly EventSourceMappingArn: string;
}

function mappingState({ UUID, EventSourceMappingArn }: MappingConfig): ResourceState {
  return { physicalId: UUID, attributes: { Id: UUID, EventSourceMappingArn } };
}

const eventInvokeProperties = z.strictObject({
  DestinationConfig: z
    .strictObject({
      OnFailure: z.strictObject({ Destination: z.string() }).optional(),
      OnSuccess: z.strictObject({ Destination: z.string() }).optional(),
    })
    .optional(),
  FunctionName: z.string(),
  MaximumEventAgeInSeconds: cfnNumber.optional(),
  MaximumRetryAttempts: cfnNumber.optional(),
  Qualifier: z.string(),
});

/** AWS::Lambda::EventInvokeConfig: Ref is `<function>|<qualifier>`, which AWS documents only as a unique id. */
const eventInvokeType = resourceType({
  type: 'AWS::Lambda::EventInvokeConfig',
  properties: eventInvokeProperties,
  replaceOn: ['FunctionName', 'Qualifier'],
  create: async (properties, context) => {
    await context.call('lambda', 'PutFunctionEventInvokeConfig', properties);
    return { physicalId: `${properties.FunctionName}|${properties.Qualifier}`, attributes: {} };
  },
  update: async (physicalId, properties, _previous, context) => {
    await context.call('lambda', 'PutFunctionEventInvokeConfig', properties);
    return { physicalId, attributes: {} };
  },
  delete: (_physicalId, { FunctionName, Qualifier }, context) =>
    unlessGone(context.call('lambda', 'DeleteFunctionEventInvokeConfig', { FunctionName, Qualifier })),
});

/** The resource types of Lambda. */
export const lambdaResourceTypes: readonly ResourceType[] = [
  functionType,
  versionType,
  aliasType,
  permissionType,
  urlType,
  mappingType,
  eventInvokeType,
];
