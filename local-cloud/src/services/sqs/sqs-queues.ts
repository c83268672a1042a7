import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Authorization, CallContext, Scope } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';
import { Arrivals } from './arrivals.ts';
import { MessageStore } from './message-store.ts';
import { type Queue, QueueStore, queueArn } from './queue-store.ts';
import { invalidParameter, noSuchQueue } from './sqs-errors.ts';

/** One account's and region's part of SQS. */
export interface Stores {
  readonly queues: QueueStore;
  readonly messages: MessageStore;
}

/** Where a request's queue is: named by the request, found or not. */
export interface Located extends Stores {
  readonly scope: Scope;
  readonly name: string;
  readonly queue: Queue;
}

/** The queues of every account and region, found by what a request calls them. */
export class Queues {
  readonly arrivals = new Arrivals();
  readonly #cloud: Cloud;
  readonly in: (scope: Scope) => Stores;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.in = perScope((scope) => {
      const database = cloud.state.database(scope, 'sqs');
      return { queues: new QueueStore(database, scope, cloud.clock), messages: new MessageStore(database, cloud.clock) };
    });
  }

  /** `http://127.0.0.1:<port>/<account>/<name>` */
  urlOf({ account }: Scope, name: string): string {
    return `${this.#cloud.endpoint}/${account}/${name}`;
  }

  /** The queue of a URL, whose host and port don't count. Throws InvalidAddress, QueueDoesNotExist. */
  locate(url: string, context: Scope): Located {
    const { scope, name } = readUrl(url, context);
    const queue = this.#find(scope, name, context);
    if (queue === undefined) throw noSuchQueue();
    return { scope, name, queue, ...this.in(scope) };
  }

  /** The queue of an ARN of this account and region. Throws InvalidParameterValue, ResourceNotFoundException. */
  byArn(arn: string, context: Scope): Queue {
    if (!/^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]+$/.test(arn)) throw invalidParameter(`The value ${arn} is not an SQS queue's ARN.`);
    const queue = this.in(context).queues.byArn(arn);
    if (queue === undefined)
      throw new AwsError('ResourceNotFoundException', "The resource that you specified for the SourceArn parameter doesn't exist.");
    return queue;
  }

  /** What must be allowed for an action on the queue of this URL, its own policy included. */
  authorization(action: string, url: string, context: CallContext): Authorization {
    const { scope, name } = readUrl(url, context);
    return { action: `sqs:${action}`, resource: queueArn(scope, name), resourcePolicy: this.#find(scope, name, context)?.settings.policy };
  }

  #find(scope: Scope, name: string, context: Scope): Queue | undefined {
    // Another account's name alone must not make a folder for it on disk.
    const known =
      scope.account === context.account ||
      this.#cloud.state.scopesOf('sqs').some(({ account, region }) => account === scope.account && region === scope.region);
    return known && /^\d{12}$/.test(scope.account) ? this.in(scope).queues.get(name) : undefined;
  }
}

function readUrl(url: string, { region }: Scope): { scope: Scope; name: string } {
  const [, account, name] = /^(?:https?:\/\/[^/]+)?\/?(\d{12})\/([\w-]{1,80}(?:\.fifo)?)$/.exec(url) ?? [];
  if (account === undefined || name === undefined)
    throw new AwsError('InvalidAddress', `The address ${url} is not valid for this endpoint.`, 404);
  return { scope: { account, region }, name };
}
