import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { policyDocumentOrJson } from '../../kernel/policy-document.ts';
import { type CallContext, type Operation, operation, type Scope } from '../../kernel/service.ts';
import { XmlMap } from '../../kernel/xml.ts';
import { page } from './pages.ts';
import type { Topic } from './topic-store.ts';
import type { Topics } from './topics.ts';

const ofTopic = { TopicArn: z.string() };
const tagList = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }));
/** SNS Developer Guide, "Amazon SNS topic tagging". */
const MAX_TAGS = 50;

/** The operations on topics as such. */
export function topicOperations(topics: Topics): Record<string, Operation<never, unknown>> {
  const allow = (action: string) => (input: { TopicArn: string }, context: CallContext) => [
    topics.authorization(action, input.TopicArn, context),
  ];
  const allowTagging = (action: string) => (input: { ResourceArn: string }, context: CallContext) => [
    topics.authorization(action, input.ResourceArn, context),
  ];

  return {
    CreateTopic: operation({
      input: z.strictObject({ Name: z.string(), Attributes: z.record(z.string(), z.string()).default({}), Tags: tagList.default([]) }),
      authorize: (input, context) => {
        const resource = topicArn(context, input.Name);
        return [{ action: 'sns:CreateTopic', resource }, ...(input.Tags.length > 0 ? [{ action: 'sns:TagResource', resource }] : [])];
      },
      run: (input, context) => {
        if (input.Name.endsWith('.fifo')) throw new NotCarriedOut('FIFO topics of SNS');
        if (!/^[\w-]{1,256}$/.test(input.Name)) throw new AwsError('InvalidParameter', 'Invalid parameter: Topic Name');
        const arn = topicArn(context, input.Name);
        const { topics: store } = topics.in(context);
        const existing = store.topic(arn);
        const attributes = Object.entries(input.Attributes).reduce(
          (current, [name, value]) => changeAttribute(current, name, value, arn, context),
          existing?.attributes ?? { Policy: defaultPolicy(arn, context) },
        );
        const tags = tagsOf(input.Tags);
        if (existing === undefined) store.putTopic({ arn, attributes, tags });
        else checkSame(existing, attributes, input.Tags.length > 0 ? tags : existing.tags);
        return { TopicArn: arn };
      },
    }),

    DeleteTopic: operation({
      input: z.strictObject(ofTopic),
      authorize: allow('DeleteTopic'),
      run: (input, context) => {
        // Deleting what isn't there is no error (SNS API Reference, DeleteTopic: "idempotent").
        topics.in(context).topics.deleteTopic(input.TopicArn);
      },
    }),

    GetTopicAttributes: operation({
      input: z.strictObject(ofTopic),
      authorize: allow('GetTopicAttributes'),
      run: (input, context) => {
        const { topic, topics: store } = topics.locate(input.TopicArn, context);
        const subscriptions = store.subscriptionsOf(topic.arn);
        const confirmed = subscriptions.filter((subscription) => subscription.confirmed).length;
        return {
          Attributes: new XmlMap({
            DisplayName: '',
            ...topic.attributes,
            TopicArn: topic.arn,
            Owner: topic.arn.split(':')[4] ?? '',
            SubscriptionsConfirmed: String(confirmed),
            SubscriptionsPending: String(subscriptions.length - confirmed),
            SubscriptionsDeleted: '0',
            EffectiveDeliveryPolicy: EFFECTIVE_DELIVERY_POLICY,
          }),
        };
      },
    }),

    SetTopicAttributes: operation({
      input: z.strictObject({ ...ofTopic, AttributeName: z.string(), AttributeValue: z.string().default('') }),
      authorize: allow('SetTopicAttributes'),
      run: (input, context) => {
        const { topic, topics: store } = topics.locate(input.TopicArn, context);
        store.putTopic({
          arn: topic.arn,
          tags: topic.tags,
          attributes: changeAttribute(topic.attributes, input.AttributeName, input.AttributeValue, topic.arn, context),
        });
      },
    }),

    ListTopics: operation({
      input: z.strictObject({ NextToken: z.string().optional() }),
      authorize: () => [{ action: 'sns:ListTopics', resource: '*' }],
      run: (input, context) => {
        const { items, NextToken } = page(topics.in(context).topics.topics(), input.NextToken);
        return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), NextToken };
      },
    }),

    AddPermission: operation({
      input: z.strictObject({ ...ofTopic, Label: z.string(), AWSAccountId: z.array(z.string()), ActionName: z.array(z.string()) }),
      authorize: allow('AddPermission'),
      run: (input, context) => {
        const { topic, topics: store } = topics.locate(input.TopicArn, context);
        const { Statement, ...rest } = readPolicy(topic);
        if (Statement.some(({ Sid }) => Sid === input.Label))
          throw new AwsError('InvalidParameter', 'Invalid parameter: Statement already exists');
        const added = {
          Sid: input.Label,
          Effect: 'Allow',
          Principal: { AWS: input.AWSAccountId.map((account) => `arn:aws:iam::${account}:root`) },
          Action: input.ActionName.map((name) => `SNS:${name}`),
          Resource: topic.arn,
        };
        const Policy = JSON.stringify({ ...rest, Statement: [...Statement, added] });
        store.putTopic({ arn: topic.arn, tags: topic.tags, attributes: { ...topic.attributes, Policy: checkPolicy(Policy) } });
      },
    }),

    RemovePermission: operation({
      input: z.strictObject({ ...ofTopic, Label: z.string() }),
      authorize: allow('RemovePermission'),
      run: (input, context) => {
        const { topic, topics: store } = topics.locate(input.TopicArn, context);
        const { Statement, ...rest } = readPolicy(topic);
        const Policy = JSON.stringify({ ...rest, Statement: Statement.filter(({ Sid }) => Sid !== input.Label) });
        store.putTopic({ arn: topic.arn, tags: topic.tags, attributes: { ...topic.attributes, Policy } });
      },
    }),

    TagResource: operation({
      input: z.strictObject({ ResourceArn: z.string(), Tags: tagList }),
      authorize: allowTagging('TagResource'),
      run: (input, context) => {
        const { topic, topics: store } = topics.locate(input.ResourceArn, context);
        const tags = { ...topic.tags, ...tagsOf(input.Tags) };
        if (Object.keys(tags).length > MAX_TAGS)
          throw new AwsError('TagLimitExceeded', `Could not complete request: tag quota of per resource exceeded`);
        store.putTopic({ arn: topic.arn, attributes: topic.attributes, tags });
      },
    }),

    UntagResource: operation({
      input: z.strictObject({ ResourceArn: z.string(), TagKeys: z.array(z.string()) }),
      authorize: allowTagging('UntagResource'),
      run: (input, context) => {
        const { topic, topics: store } = topics.locate(input.ResourceArn, context);
        const tags = Object.fromEntries(Object.entries(topic.tags).filter(([key]) => !input.TagKeys.includes(key)));
        store.putTopic({ arn: topic.arn, attributes: topic.attributes, tags });
      },
    }),

    ListTagsForResource: operation({
      input: z.strictObject({ ResourceArn: z.string() }),
      authorize: allowTagging('ListTagsForResource'),
      run: (input, context) => {
        const { topic } = topics.locate(input.ResourceArn, context);
        return { Tags: Object.entries(topic.tags).map(([Key, Value]) => ({ Key, Value })) };
      },
    }),
  };
}

