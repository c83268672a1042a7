import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Scope } from '../../kernel/service.ts';
import type { IndexDefinition, TableDefinition } from './dynalite.ts';

/** A global secondary index as it is kept. */
export interface Index extends IndexDefinition {
  readonly id: number;
  readonly status: 'CREATING' | 'ACTIVE';
}

/** A table as it is kept: its definition in AWS's own names, and its settings. */
export interface Table extends TableDefinition {
  readonly id: number;
  /** `TableId` of DescribeTable. */
  readonly uuid: string;
  readonly created_ms: number;
  readonly GlobalSecondaryIndexes?: readonly Index[] | undefined;
  readonly deletionProtection: boolean;
  readonly timeToLive?: { readonly attribute: string; readonly status: 'ENABLING' | 'ENABLED' } | undefined;
  readonly recovery?: { readonly since_ms: number; readonly period_days: number } | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export function tableArn(scope: Scope, name: string): string {
  return `arn:aws:dynamodb:${scope.region}:${scope.account}:table/${name}`;
}

export function indexArn(scope: Scope, table: string, index: string): string {
  return `${tableArn(scope, table)}/index/${index}`;
}

/**
 * The name in a `TableName`, which may be an ARN as well (API Reference, "PutItem"). Another account's or region's table
 * is refused: NotCarriedOut, ValidationException.
 */
export function tableName(nameOrArn: string, scope: Scope): string {
  if (!nameOrArn.startsWith('arn:')) return nameOrArn;
  const match = /^arn:aws:dynamodb:([^:]+):(\d{12}):table\/([^/]+)$/.exec(nameOrArn);
  const [, region, account, name] = match ?? [];
  if (name === undefined) throw new AwsError('ValidationException', `Invalid TableArn: Invalid ResourceArn provided as input ${nameOrArn}`);
  if (account !== scope.account) throw new NotCarriedOut(`the use of another account's table, ${nameOrArn}`);
  if (region !== scope.region) {
    throw new AwsError('ValidationException', `Invalid TableArn: ${nameOrArn} isn't in the region ${scope.region} of the request`);
  }
  return name;
}

/** The index by its name. Throws ValidationException when the table has none of this name. */
export function indexOf(table: Table, name: string): Index {
  const index = table.GlobalSecondaryIndexes?.find((candidate) => candidate.IndexName === name);
  if (index === undefined) throw new AwsError('ValidationException', `The table does not have the specified index: ${name}`);
  return index;
}

/** Names of the attributes that an index holds; undefined when it holds all. */
export function projectedNames(table: Table, index: IndexDefinition): Set<string> | undefined {
  if (index.Projection.ProjectionType === 'ALL') return undefined;
  return new Set([
    ...table.KeySchema.map((element) => element.AttributeName),
    ...index.KeySchema.map((element) => element.AttributeName),
    ...(index.Projection.NonKeyAttributes ?? []),
  ]);
}
