import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { XmlMap } from '../../kernel/xml.ts';
import { page } from './pages.ts';
import type { Subscription, SubscriptionProtocol, SubscriptionRecord } from './topic-store.ts';
import type { Topics } from './topics.ts';

const ofSubscription = { SubscriptionArn: z.string() };
/** Text on the wire, a boolean when called from within. */
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

/** The operations on subscriptions. Those of one subscription have no resource in IAM (Service Authorization Reference, "Amazon SNS"). */
export function subscriptionOperations(topics: Topics): Record<string, Operation<never, unknown>> {
  const anyResource = (action: string) => () => [{ action: `sns:${action}`, resource: '*' }];

  return {
    Subscribe: operation({
      input: z.strictObject({
        TopicArn: z.string(),
        Protocol: z.string(),
        Endpoint: z.string().default(''),
        Attributes: z.record(z.string(), z.string()).default({}),
        ReturnSubscriptionArn: flag.default(false),
      }),
      authorize: (input, context) => [
        topics.authorization('Subscribe', input.TopicArn, context, { 'sns:Protocol': input.Protocol, 'sns:Endpoint': input.Endpoint }),
      ],
      run: (input, context) => {
        const { topic, topics: store } = topics.locate(input.TopicArn, context);
        const protocol = checkEndpoint(input.Protocol, input.Endpoint);
        const attributes = Object.entries(input.Attributes).reduce(
          (current, [name, value]) => changeAttribute(current, name, value, protocol),
          {} as Readonly<Record<string, string>>,
        );
        const existing = store
          .subscriptionsOf(topic.arn)
          .find((subscription) => subscription.protocol === protocol && subscription.endpoint === input.Endpoint);
        if (existing !== undefined) checkSame(existing, attributes);
        const subscription =
          existing ??
          store.putSubscription({
            arn: `${topic.arn}:${randomUUID()}`,
            topicArn: topic.arn,
            owner: context.account,
            protocol,
            endpoint: input.Endpoint,
            confirmed: protocol === 'sqs' || protocol === 'lambda',
            attributes,
          });
        return { SubscriptionArn: subscription.confirmed || input.ReturnSubscriptionArn ? subscription.arn : 'pending confirmation' };
      },
    }),

    Unsubscribe: operation({
      input: z.strictObject(ofSubscription),
      authorize: anyResource('Unsubscribe'),
      run: (input, context) => {
        topics.storesOfSubscription(input.SubscriptionArn, context)?.topics.deleteSubscription(input.SubscriptionArn);
      },
    }),

    GetSubscriptionAttributes: operation({
      input: z.strictObject(ofSubscription),
      authorize: anyResource('GetSubscriptionAttributes'),
      run: (input, context) => {
        const { subscription } = topics.locateSubscription(input.SubscriptionArn, context);
        return {
          Attributes: new XmlMap({
            RawMessageDelivery: 'false',
            ...subscription.attributes,
            ...(subscription.filter === undefined ? {} : { FilterPolicyScope: subscription.filterScope }),
            SubscriptionArn: subscription.arn,
            TopicArn: subscription.topicArn,
            Owner: subscription.owner,
            Protocol: subscription.protocol,
            Endpoint: subscription.endpoint,
            PendingConfirmation: String(!subscription.confirmed),
            ConfirmationWasAuthenticated: String(subscription.confirmed),
          }),
        };
      },
    }),

    SetSubscriptionAttributes: operation({
      input: z.strictObject({ ...ofSubscription, AttributeName: z.string(), AttributeValue: z.string().default('') }),
      authorize: anyResource('SetSubscriptionAttributes'),
      run: (input, context) => {
        const { subscription, topics: store } = topics.locateSubscription(input.SubscriptionArn, context);
        const attributes = changeAttribute(subscription.attributes, input.AttributeName, input.AttributeValue, subscription.protocol);
        store.putSubscription({ ...recordOf(subscription), attributes });
      },
    }),

    ListSubscriptions: operation({
      input: z.strictObject({ NextToken: z.string().optional() }),
      authorize: anyResource('ListSubscriptions'),
      run: (input, context) => listed(topics.in(context).topics.subscriptions(), input.NextToken),
    }),

    ListSubscriptionsByTopic: operation({
      input: z.strictObject({ TopicArn: z.string(), NextToken: z.string().optional() }),
      authorize: (input, context: CallContext) => [topics.authorization('ListSubscriptionsByTopic', input.TopicArn, context)],
      run: (input, context) => {
        const { topic, topics: store } = topics.locate(input.TopicArn, context);
        return listed(store.subscriptionsOf(topic.arn), input.NextToken);
      },
    }),
  };
}

