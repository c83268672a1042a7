import { z } from 'zod';
import { policyDocument } from '../../kernel/policy-document.ts';
import { policyResourceType } from '../../kernel/policy-resource-type.ts';
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
import { DEFAULT_ATTRIBUTES } from './queue-attributes.ts';

/** Carries on when what should go is gone already. */
const unlessGone = unlessCode('QueueDoesNotExist');

const queueProperties = z.strictObject({
  QueueName: z.string().optional(),
  DelaySeconds: cfnNumber.optional(),
  MaximumMessageSize: cfnNumber.optional(),
  MessageRetentionPeriod: cfnNumber.optional(),
  ReceiveMessageWaitTimeSeconds: cfnNumber.optional(),
  VisibilityTimeout: cfnNumber.optional(),
  RedrivePolicy: z.strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: cfnNumber }).optional(),
  RedriveAllowPolicy: z.strictObject({ redrivePermission: z.string(), sourceQueueArns: z.array(z.string()).optional() }).optional(),
  SqsManagedSseEnabled: cfnBoolean.optional(),
  KmsMasterKeyId: z.string().optional(),
  KmsDataKeyReusePeriodSeconds: cfnNumber.optional(),
  Tags: cfnTags.optional(),
});
type QueueProperties = z.output<typeof queueProperties>;

/** AWS::SQS::Queue (CloudFormation Template Reference): Ref is the queue's URL. */
const queueType = resourceType({
  type: 'AWS::SQS::Queue',
  properties: queueProperties,
  inert: {
    KmsMasterKeyId: 'nothing is encrypted at rest on a laptop',
    KmsDataKeyReusePeriodSeconds: 'nothing is encrypted at rest on a laptop',
    SqsManagedSseEnabled: 'nothing is encrypted at rest on a laptop',
  },
  replaceOn: ['QueueName'],
  create: async (properties, context) => {
    const QueueName = properties.QueueName ?? context.uniqueName({ maxLength: 80 });
    const { QueueUrl } = await context.call<{ QueueUrl: string }>('sqs', 'CreateQueue', {
      QueueName,
      Attributes: attributesOf(properties),
      tags: tagsOf(properties, context),
    });
    return queueState(QueueUrl, context);
  },
  update: async (physicalId, properties, previous, context) => {
    // What is no longer in the template goes back to the default.
    const gone = Object.keys(attributesOf(previous)).map((name) => [name, DEFAULT_ATTRIBUTES[name] ?? '']);
    await context.call('sqs', 'SetQueueAttributes', {
      QueueUrl: physicalId,
      Attributes: { ...Object.fromEntries(gone), ...attributesOf(properties) },
    });
    const tags = tagsOf(properties, context);
    const stale = Object.keys(tagsOf(previous, context)).filter((key) => !Object.hasOwn(tags, key));
    if (stale.length > 0) await context.call('sqs', 'UntagQueue', { QueueUrl: physicalId, TagKeys: stale });
    if (Object.keys(tags).length > 0) await context.call('sqs', 'TagQueue', { QueueUrl: physicalId, Tags: tags });
    return queueState(physicalId, context);
  },
  delete: async (physicalId, _properties, context) => {
    await unlessGone(context.call('sqs', 'DeleteQueue', { QueueUrl: physicalId }));
  },
});

function queueState(url: string, { account, region }: ResourceContext): ResourceState {
  const name = url.slice(url.lastIndexOf('/') + 1);
  return { physicalId: url, attributes: { Arn: `arn:aws:sqs:${region}:${account}:${name}`, QueueName: name, QueueUrl: url } };
}

function attributesOf({ QueueName: _name, Tags: _tags, ...properties }: QueueProperties): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]],
    ),
  );
}

function tagsOf({ Tags = [] }: QueueProperties, { stackTags }: ResourceContext): Record<string, string> {
  return { ...stackTags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) };
}

const queuePolicyProperties = z.strictObject({ PolicyDocument: policyDocument, Queues: z.array(z.string()).min(1) });

/** AWS::SQS::QueuePolicy (CloudFormation Template Reference): the queues' only policy; Ref is an id of its own. */
const queuePolicyType = policyResourceType({
  type: 'AWS::SQS::QueuePolicy',
  properties: queuePolicyProperties,
  holders: ({ Queues }) => Queues,
  setPolicy: (QueueUrl, Policy, context) => context.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } }),
  unlessGone,
});

export const sqsResourceTypes: readonly ResourceType[] = [queueType, queuePolicyType];
