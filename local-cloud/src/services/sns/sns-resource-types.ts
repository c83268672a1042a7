import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { policyDocument } from '../../kernel/policy-document.ts';
import { policyResourceType } from '../../kernel/policy-resource-type.ts';
import {
  cfnBoolean,
  cfnTags,
  type ResourceContext,
  type ResourceState,
  type ResourceType,
  resourceType,
  unlessCode,
} from '../../kernel/resource-type.ts';

/** Carries on when what should go is gone already. */
const unlessGone = unlessCode('NotFound');

const topicProperties = z.strictObject({
  TopicName: z.string().optional(),
  DisplayName: z.string().optional(),
  KmsMasterKeyId: z.string().optional(),
  SignatureVersion: z.string().optional(),
  TracingConfig: z.string().optional(),
  Subscription: z.array(z.strictObject({ Endpoint: z.string(), Protocol: z.string() })).optional(),
  Tags: cfnTags.optional(),
});
type TopicProperties = z.output<typeof topicProperties>;

const TOPIC_ATTRIBUTES = ['DisplayName', 'KmsMasterKeyId', 'SignatureVersion', 'TracingConfig'] as const;
const DEFAULTS: Readonly<Record<(typeof TOPIC_ATTRIBUTES)[number], string>> = {
  DisplayName: '',
  KmsMasterKeyId: '',
  SignatureVersion: '1',
  TracingConfig: 'PassThrough',
};

/** AWS::SNS::Topic (CloudFormation Template Reference): Ref is the topic's ARN. */
const topicType = resourceType({
  type: 'AWS::SNS::Topic',
  properties: topicProperties,
  inert: {
    KmsMasterKeyId: 'nothing is encrypted at rest on a laptop',
    SignatureVersion: 'messages are not signed: only AWS has the key',
  },
  replaceOn: ['TopicName'],
  create: async (properties, context) => {
    const { TopicArn } = await context.call<{ TopicArn: string }>('sns', 'CreateTopic', {
      Name: properties.TopicName ?? context.uniqueName({ maxLength: 256 }),
      Attributes: topicAttributes(properties),
      Tags: tagList(tagsOf(properties, context)),
    });
    for (const subscription of properties.Subscription ?? []) await context.call('sns', 'Subscribe', { TopicArn, ...subscription });
    return topicState(TopicArn);
  },
  update: async (TopicArn, properties, previous, context) => {
    for (const AttributeName of TOPIC_ATTRIBUTES) {
      if (properties[AttributeName] === previous[AttributeName]) continue;
      await context.call('sns', 'SetTopicAttributes', {
        TopicArn,
        AttributeName,
        AttributeValue: properties[AttributeName] ?? DEFAULTS[AttributeName],
      });
    }
    await updateSubscriptions(TopicArn, properties, previous, context);
    const tags = tagsOf(properties, context);
    const stale = Object.keys(tagsOf(previous, context)).filter((key) => !Object.hasOwn(tags, key));
    if (stale.length > 0) await context.call('sns', 'UntagResource', { ResourceArn: TopicArn, TagKeys: stale });
    if (Object.keys(tags).length > 0) await context.call('sns', 'TagResource', { ResourceArn: TopicArn, Tags: tagList(tags) });
    return topicState(TopicArn);
  },
  delete: async (TopicArn, _properties, context) => {
    await context.call('sns', 'DeleteTopic', { TopicArn });
  },
});

async function updateSubscriptions(
  TopicArn: string,
  properties: TopicProperties,
  previous: TopicProperties,
  context: ResourceContext,
): Promise<void> {
  const wanted = properties.Subscription ?? [];
  const same = (a: { Endpoint: string; Protocol: string }, b: { Endpoint: string; Protocol: string }) =>
    a.Endpoint === b.Endpoint && a.Protocol === b.Protocol;
  const dropped = (previous.Subscription ?? []).filter((one) => !wanted.some((other) => same(one, other)));
  for (const subscription of wanted) await context.call('sns', 'Subscribe', { TopicArn, ...subscription });
  for (const subscription of dropped) {
    // Subscribing again tells the ARN of the one that is there.
    const { SubscriptionArn } = await context.call<{ SubscriptionArn: string }>('sns', 'Subscribe', {
      TopicArn,
      ...subscription,
      ReturnSubscriptionArn: true,
    });
    await context.call('sns', 'Unsubscribe', { SubscriptionArn });
  }
}

