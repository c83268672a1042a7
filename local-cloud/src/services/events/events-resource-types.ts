import { z } from 'zod';
import { cfnNumber, cfnTags, type ResourceContext, type ResourceType, resourceType, unlessCode } from '../../kernel/resource-type.ts';
import { targetSchema } from './targets.ts';

const unlessGone = unlessCode('ResourceNotFoundException');

const ruleProperties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  EventBusName: z.string().optional(),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  RoleArn: z.string().optional(),
  State: z.string().optional(),
  Targets: z
    .array(
      targetSchema.extend({
        RetryPolicy: z
          .strictObject({ MaximumRetryAttempts: cfnNumber.optional(), MaximumEventAgeInSeconds: cfnNumber.optional() })
          .optional(),
      }),
    )
    .optional(),
  Tags: cfnTags.optional(),
});
type RuleProperties = z.output<typeof ruleProperties>;

/** AWS::Events::Rule (CloudFormation Template Reference): Ref is the rule's name on the default bus. */
const ruleType = resourceType({
  type: 'AWS::Events::Rule',
  properties: ruleProperties,
  replaceOn: ['Name', 'EventBusName'],
  create: async (properties, context) => {
    const name = properties.Name ?? context.uniqueName({ maxLength: 64 });
    return put(name, properties, [], context);
  },
  update: async (name, properties, previous, context) => {
    const kept = (properties.Targets ?? []).map(({ Id }) => Id);
    const dropped = (previous.Targets ?? []).map(({ Id }) => Id).filter((id) => !kept.includes(id));
    const state = await put(name, properties, dropped, context);
    const tags = tagsOf(properties, context);
    const stale = Object.keys(tagsOf(previous, context)).filter((key) => !Object.hasOwn(tags, key));
    const ResourceARN = String(state.attributes.Arn);
    if (stale.length > 0) await context.call('events', 'UntagResource', { ResourceARN, TagKeys: stale });
    if (Object.keys(tags).length > 0) await context.call('events', 'TagResource', { ResourceARN, Tags: tagList(tags) });
    return state;
  },
  delete: async (Rule, properties, context) => {
    const Ids = (properties.Targets ?? []).map(({ Id }) => Id);
    if (Ids.length > 0) await unlessGone(context.call('events', 'RemoveTargets', { Rule, Ids }));
    await unlessGone(context.call('events', 'DeleteRule', { Name: Rule }));
  },
});

async function put(Name: string, properties: RuleProperties, dropped: readonly string[], context: ResourceContext) {
  const { Targets = [], EventPattern, Tags: _tags, Name: _name, ...settings } = properties;
  const tags = tagsOf(properties, context);
  const { RuleArn } = await context.call<{ RuleArn: string }>('events', 'PutRule', {
    ...settings,
    Name,
    ...(EventPattern === undefined ? {} : { EventPattern: JSON.stringify(EventPattern) }),
    ...(Object.keys(tags).length === 0 ? {} : { Tags: tagList(tags) }),
  });
  if (dropped.length > 0) await context.call('events', 'RemoveTargets', { Rule: Name, Ids: dropped });
  if (Targets.length > 0) await context.call('events', 'PutTargets', { Rule: Name, Targets });
  return { physicalId: Name, attributes: { Arn: RuleArn } };
}

function tagsOf({ Tags = [] }: RuleProperties, { stackTags }: ResourceContext): Record<string, string> {
  return { ...stackTags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) };
}

function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export const eventsResourceTypes: readonly ResourceType[] = [ruleType];
