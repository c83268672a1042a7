import type { DatabaseSync } from 'node:sqlite';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Authorization, CallContext, Scope } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';
import { Outbox } from './outbox.ts';
import { type Subscription, type Topic, TopicStore } from './topic-store.ts';

/** One account's and region's part of SNS. */
export interface Stores {
  readonly database: DatabaseSync;
  readonly topics: TopicStore;
  readonly outbox: Outbox;
}

export interface Located extends Stores {
  readonly topic: Topic;
}

/** The topics of every account and region, found by ARN. */
export class Topics {
  readonly in: (scope: Scope) => Stores;
  readonly #cloud: Cloud;
  readonly #opened = new Set<Outbox>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.in = perScope((scope) => {
      const database = cloud.state.database(scope, 'sns');
      const topics = new TopicStore(database);
      const outbox = new Outbox(cloud, scope, database, topics);
      this.#opened.add(outbox);
      return { database, topics, outbox };
    });
  }

  /** Goes on with the deliveries that were promised when the process ended. */
  start(): void {
    for (const scope of this.#cloud.state.scopesOf('sns')) this.in(scope).outbox.work();
  }

  stop(): void {
    for (const outbox of this.#opened) outbox.stop();
  }

  /** Throws InvalidParameter for what is no topic's ARN, NotFound. */
  locate(arn: string, context: Scope): Located {
    const scope = this.#known(scopeOfTopic(arn), context);
    const stores = scope === undefined ? undefined : this.in(scope);
    const topic = stores?.topics.topic(arn);
    if (stores === undefined || topic === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return { ...stores, topic };
  }

  /** Throws InvalidParameter for what is no subscription's ARN, NotFound. */
  locateSubscription(arn: string, context: Scope): Stores & { subscription: Subscription } {
    const stores = this.storesOfSubscription(arn, context);
    const subscription = stores?.topics.subscription(arn);
    if (stores === undefined || subscription === undefined) throw new AwsError('NotFound', 'Subscription does not exist', 404);
    return { ...stores, subscription };
  }

  storesOfSubscription(arn: string, context: Scope): Stores | undefined {
    const mark = arn.lastIndexOf(':');
    const scope = this.#known(scopeOfTopic(arn.slice(0, mark), 'SubscriptionArn'), context);
    return scope === undefined ? undefined : this.in(scope);
  }

  /** What must be allowed for an action on a topic, its own policy included. */
  authorization(action: string, arn: string, context: CallContext, conditions: Record<string, string> = {}): Authorization {
    const scope = this.#known(scopeOfTopic(arn), context);
    return {
      action: `sns:${action}`,
      resource: arn,
      conditions,
      resourcePolicy: scope === undefined ? undefined : this.in(scope).topics.topic(arn)?.policy,
    };
  }

  /** Another account's name alone must not make a folder for it on disk. */
  #known(scope: Scope, context: Scope): Scope | undefined {
    if (scope.account === context.account && scope.region === context.region) return scope;
    return this.#cloud.state.scopesOf('sns').find(({ account, region }) => account === scope.account && region === scope.region);
  }
}

function scopeOfTopic(arn: string, parameter = 'TopicArn'): Scope {
  const [, region, account, name = ''] = /^arn:aws:sns:([a-z0-9-]+):(\d{12}):(.+)$/.exec(arn) ?? [];
  if (region === undefined || account === undefined || !/^[\w-]{1,256}(\.fifo)?$/.test(name)) {
    throw new AwsError('InvalidParameter', `Invalid parameter: ${parameter} Reason: no topic of SNS is meant by ${arn}`);
  }
  if (name.endsWith('.fifo')) throw new NotCarriedOut('FIFO topics of SNS');
  return { account, region };
}
