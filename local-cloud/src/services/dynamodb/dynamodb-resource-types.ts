import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { cfnBoolean, cfnNumber, cfnTags, type ResourceContext, type ResourceState, resourceType } from '../../kernel/resource-type.ts';
import { tableArn } from './table.ts';

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

const tableProperties = z.strictObject({
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  KeySchema: keySchema,
  BillingMode: z.string().optional(),
  GlobalSecondaryIndexes: z
    .array(
      z.strictObject({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.strictObject({ ProjectionType: z.string(), NonKeyAttributes: z.array(z.string()).optional() }),
      }),
    )
    .optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string().optional(), Enabled: cfnBoolean }).optional(),
  PointInTimeRecoverySpecification: z
    .strictObject({ PointInTimeRecoveryEnabled: cfnBoolean.optional(), RecoveryPeriodInDays: cfnNumber.optional() })
    .optional(),
  DeletionProtectionEnabled: cfnBoolean.optional(),
  SSESpecification: z.strictObject({ SSEEnabled: cfnBoolean, SSEType: z.string().optional() }).optional(),
  Tags: cfnTags.optional(),
});

type TableProperties = z.output<typeof tableProperties>;

/** How often a table or index in the making is looked at. */
const POLL_MS = 20;

/** AWS::DynamoDB::Table (CloudFormation Template Reference). */
const table = resourceType<TableProperties>({
  type: 'AWS::DynamoDB::Table',
  properties: tableProperties,
  inert: { SSESpecification: 'what lies on this disk is not encrypted' },
  replaceOn: ['TableName', 'KeySchema'],
  async create(properties, context) {
    const TableName = properties.TableName ?? context.uniqueName({ maxLength: 255 });
    const { AttributeDefinitions, KeySchema, BillingMode, GlobalSecondaryIndexes, DeletionProtectionEnabled } = properties;
    try {
      const Tags = wantedTags(properties, context);
      const input = { TableName, AttributeDefinitions, KeySchema, BillingMode, GlobalSecondaryIndexes, DeletionProtectionEnabled };
      await context.call('dynamodb', 'CreateTable', { ...input, ...(Tags.length === 0 ? {} : { Tags }) });
    } catch (error) {
      // A generated name that exists is this very create, tried again.
      const repeated = properties.TableName === undefined && hasCode(error, 'ResourceInUseException');
      if (!repeated) throw error;
    }
    try {
      await active(TableName, context);
      await setTimeToLive(TableName, properties, undefined, context);
      await setRecovery(TableName, properties, undefined, context);
    } catch (error) {
      await context.call('dynamodb', 'UpdateTable', { TableName, DeletionProtectionEnabled: false });
      await removeTable(TableName, context);
      throw error;
    }
    return stateOf(TableName, context);
  },
  async update(TableName, properties, previous, context) {
    checkUnchangedTypes(properties, previous);
    const indexUpdate = indexChange(properties, previous);
    const protection = properties.DeletionProtectionEnabled ?? false;
    if (protection !== (previous.DeletionProtectionEnabled ?? false)) {
      await context.call('dynamodb', 'UpdateTable', { TableName, DeletionProtectionEnabled: protection });
    }
    if (properties.BillingMode !== previous.BillingMode) {
      await context.call('dynamodb', 'UpdateTable', { TableName, BillingMode: properties.BillingMode ?? 'PROVISIONED' });
    }
    if (indexUpdate !== undefined) {
      const { AttributeDefinitions } = properties;
      await context.call('dynamodb', 'UpdateTable', { TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates: [indexUpdate] });
      await active(TableName, context);
    }
    await setTimeToLive(TableName, properties, previous, context);
    await setRecovery(TableName, properties, previous, context);
    await setTags(TableName, properties, context);
    return stateOf(TableName, context);
  },
  delete: (TableName, _properties, context) => removeTable(TableName, context),
});

export const dynamoDbResourceTypes = [table];

function stateOf(name: string, context: ResourceContext): ResourceState {
  return { physicalId: name, attributes: { Arn: tableArn(context, name) } };
}

async function removeTable(TableName: string, context: ResourceContext): Promise<void> {
  try {
    await context.call('dynamodb', 'DeleteTable', { TableName });
  } catch (error) {
    if (!hasCode(error, 'ResourceNotFoundException')) throw error;
  }
}

interface Described {
  readonly Table: { readonly TableStatus: string; readonly GlobalSecondaryIndexes?: readonly { readonly IndexStatus: string }[] };
}

