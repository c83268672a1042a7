import type { DatabaseSync } from 'node:sqlite';
import { AwsError } from '../../kernel/aws-error.ts';
import type { PolicyDocument } from '../../kernel/policy-document.ts';
import { policyDocumentOrJson } from '../../kernel/policy-document.ts';
import { Collection } from '../../kernel/state.ts';
import { type FilterPolicy, type FilterPolicyScope, parseFilterPolicy } from './filter-policy.ts';

export interface TopicRecord {
  readonly arn: string;
  /** What was set or defaulted; text, as the API has it. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Topic extends TopicRecord {
  readonly policy: PolicyDocument;
}

export type SubscriptionProtocol = 'sqs' | 'lambda' | 'email' | 'email-json';

export interface SubscriptionRecord {
  readonly arn: string;
  readonly topicArn: string;
  readonly owner: string;
  readonly protocol: SubscriptionProtocol;
  readonly endpoint: string;
  /** Nothing is sent to what isn't confirmed, and e-mail never is here. */
  readonly confirmed: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Subscription extends SubscriptionRecord {
  readonly raw: boolean;
  readonly filter: FilterPolicy | undefined;
  readonly filterScope: FilterPolicyScope;
  readonly deadLetterArn: string | undefined;
}

/** The topics and subscriptions of one account and region; read from disk once, written through. */
export class TopicStore {
  readonly #topicRecords: Collection<TopicRecord>;
  readonly #subscriptionRecords: Collection<SubscriptionRecord>;
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(database: DatabaseSync) {
    this.#topicRecords = new Collection(database, 'topics');
    this.#subscriptionRecords = new Collection(database, 'subscriptions');
    for (const record of this.#topicRecords.list()) this.#topics.set(record.arn, readTopic(record));
    for (const record of this.#subscriptionRecords.list()) this.#subscriptions.set(record.arn, readSubscription(record));
  }

  topic(arn: string): Topic | undefined {
    return this.#topics.get(arn);
  }

  /** Every topic, by ARN. */
  topics(): Topic[] {
    return byArn(this.#topics);
  }

  putTopic(record: TopicRecord): Topic {
    const topic = readTopic(record);
    this.#topicRecords.put(record.arn, record);
    this.#topics.set(record.arn, topic);
    return topic;
  }

  /** Its subscriptions go with it (SNS API Reference, DeleteTopic). */
  deleteTopic(arn: string): void {
    for (const subscription of this.subscriptionsOf(arn)) this.deleteSubscription(subscription.arn);
    this.#topicRecords.delete(arn);
    this.#topics.delete(arn);
  }

  subscription(arn: string): Subscription | undefined {
    return this.#subscriptions.get(arn);
  }

  subscriptions(): Subscription[] {
    return byArn(this.#subscriptions);
  }

  subscriptionsOf(topicArn: string): Subscription[] {
    return this.subscriptions().filter((subscription) => subscription.topicArn === topicArn);
  }

  /** Throws InvalidParameter for a filter or redrive policy that can't be read. */
  putSubscription(record: SubscriptionRecord): Subscription {
    const subscription = readSubscription(record);
    this.#subscriptionRecords.put(record.arn, record);
    this.#subscriptions.set(record.arn, subscription);
    return subscription;
  }

  deleteSubscription(arn: string): void {
    this.#subscriptionRecords.delete(arn);
    this.#subscriptions.delete(arn);
  }
}

function byArn<T extends { readonly arn: string }>(map: ReadonlyMap<string, T>): T[] {
  return [...map.values()].sort((a, b) => (a.arn < b.arn ? -1 : 1));
}

function readTopic(record: TopicRecord): Topic {
  const policy = policyDocumentOrJson.safeParse(record.attributes['Policy']);
  if (!policy.success) throw new AwsError('InvalidParameter', 'Invalid parameter: Policy Error: null');
  return { ...record, policy: policy.data };
}

function readSubscription(record: SubscriptionRecord): Subscription {
  const { FilterPolicy: filter, FilterPolicyScope: scope, RedrivePolicy: redrive, RawMessageDelivery: raw } = record.attributes;
  const filterScope: FilterPolicyScope = scope === 'MessageBody' ? 'MessageBody' : 'MessageAttributes';
  return {
    ...record,
    raw: raw === 'true',
    filter: filter === undefined ? undefined : parseFilterPolicy(filter, filterScope),
    filterScope,
    deadLetterArn: redrive === undefined ? undefined : readRedrivePolicy(redrive),
  };
}

function readRedrivePolicy(text: string): string {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    policy = undefined;
  }
  const arn = (policy as { deadLetterTargetArn?: unknown } | undefined | null)?.deadLetterTargetArn;
  if (typeof arn !== 'string' || !/^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]+$/.test(arn)) {
    throw new AwsError('InvalidParameter', 'Invalid parameter: RedrivePolicy: deadLetterTargetArn must be the ARN of an SQS queue');
  }
  return arn;
}