function checkEndpoint(protocol: string, endpoint: string): SubscriptionProtocol {
  const needs = (pattern: RegExp, what: string) => {
    if (!pattern.test(endpoint)) throw new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
  };
  switch (protocol) {
    case 'sqs':
      needs(/^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}$/, 'SQS endpoint ARN');
      return protocol;
    case 'lambda':
      needs(/^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/, 'Lambda endpoint ARN');
      return protocol;
    case 'email':
    case 'email-json':
      needs(/^[^@\s]+@[^@\s]+$/, 'Email address');
      return protocol;
    case 'http':
    case 'https':
    case 'sms':
    case 'application':
    case 'firehose':
      throw new NotCarriedOut(`SNS subscriptions of the protocol "${protocol}"`);
    default:
      throw new AwsError('InvalidParameter', `Invalid parameter: Amazon SNS does not support this protocol string: ${protocol}`);
  }
}

/** Throws InvalidParameter for a value, NotCarriedOut for an attribute that isn't carried out. */
function changeAttribute(
  current: Readonly<Record<string, string>>,
  name: string,
  value: string,
  protocol: SubscriptionProtocol,
): Readonly<Record<string, string>> {
  const invalid = (reason: string) => new AwsError('InvalidParameter', `Invalid parameter: ${name}: ${reason}`);
  switch (name) {
    case 'RawMessageDelivery':
      if (value !== 'true' && value !== 'false') throw invalid('Invalid value, must be true or false');
      if (value === 'true' && protocol !== 'sqs') throw invalid(`Delivery protocol [${protocol}] does not support raw message delivery.`);
      return { ...current, RawMessageDelivery: value };
    case 'FilterPolicyScope':
      if (value !== 'MessageAttributes' && value !== 'MessageBody') throw invalid('must be MessageAttributes or MessageBody');
      return { ...current, FilterPolicyScope: value };
    case 'FilterPolicy':
    case 'RedrivePolicy': {
      const { [name]: _gone, ...rest } = current;
      // An empty policy takes the filter away (SNS Developer Guide, "Removing a subscription filter policy").
      return value === '' || (name === 'FilterPolicy' && value.trim() === '{}') ? rest : { ...rest, [name]: value };
    }
    default:
      throw new NotCarriedOut(`the subscription attribute ${name} of SNS`);
  }
}

/** The same endpoint with the same attributes is the same subscription (SNS API Reference, Subscribe). */
function checkSame(existing: Subscription, attributes: Readonly<Record<string, string>>): void {
  if (Object.entries(attributes).some(([name, value]) => existing.attributes[name] !== value)) {
    throw new AwsError('InvalidParameter', 'Invalid parameter: Attributes Reason: Subscription already exists with different attributes');
  }
}

function recordOf({ raw: _raw, filter: _filter, filterScope: _scope, deadLetterArn: _arn, ...record }: Subscription): SubscriptionRecord {
  return record;
}

function listed(subscriptions: readonly Subscription[], token: string | undefined) {
  const { items, NextToken } = page(subscriptions, token);
  return {
    Subscriptions: items.map(({ arn, owner, protocol, endpoint, topicArn, confirmed }) => ({
      SubscriptionArn: confirmed ? arn : 'PendingConfirmation',
      Owner: owner,
      Protocol: protocol,
      Endpoint: endpoint,
      TopicArn: topicArn,
    })),
    NextToken,
  };
}