/** Waits until the table and all of its indexes are ACTIVE. */
async function active(TableName: string, context: ResourceContext): Promise<void> {
  for (;;) {
    const { Table } = await context.call<Described>('dynamodb', 'DescribeTable', { TableName });
    const statuses = [Table.TableStatus, ...(Table.GlobalSecondaryIndexes ?? []).map((index) => index.IndexStatus)];
    if (statuses.every((status) => status === 'ACTIVE')) return;
    await delay(POLL_MS);
  }
}

async function setTimeToLive(TableName: string, wanted: TableProperties, previous: TableProperties | undefined, context: ResourceContext) {
  const before = enabledTimeToLive(previous);
  const after = enabledTimeToLive(wanted);
  if (after === before) return;
  const TimeToLiveSpecification = { AttributeName: after ?? before, Enabled: after !== undefined };
  await context.call('dynamodb', 'UpdateTimeToLive', { TableName, TimeToLiveSpecification });
}

function enabledTimeToLive(properties: TableProperties | undefined): string | undefined {
  const specification = properties?.TimeToLiveSpecification;
  return specification?.Enabled === true ? specification.AttributeName : undefined;
}

async function setRecovery(TableName: string, wanted: TableProperties, previous: TableProperties | undefined, context: ResourceContext) {
  const before = recoveryOf(previous);
  const after = recoveryOf(wanted);
  if (JSON.stringify(after) === JSON.stringify(before)) return;
  await context.call('dynamodb', 'UpdateContinuousBackups', { TableName, PointInTimeRecoverySpecification: after });
}

function recoveryOf(properties: TableProperties | undefined) {
  const given = properties?.PointInTimeRecoverySpecification;
  return {
    PointInTimeRecoveryEnabled: given?.PointInTimeRecoveryEnabled ?? false,
    ...(given?.RecoveryPeriodInDays === undefined ? {} : { RecoveryPeriodInDays: given.RecoveryPeriodInDays }),
  };
}

async function setTags(TableName: string, properties: TableProperties, context: ResourceContext): Promise<void> {
  const ResourceArn = tableArn(context, TableName);
  const Tags = wantedTags(properties, context);
  const current = await context.call<{ Tags: { Key: string; Value: string }[] }>('dynamodb', 'ListTagsOfResource', { ResourceArn });
  const TagKeys = current.Tags.map((tag) => tag.Key).filter((key) => !Tags.some((tag) => tag.Key === key));
  if (TagKeys.length > 0) await context.call('dynamodb', 'UntagResource', { ResourceArn, TagKeys });
  if (Tags.length > 0) await context.call('dynamodb', 'TagResource', { ResourceArn, Tags });
}

function wantedTags(properties: TableProperties, context: ResourceContext): { Key: string; Value: string }[] {
  const own = Object.fromEntries((properties.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  return Object.entries({ ...context.stackTags, ...own }).map(([Key, Value]) => ({ Key, Value }));
}

/**
 * The one index to add or remove (CloudFormation Template Reference, "AWS::DynamoDB::Table", GlobalSecondaryIndexes:
 * one in an update, and an existing one can't be changed).
 */
function indexChange(properties: TableProperties, previous: TableProperties) {
  const before = new Map((previous.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, index]));
  const after = new Map((properties.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, index]));
  for (const [name, index] of after) {
    const old = before.get(name);
    if (old !== undefined && JSON.stringify(old) !== JSON.stringify(index)) {
      throw new AwsError('ValidationException', `The global secondary index ${name} can't be changed; give the changed one another name`);
    }
  }
  const changes = [
    ...[...after.values()].filter((index) => !before.has(index.IndexName)).map((Create) => ({ Create })),
    ...[...before.keys()].filter((name) => !after.has(name)).map((IndexName) => ({ Delete: { IndexName } })),
  ];
  if (changes.length > 1) {
    throw new AwsError('ValidationException', 'Cannot perform more than one GSI creation or deletion in a single update');
  }
  return changes[0];
}

/** An existing attribute's new type means a new table, which the engine can't know from the property's name alone. */
function checkUnchangedTypes(properties: TableProperties, previous: TableProperties): void {
  for (const { AttributeName, AttributeType } of properties.AttributeDefinitions) {
    const old = previous.AttributeDefinitions.find((definition) => definition.AttributeName === AttributeName);
    if (old !== undefined && old.AttributeType !== AttributeType) {
      throw new NotCarriedOut(`the replacement of a table because the type of its attribute ${AttributeName} changes`);
    }
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof AwsError && error.code === code;
}