function topicState(arn: string): ResourceState {
  return { physicalId: arn, attributes: { TopicArn: arn, TopicName: arn.slice(arn.lastIndexOf(':') + 1) } };
}

function topicAttributes(properties: TopicProperties): Record<string, string> {
  return Object.fromEntries(
    TOPIC_ATTRIBUTES.flatMap((name): [string, string][] => {
      const value = properties[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function tagsOf({ Tags = [] }: TopicProperties, { stackTags }: ResourceContext): Record<string, string> {
  return { ...stackTags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) };
}

function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

const topicPolicyProperties = z.strictObject({ PolicyDocument: policyDocument, Topics: z.array(z.string()).min(1) });

/** AWS::SNS::TopicPolicy (CloudFormation Template Reference): the topics' only policy, the default one again when deleted; Ref is an id of its own. */
const topicPolicyType = policyResourceType({
  type: 'AWS::SNS::TopicPolicy',
  properties: topicPolicyProperties,
  holders: ({ Topics }) => Topics,
  setPolicy: (TopicArn, AttributeValue, context) =>
    context.call('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue }),
  unlessGone,
});

const subscriptionProperties = z.strictObject({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string(),
  Region: z.string().optional(),
  RawMessageDelivery: cfnBoolean.optional(),
  FilterPolicy: z.record(z.string(), z.unknown()).optional(),
  FilterPolicyScope: z.string().optional(),
  RedrivePolicy: z.record(z.string(), z.unknown()).optional(),
});
type SubscriptionProperties = z.output<typeof subscriptionProperties>;

/** AWS::SNS::Subscription (CloudFormation Template Reference): Ref is the subscription's ARN. */
const subscriptionType = resourceType({
  type: 'AWS::SNS::Subscription',
  properties: subscriptionProperties,
  replaceOn: ['TopicArn', 'Protocol', 'Endpoint', 'Region'],
  create: async (properties, context) => {
    if (properties.Region !== undefined && properties.Region !== context.region) {
      throw new AwsError('NotCarriedOut', 'The local cloud does not carry out SNS subscriptions to a topic of another region.', 501);
    }
    const { SubscriptionArn } = await context.call<{ SubscriptionArn: string }>('sns', 'Subscribe', {
      TopicArn: properties.TopicArn,
      Protocol: properties.Protocol,
      Endpoint: properties.Endpoint,
      Attributes: Object.fromEntries(Object.entries(subscriptionAttributes(properties)).filter(([, value]) => value !== '')),
      ReturnSubscriptionArn: true,
    });
    return { physicalId: SubscriptionArn, attributes: { Arn: SubscriptionArn } };
  },
  update: async (SubscriptionArn, properties, previous, context) => {
    const wanted = subscriptionAttributes(properties);
    const before = subscriptionAttributes(previous);
    for (const [AttributeName, AttributeValue] of Object.entries(wanted)) {
      if (AttributeValue !== before[AttributeName])
        await context.call('sns', 'SetSubscriptionAttributes', { SubscriptionArn, AttributeName, AttributeValue });
    }
    return { physicalId: SubscriptionArn, attributes: { Arn: SubscriptionArn } };
  },
  delete: async (SubscriptionArn, _properties, context) => {
    await context.call('sns', 'Unsubscribe', { SubscriptionArn });
  },
});

/** The scope stands before the policy: it says how the policy is to be read. */
function subscriptionAttributes(properties: SubscriptionProperties): Record<string, string> {
  const json = (value: unknown) => (value === undefined ? '' : JSON.stringify(value));
  return {
    RawMessageDelivery: String(properties.RawMessageDelivery ?? false),
    FilterPolicyScope: properties.FilterPolicyScope ?? 'MessageAttributes',
    FilterPolicy: json(properties.FilterPolicy),
    RedrivePolicy: json(properties.RedrivePolicy),
  };
}

export const snsResourceTypes: readonly ResourceType[] = [topicType, topicPolicyType, subscriptionType];
