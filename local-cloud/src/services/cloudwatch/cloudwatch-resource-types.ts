import { z } from 'zod';
import { cfnBoolean, cfnNumber, cfnTags, type ResourceContext, resourceType, unlessCode } from '../../kernel/resource-type.ts';
import { alarmArn } from './alarm-record.ts';

const dimensions = z.array(z.strictObject({ Name: z.string(), Value: z.string() }));
const actions = z.array(z.string()).max(5).optional();

const alarmProperties = z.strictObject({
  AlarmName: z.string().max(255).optional(),
  AlarmDescription: z.string().optional(),
  ActionsEnabled: cfnBoolean.optional(),
  AlarmActions: actions,
  OKActions: actions,
  InsufficientDataActions: actions,
  ComparisonOperator: z.string(),
  DatapointsToAlarm: cfnNumber.optional(),
  Dimensions: dimensions.optional(),
  EvaluationPeriods: cfnNumber,
  MetricName: z.string().optional(),
  Metrics: z
    .array(
      z.strictObject({
        Id: z.string(),
        Expression: z.string().optional(),
        Label: z.string().optional(),
        MetricStat: z
          .strictObject({
            Metric: z.strictObject({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensions.optional() }),
            Period: cfnNumber,
            Stat: z.string(),
            Unit: z.string().optional(),
          })
          .optional(),
        Period: cfnNumber.optional(),
        ReturnData: cfnBoolean.optional(),
      }),
    )
    .optional(),
  Namespace: z.string().optional(),
  Period: cfnNumber.optional(),
  Statistic: z.string().optional(),
  Threshold: cfnNumber,
  TreatMissingData: z.string().optional(),
  Unit: z.string().optional(),
  Tags: cfnTags.optional(),
});
type AlarmProperties = z.output<typeof alarmProperties>;

/** CloudFormation Template Reference, "AWS::CloudWatch::Alarm". */
export const cloudwatchResourceTypes = [
  resourceType({
    type: 'AWS::CloudWatch::Alarm',
    properties: alarmProperties,
    replaceOn: ['AlarmName'],
    create: async (properties, context) => {
      const name = properties.AlarmName ?? context.uniqueName({ maxLength: 255 });
      await putAlarm(name, properties, context);
      return alarm(name, context);
    },
    update: async (name, properties, previous, context) => {
      await putAlarm(name, properties, context);
      const ResourceARN = alarmArn(context, name);
      const tags = wantedTags(properties.Tags, context);
      const gone = (previous.Tags ?? []).map(({ Key }) => Key).filter((key) => !tags.some(({ Key }) => Key === key));
      if (gone.length > 0) await context.call('monitoring', 'UntagResource', { ResourceARN, TagKeys: gone });
      if (tags.length > 0) await context.call('monitoring', 'TagResource', { ResourceARN, Tags: tags });
      return alarm(name, context);
    },
    delete: async (name, _properties, context) => {
      await unlessCode('ResourceNotFound')(context.call('monitoring', 'DeleteAlarms', { AlarmNames: [name] }));
    },
  }),
];

async function putAlarm(AlarmName: string, properties: AlarmProperties, context: ResourceContext): Promise<void> {
  const Tags = wantedTags(properties.Tags, context);
  await context.call('monitoring', 'PutMetricAlarm', { ...properties, AlarmName, Tags });
}

/** The resource's own tags and those of the stack; the resource's win. */
function wantedTags(own: AlarmProperties['Tags'], { stackTags }: ResourceContext): { Key: string; Value: string }[] {
  const tags = { ...stackTags, ...Object.fromEntries((own ?? []).map(({ Key, Value }) => [Key, Value])) };
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function alarm(name: string, context: ResourceContext) {
  return { physicalId: name, attributes: { Arn: alarmArn(context, name) } };
}
