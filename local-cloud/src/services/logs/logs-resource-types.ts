import { z } from 'zod';
import {
  cfnBoolean,
  cfnNumber,
  cfnTags,
  type ResourceContext,
  type ResourceState,
  resourceType,
  unlessCode,
} from '../../kernel/resource-type.ts';
import { logGroupArn } from './log-arn.ts';

/** Carries on when what should go is gone already. */
const unlessGone = unlessCode('ResourceNotFoundException');

const logGroupProperties = z.strictObject({
  LogGroupName: z.string().optional(),
  RetentionInDays: cfnNumber.optional(),
  LogGroupClass: z.literal('STANDARD').optional(),
  DeletionProtectionEnabled: cfnBoolean.optional(),
  Tags: cfnTags.optional(),
});

const logStreamProperties = z.strictObject({ LogGroupName: z.string(), LogStreamName: z.string().optional() });

const metricFilterProperties = z.strictObject({
  FilterName: z.string().optional(),
  FilterPattern: z.string(),
  LogGroupName: z.string(),
  MetricTransformations: z.array(
    z.strictObject({ MetricName: z.string(), MetricNamespace: z.string(), MetricValue: z.union([z.string(), z.number()]) }),
  ),
});

/** CloudFormation Template Reference, "AWS::Logs::LogGroup", "AWS::Logs::LogStream", "AWS::Logs::MetricFilter". */
export const logsResourceTypes = [
  resourceType({
    type: 'AWS::Logs::LogGroup',
    properties: logGroupProperties,
    replaceOn: ['LogGroupName'],
    async create(properties, context) {
      const logGroupName = properties.LogGroupName ?? context.uniqueName({ maxLength: 512 });
      await context.call('logs', 'CreateLogGroup', {
        logGroupName,
        tags: wantedTags(properties.Tags, context),
        deletionProtectionEnabled: properties.DeletionProtectionEnabled ?? false,
      });
      if (properties.RetentionInDays !== undefined)
        await context.call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays: properties.RetentionInDays });
      return logGroupState(logGroupName, context);
    },
    async update(logGroupName, properties, previous, context) {
      if (properties.RetentionInDays === undefined) {
        if (previous.RetentionInDays !== undefined) await context.call('logs', 'DeleteRetentionPolicy', { logGroupName });
      } else await context.call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays: properties.RetentionInDays });
      if ((properties.DeletionProtectionEnabled ?? false) !== (previous.DeletionProtectionEnabled ?? false))
        await context.call('logs', 'PutLogGroupDeletionProtection', {
          logGroupIdentifier: logGroupName,
          deletionProtectionEnabled: properties.DeletionProtectionEnabled ?? false,
        });
      const resourceArn = logGroupArn(context, logGroupName);
      const tags = wantedTags(properties.Tags, context);
      const gone = (previous.Tags ?? []).map(({ Key }) => Key).filter((key) => !Object.hasOwn(tags, key));
      if (gone.length > 0) await context.call('logs', 'UntagResource', { resourceArn, tagKeys: gone });
      await context.call('logs', 'TagResource', { resourceArn, tags });
      return logGroupState(logGroupName, context);
    },
    async delete(logGroupName, _properties, context) {
      await unlessGone(context.call('logs', 'DeleteLogGroup', { logGroupName }));
    },
  }),

  resourceType({
    type: 'AWS::Logs::LogStream',
    properties: logStreamProperties,
    replaceOn: ['LogGroupName', 'LogStreamName'],
    async create(properties, context) {
      const logStreamName = properties.LogStreamName ?? context.uniqueName({ maxLength: 512 });
      await context.call('logs', 'CreateLogStream', { logGroupName: properties.LogGroupName, logStreamName });
      return { physicalId: logStreamName, attributes: {} };
    },
    async delete(logStreamName, properties, context) {
      await unlessGone(context.call('logs', 'DeleteLogStream', { logGroupName: properties.LogGroupName, logStreamName }));
    },
  }),

  resourceType({
    type: 'AWS::Logs::MetricFilter',
    properties: metricFilterProperties,
    replaceOn: ['FilterName', 'LogGroupName'],
    async create(properties, context) {
      const filterName = properties.FilterName ?? context.uniqueName({ maxLength: 512 });
      await context.call('logs', 'PutMetricFilter', metricFilter(filterName, properties));
      return { physicalId: filterName, attributes: {} };
    },
    async update(filterName, properties, _previous, context) {
      await context.call('logs', 'PutMetricFilter', metricFilter(filterName, properties));
      return { physicalId: filterName, attributes: {} };
    },
    async delete(filterName, properties, context) {
      await unlessGone(context.call('logs', 'DeleteMetricFilter', { logGroupName: properties.LogGroupName, filterName }));
    },
  }),
];

function metricFilter(filterName: string, properties: z.output<typeof metricFilterProperties>) {
  return {
    logGroupName: properties.LogGroupName,
    filterName,
    filterPattern: properties.FilterPattern,
    metricTransformations: properties.MetricTransformations.map(({ MetricName, MetricNamespace, MetricValue }) => ({
      metricName: MetricName,
      metricNamespace: MetricNamespace,
      metricValue: String(MetricValue),
    })),
  };
}

/** `Ref` is the name, `Arn` ends in `:*`. */
function logGroupState(logGroupName: string, context: ResourceContext): ResourceState {
  return { physicalId: logGroupName, attributes: { Arn: `${logGroupArn(context, logGroupName)}:*` } };
}

function wantedTags(tags: z.output<typeof cfnTags> | undefined, context: ResourceContext): Record<string, string> {
  return { ...context.stackTags, ...Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value])) };
}