export function topicArn({ account, region }: Scope, name: string): string {
  return `arn:aws:sns:${region}:${account}:${name}`;
}

/** The policy that AWS gives a new topic: its owner alone, by services that act for the owner (SNS Developer Guide, "Example cases for Amazon SNS access control"). */
function defaultPolicy(arn: string, { account }: Scope): string {
  const actions = [
    'GetTopicAttributes',
    'SetTopicAttributes',
    'AddPermission',
    'RemovePermission',
    'DeleteTopic',
    'Subscribe',
    'ListSubscriptionsByTopic',
    'Publish',
  ];
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: actions.map((action) => `SNS:${action}`),
        Resource: arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': account } },
      },
    ],
  });
}

/** What AWS shows for every topic; it holds for HTTP endpoints only, which aren't carried out. */
const EFFECTIVE_DELIVERY_POLICY = JSON.stringify({
  http: {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: 'linear',
    },
    disableSubscriptionOverrides: false,
    defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
  },
});

function changeAttribute(
  current: Readonly<Record<string, string>>,
  name: string,
  value: string,
  arn: string,
  scope: Scope,
): Readonly<Record<string, string>> {
  switch (name) {
    case 'DisplayName':
      if (value.length > 100) throw invalidAttribute(name);
      return { ...current, DisplayName: value };
    case 'Policy':
      return { ...current, Policy: value === '' ? defaultPolicy(arn, scope) : checkPolicy(value) };
    case 'KmsMasterKeyId': {
      const { KmsMasterKeyId: _gone, ...rest } = current;
      return value === '' ? rest : { ...rest, KmsMasterKeyId: value };
    }
    case 'SignatureVersion':
      if (value !== '1' && value !== '2') throw invalidAttribute(name);
      return { ...current, SignatureVersion: value };
    case 'TracingConfig':
      if (value === 'Active') throw new NotCarriedOut('the topic attribute TracingConfig "Active" of SNS');
      if (value !== 'PassThrough') throw invalidAttribute(name);
      return { ...current, TracingConfig: value };
    default:
      throw new NotCarriedOut(`the topic attribute ${name} of SNS`);
  }
}

function checkPolicy(text: string): string {
  if (!policyDocumentOrJson.safeParse(text).success)
    throw new AwsError('InvalidParameter', 'Invalid parameter: Policy Error: not a valid policy');
  return text;
}

function readPolicy(topic: Topic): { Statement: { Sid?: string }[] } {
  const policy = JSON.parse(topic.attributes['Policy'] ?? '{}') as { Statement?: { Sid?: string } | { Sid?: string }[] };
  const { Statement = [] } = policy;
  return { ...policy, Statement: Array.isArray(Statement) ? Statement : [Statement] };
}

function invalidAttribute(name: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: Attributes Reason: ${name}`);
}

/** The same name with the same values is the same topic (SNS API Reference, CreateTopic). */
function checkSame(topic: Topic, attributes: Readonly<Record<string, string>>, tags: Readonly<Record<string, string>>): void {
  const same = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>) =>
    Object.keys({ ...a, ...b }).every((key) => a[key] === b[key]);
  if (!same(topic.attributes, attributes)) {
    throw new AwsError('InvalidParameter', 'Invalid parameter: Attributes Reason: Topic already exists with different attributes');
  }
  if (!same(topic.tags, tags))
    throw new AwsError('InvalidParameter', 'Invalid parameter: Tags Reason: Topic already exists with different tags');
}

function tagsOf(list: z.output<typeof tagList>): Record<string, string> {
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
}
