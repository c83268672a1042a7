import type { Authorization, CallContext } from '../../kernel/service.ts';
import type { RegionalStore } from './regional-store.ts';
import { indexArn, tableArn, tableName } from './table.ts';

/** Finds what DynamoDB keeps for the account and region of a call. */
export type Stores = (scope: CallContext) => RegionalStore;

/** A right on a table, named by its name or ARN. */
export function onTable(action: string, nameOrArn: string, context: CallContext): Authorization {
  return { action: `dynamodb:${action}`, resource: tableArn(context, tableName(nameOrArn, context)) };
}

/**
 * A right on a table or, where one is read, on its index; with the partition keys that the request names, for policies
 * that restrict by `dynamodb:LeadingKeys` (Developer Guide, "Using IAM policy conditions for fine-grained access control").
 */
export function onItems(
  action: string,
  nameOrArn: string,
  items: readonly Readonly<Record<string, unknown>>[],
  context: CallContext,
  store: RegionalStore,
  index?: string,
): Authorization {
  const name = tableName(nameOrArn, context);
  const partitionKey = store.find(name)?.KeySchema[0]?.AttributeName;
  const leadingKeys = partitionKey === undefined ? [] : items.flatMap((item) => keyText(item[partitionKey]));
  return {
    action: `dynamodb:${action}`,
    resource: index === undefined ? tableArn(context, name) : indexArn(context, name, index),
    ...(leadingKeys.length === 0 ? {} : { conditions: { 'dynamodb:LeadingKeys': leadingKeys } }),
  };
}

function keyText(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const [text] = Object.values(value);
  return typeof text === 'string' ? [text] : [];
}
