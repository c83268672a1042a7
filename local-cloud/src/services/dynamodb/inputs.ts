import { z } from 'zod';

/*
 * Members of the requests that are carried out. The attribute values in them are checked by dynalite, which knows
 * DynamoDB's words for what is wrong with them; here they are handed on as they are.
 */

const map = z.custom<Record<string, unknown>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
  error: 'a map is expected',
});

/** Checked with the rest of a request's shape, in the service's words. */
const returnConsumedCapacity = z.string().optional();
/** No table here has a local secondary index, so there are never item collection metrics to return. */
const returnItemCollectionMetrics = z.string().optional();
const returnOldOnFailure = z.string().optional();
const names = map.optional();
const values = map.optional();
const expression = z.string().optional();
const tableName = z.string();

export const getItemInput = z.strictObject({
  TableName: tableName,
  Key: map,
  ConsistentRead: z.boolean().optional(),
  ProjectionExpression: expression,
  ExpressionAttributeNames: names,
  ReturnConsumedCapacity: returnConsumedCapacity,
});

const conditional = {
  ConditionExpression: expression,
  ExpressionAttributeNames: names,
  ExpressionAttributeValues: values,
  ReturnValuesOnConditionCheckFailure: returnOldOnFailure,
};

const written = {
  ...conditional,
  ReturnValues: z.string().optional(),
  ReturnConsumedCapacity: returnConsumedCapacity,
  ReturnItemCollectionMetrics: returnItemCollectionMetrics,
};

export const putItemInput = z.strictObject({ TableName: tableName, Item: map, ...written });
export const updateItemInput = z.strictObject({ TableName: tableName, Key: map, UpdateExpression: expression, ...written });
export const deleteItemInput = z.strictObject({ TableName: tableName, Key: map, ...written });

const read = {
  TableName: tableName,
  IndexName: z.string().optional(),
  ConsistentRead: z.boolean().optional(),
  ExclusiveStartKey: map.optional(),
  ExpressionAttributeNames: names,
  ExpressionAttributeValues: values,
  FilterExpression: expression,
  Limit: z.number().optional(),
  ProjectionExpression: expression,
  ReturnConsumedCapacity: returnConsumedCapacity,
  Select: z.string().optional(),
};

export const queryInput = z.strictObject({ ...read, KeyConditionExpression: expression, ScanIndexForward: z.boolean().optional() });
export const scanInput = z.strictObject({ ...read, Segment: z.number().optional(), TotalSegments: z.number().optional() });

export const batchGetItemInput = z.strictObject({
  RequestItems: z.record(
    z.string(),
    z.strictObject({
      Keys: z.array(map),
      ConsistentRead: z.boolean().optional(),
      ProjectionExpression: expression,
      ExpressionAttributeNames: names,
    }),
  ),
  ReturnConsumedCapacity: returnConsumedCapacity,
});

export const batchWriteItemInput = z.strictObject({
  RequestItems: z.record(
    z.string(),
    z.array(
      z.strictObject({
        PutRequest: z.strictObject({ Item: map }).optional(),
        DeleteRequest: z.strictObject({ Key: map }).optional(),
      }),
    ),
  ),
  ReturnConsumedCapacity: returnConsumedCapacity,
  ReturnItemCollectionMetrics: returnItemCollectionMetrics,
});

export const transactWriteItemsInput = z.strictObject({
  TransactItems: z.array(
    z.strictObject({
      Put: z.strictObject({ TableName: tableName, Item: map, ...conditional }).optional(),
      Update: z.strictObject({ TableName: tableName, Key: map, UpdateExpression: z.string(), ...conditional }).optional(),
      Delete: z.strictObject({ TableName: tableName, Key: map, ...conditional }).optional(),
      ConditionCheck: z.strictObject({ TableName: tableName, Key: map, ...conditional, ConditionExpression: z.string() }).optional(),
    }),
  ),
  ClientRequestToken: z.string().optional(),
  ReturnConsumedCapacity: returnConsumedCapacity,
  ReturnItemCollectionMetrics: returnItemCollectionMetrics,
});

export const transactGetItemsInput = z.strictObject({
  TransactItems: z.array(
    z.strictObject({
      Get: z.strictObject({
        TableName: tableName,
        Key: map,
        ProjectionExpression: expression,
        ExpressionAttributeNames: names,
      }),
    }),
  ),
  ReturnConsumedCapacity: returnConsumedCapacity,
});

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const projection = z.strictObject({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: z.array(z.string()).optional(),
});
const attributeDefinitions = z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }));
const index = z.strictObject({ IndexName: z.string(), KeySchema: keySchema, Projection: projection });
const tags = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }));
const billingMode = z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).optional();

export const createTableInput = z.strictObject({
  TableName: tableName,
  AttributeDefinitions: attributeDefinitions,
  KeySchema: keySchema,
  BillingMode: billingMode,
  GlobalSecondaryIndexes: z.array(index).optional(),
  DeletionProtectionEnabled: z.boolean().optional(),
  Tags: tags.optional(),
});

export const updateTableInput = z.strictObject({
  TableName: tableName,
  AttributeDefinitions: attributeDefinitions.optional(),
  BillingMode: billingMode,
  DeletionProtectionEnabled: z.boolean().optional(),
  GlobalSecondaryIndexUpdates: z
    .array(z.strictObject({ Create: index.optional(), Delete: z.strictObject({ IndexName: z.string() }).optional() }))
    .optional(),
});

export const onTableInput = z.strictObject({ TableName: tableName });

export const listTablesInput = z.strictObject({
  ExclusiveStartTableName: z.string().optional(),
  Limit: z.number().int().min(1).max(100).optional(),
});

export const updateTimeToLiveInput = z.strictObject({
  TableName: tableName,
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string().min(1).max(255), Enabled: z.boolean() }),
});

export const updateContinuousBackupsInput = z.strictObject({
  TableName: tableName,
  PointInTimeRecoverySpecification: z.strictObject({
    PointInTimeRecoveryEnabled: z.boolean(),
    RecoveryPeriodInDays: z.number().int().min(1).max(35).optional(),
  }),
});

export const tagResourceInput = z.strictObject({ ResourceArn: z.string(), Tags: tags });
export const untagResourceInput = z.strictObject({ ResourceArn: z.string(), TagKeys: z.array(z.string()) });
/** All tags, 50 at most, are in one answer, so that there is never a token to go on from. */
export const listTagsOfResourceInput = z.strictObject({ ResourceArn: z.string() });
