import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Scope } from '../../kernel/service.ts';
import { Collection } from '../../kernel/state.ts';
import { type QueueSettings, readSettings } from './queue-attributes.ts';

/** A queue as it is kept. */
export interface QueueRecord {
  /** Its own for each queue ever made, so that a queue made again under the same name doesn't see the old one's messages. */
  readonly id: string;
  readonly name: string;
  readonly createdAt_ms: number;
  readonly modifiedAt_ms: number;
  readonly purgedAt_ms?: number;
  /** What was set or defaulted; text, as the API has it. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Queue extends QueueRecord {
  readonly arn: string;
  readonly settings: QueueSettings;
}

/** SQS API Reference, DeleteQueue and PurgeQueue: both take up to 60 seconds. */
const SETTLE_MS = 60_000;

export function queueArn({ account, region }: Scope, name: string): string {
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

/** The queues of one account and region; read from disk once, written through. */
export class QueueStore {
  readonly #scope: Scope;
  readonly #clock: () => number;
  readonly #records: Collection<QueueRecord>;
  readonly #deleted: Collection<{ name: string; deletedAt_ms: number }>;
  readonly #queues = new Map<string, Queue>();

  constructor(database: DatabaseSync, scope: Scope, clock: () => number) {
    this.#scope = scope;
    this.#clock = clock;
    this.#records = new Collection(database, 'queues');
    this.#deleted = new Collection(database, 'deleted_queues');
    for (const record of this.#records.list()) this.#queues.set(record.name, this.#read(record));
  }

  get(name: string): Queue | undefined {
    return this.#queues.get(name);
  }

  byArn(arn: string): Queue | undefined {
    const queue = this.#queues.get(arn.slice(arn.lastIndexOf(':') + 1));
    return queue?.arn === arn ? queue : undefined;
  }

  /** Every queue, by name. */
  list(): Queue[] {
    return [...this.#queues.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The queues whose dead letters go to this one. */
  sourcesOf(deadLetterArn: string): Queue[] {
    return this.list().filter((queue) => queue.settings.redrive?.deadLetterTargetArn === deadLetterArn);
  }

  /** Throws QueueDeletedRecently within 60 seconds of the deletion of a queue of that name, InvalidAttributeValue for its dead-letter queue. */
  create(name: string, attributes: Readonly<Record<string, string>>, tags: Readonly<Record<string, string>>): Queue {
    const deleted = this.#deleted.get(name);
    if (deleted !== undefined && this.#clock() - deleted.deletedAt_ms < SETTLE_MS) {
      throw new AwsError(
        'QueueDeletedRecently',
        'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
      );
    }
    this.#deleted.delete(name);
    const now = this.#clock();
    return this.#write({ id: randomUUID(), name, createdAt_ms: now, modifiedAt_ms: now, attributes, tags });
  }

  setAttributes(queue: Queue, attributes: Readonly<Record<string, string>>): Queue {
    return this.#write({ ...recordOf(queue), attributes, modifiedAt_ms: this.#clock() });
  }

  setTags(queue: Queue, tags: Readonly<Record<string, string>>): Queue {
    return this.#write({ ...recordOf(queue), tags });
  }

  /** Throws PurgeQueueInProgress within 60 seconds of the last purge. */
  notePurge(queue: Queue): void {
    if (queue.purgedAt_ms !== undefined && this.#clock() - queue.purgedAt_ms < SETTLE_MS) {
      throw new AwsError('PurgeQueueInProgress', `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`);
    }
    this.#write({ ...recordOf(queue), purgedAt_ms: this.#clock() });
  }

  delete(queue: Queue): void {
    this.#records.delete(queue.name);
    this.#deleted.put(queue.name, { name: queue.name, deletedAt_ms: this.#clock() });
    this.#queues.delete(queue.name);
  }

  #write(record: QueueRecord): Queue {
    const queue = this.#read(record);
    this.#checkDeadLetterQueue(queue);
    this.#records.put(record.name, record);
    this.#queues.set(record.name, queue);
    return queue;
  }

  #read(record: QueueRecord): Queue {
    return { ...record, arn: queueArn(this.#scope, record.name), settings: readSettings(record.attributes) };
  }

  /** SQS Developer Guide, "Using dead-letter queues in Amazon SQS": same account and region, and its consent. */
  #checkDeadLetterQueue(queue: Queue): void {
    const { redrive } = queue.settings;
    if (redrive === undefined || redrive.deadLetterTargetArn === this.#queues.get(queue.name)?.settings.redrive?.deadLetterTargetArn)
      return;
    const refuse = (reason: string) =>
      new AwsError(
        'InvalidParameterValueException',
        `Value ${queue.attributes['RedrivePolicy']} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
      );
    const target = this.byArn(redrive.deadLetterTargetArn);
    if (target === undefined) throw refuse('Dead letter target does not exist.');
    const { redrivePermission, sourceQueueArns } = target.settings.redriveAllow;
    if (redrivePermission === 'denyAll' || (redrivePermission === 'byQueue' && !sourceQueueArns.includes(queue.arn))) {
      throw refuse('The dead-letter queue does not allow this source queue.');
    }
  }
}

function recordOf({ arn: _arn, settings: _settings, ...record }: Queue): QueueRecord {
  return record;
}
