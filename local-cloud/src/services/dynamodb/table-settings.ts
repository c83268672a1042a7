import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { onTable, type Stores } from './authorization.ts';
import {
  listTagsOfResourceInput,
  onTableInput,
  tagResourceInput,
  untagResourceInput,
  updateContinuousBackupsInput,
  updateTimeToLiveInput,
} from './inputs.ts';
import type { Maintenance } from './maintenance.ts';
import type { RegionalStore } from './regional-store.ts';
import { type Table, tableName } from './table.ts';

/** `RecoveryPeriodInDays` unless given (API Reference, "PointInTimeRecoverySpecification"). */
const DEFAULT_RECOVERY_DAYS = 35;
const DAY_MS = 86_400_000;
/** The latest restorable time is typically five minutes back (API Reference, "PointInTimeRecoveryDescription"). */
const RECOVERY_LAG_MS = 5 * 60_000;
/** Tags of one table (Developer Guide, "Tagging restrictions in DynamoDB"). */
const MAX_TAGS = 50;

/** Time to live, continuous backups and tags. */
export function settingOperations(stores: Stores, maintenance: Maintenance): Record<string, Operation<never, unknown>> {
  return {
    DescribeTimeToLive: operation({
      input: onTableInput,
      authorize: (input, context) => [onTable('DescribeTimeToLive', input.TableName, context)],
      run(input, context) {
        const { timeToLive } = stores(context).describedTable(input.TableName);
        return {
          TimeToLiveDescription:
            timeToLive === undefined
              ? { TimeToLiveStatus: 'DISABLED' }
              : { TimeToLiveStatus: timeToLive.status, AttributeName: timeToLive.attribute },
        };
      },
    }),
    UpdateTimeToLive: operation({
      input: updateTimeToLiveInput,
      authorize: (input, context) => [onTable('UpdateTimeToLive', input.TableName, context)],
      run(input, context) {
        const store = stores(context);
        const { AttributeName, Enabled } = input.TimeToLiveSpecification;
        const { timeToLive, ...rest } = store.describedTable(input.TableName);
        if (timeToLive !== undefined && timeToLive.attribute !== AttributeName) {
          throw invalid(`TimeToLive is active on a different AttributeName: current AttributeName is ${timeToLive.attribute}`);
        }
        if (Enabled === (timeToLive !== undefined)) throw invalid(`TimeToLive is already ${Enabled ? 'enabled' : 'disabled'}`);
        store.save(Enabled ? { ...rest, timeToLive: { attribute: AttributeName, status: 'ENABLING' } } : rest);
        maintenance.wake(store);
        return { TimeToLiveSpecification: { AttributeName, Enabled } };
      },
    }),
    DescribeContinuousBackups: operation({
      input: onTableInput,
      authorize: (input, context) => [onTable('DescribeContinuousBackups', input.TableName, context)],
      run: (input, context) => describeBackups(backedUpTable(stores(context), input.TableName, context), context.cloud.clock()),
    }),
    UpdateContinuousBackups: operation({
      input: updateContinuousBackupsInput,
      authorize: (input, context) => [onTable('UpdateContinuousBackups', input.TableName, context)],
      run(input, context) {
        const store = stores(context);
        const { PointInTimeRecoveryEnabled: enabled, RecoveryPeriodInDays: given } = input.PointInTimeRecoverySpecification;
        if (!enabled && given !== undefined) throw invalid('RecoveryPeriodInDays can only be given when point in time recovery is enabled');
        const { recovery, ...rest } = backedUpTable(store, input.TableName, context);
        const now_ms = context.cloud.clock();
        const table = enabled
          ? {
              ...rest,
              recovery: { since_ms: recovery?.since_ms ?? now_ms, period_days: given ?? recovery?.period_days ?? DEFAULT_RECOVERY_DAYS },
            }
          : rest;
        store.save(table);
        return describeBackups(table, now_ms);
      },
    }),
    TagResource: operation({
      input: tagResourceInput,
      authorize: (input, context) => [onTable('TagResource', input.ResourceArn, context)],
      run(input, context) {
        const store = stores(context);
        const table = taggedTable(store, input.ResourceArn, context);
        const tags = { ...table.tags, ...Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key, Value])) };
        if (Object.keys(tags).length > MAX_TAGS) throw invalid('Too many tags: a table has at most 50');
        store.save({ ...table, tags });
        return {};
      },
    }),
    UntagResource: operation({
      input: untagResourceInput,
      authorize: (input, context) => [onTable('UntagResource', input.ResourceArn, context)],
      run(input, context) {
        const store = stores(context);
        const table = taggedTable(store, input.ResourceArn, context);
        store.save({ ...table, tags: Object.fromEntries(Object.entries(table.tags).filter(([key]) => !input.TagKeys.includes(key))) });
        return {};
      },
    }),
    ListTagsOfResource: operation({
      input: listTagsOfResourceInput,
      authorize: (input, context) => [onTable('ListTagsOfResource', input.ResourceArn, context)],
      run: (input, context) => ({
        Tags: Object.entries(taggedTable(stores(context), input.ResourceArn, context).tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    }),
  };
}

function describeBackups(table: Table, now_ms: number) {
  const { recovery } = table;
  const PointInTimeRecoveryDescription =
    recovery === undefined
      ? { PointInTimeRecoveryStatus: 'DISABLED' }
      : {
          PointInTimeRecoveryStatus: 'ENABLED',
          RecoveryPeriodInDays: recovery.period_days,
          EarliestRestorableDateTime: new Date(Math.max(recovery.since_ms, now_ms - recovery.period_days * DAY_MS)),
          LatestRestorableDateTime: new Date(Math.max(recovery.since_ms, now_ms - RECOVERY_LAG_MS)),
        };
  return { ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED', PointInTimeRecoveryDescription } };
}

/** The operations on backups have an exception of their own for a missing table. */
function backedUpTable(store: RegionalStore, nameOrArn: string, context: CallContext): Table {
  const name = tableName(nameOrArn, context);
  const table = store.find(name);
  if (table === undefined) throw new AwsError('TableNotFoundException', `Table not found: ${name}`);
  return table;
}

function taggedTable(store: RegionalStore, arn: string, context: CallContext): Table {
  if (!arn.startsWith('arn:')) throw invalid(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  const table = store.find(tableName(arn, context));
  if (table === undefined) throw new AwsError('ResourceNotFoundException', `Requested resource not found: ResourcArn: ${arn} not found`);
  return table;
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
