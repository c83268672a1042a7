import type { DatabaseSync } from 'node:sqlite';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { inTransaction, perScope } from '../../kernel/state.ts';
import { type BusEvent, busEvent } from './event.ts';
import { Outbox } from './outbox.ts';
import { type Rule, RuleStore } from './rule-store.ts';

interface Stores {
  readonly database: DatabaseSync;
  readonly rules: RuleStore;
  readonly outbox: Outbox;
}

/** The default event bus of every account and region. */
export class DefaultBus {
  readonly #cloud: Cloud;
  readonly #in: (scope: Scope) => Stores;
  readonly #opened = new Set<Outbox>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#in = perScope((scope) => {
      const database = cloud.state.database(scope, 'events');
      const outbox = new Outbox(cloud, scope, database);
      this.#opened.add(outbox);
      return { database, rules: new RuleStore(database), outbox };
    });
    cloud.onEvent((event) => this.publish(event, busEvent(event, event, cloud.clock()), event.traceHeader));
  }

  /** Goes on with the deliveries that were promised when the process ended. */
  start(): void {
    for (const scope of this.#cloud.state.scopesOf('events')) this.#in(scope).outbox.work();
  }

  stop(): void {
    for (const outbox of this.#opened) outbox.stop();
  }

  rules(scope: Scope): RuleStore {
    return this.#in(scope).rules;
  }

  /** Throws ResourceNotFoundException. */
  rule(name: string, scope: Scope): Rule {
    const rule = this.rules(scope).get(name);
    if (rule === undefined) throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
    return rule;
  }

  /** Promises the event to the targets of every rule that it is for. When this returns, the promise is on disk. */
  publish(scope: Scope, event: BusEvent, traceHeader: string | undefined): void {
    const { database, rules, outbox } = this.#in(scope);
    const wanted = rules.matching(event);
    if (wanted.length === 0) return;
    inTransaction(database, () => {
      for (const rule of wanted) outbox.add(rule, event, traceHeader);
    });
    outbox.work();
  }
}

/** `arn:aws:events:<region>:<account>:event-bus/default` */
export function busArn({ account, region }: Scope): string {
  return `arn:aws:events:${region}:${account}:event-bus/default`;
}

export function ruleArn(name: string, { account, region }: Scope): string {
  return `arn:aws:events:${region}:${account}:rule/${name}`;
}

/** Throws NotCarriedOut for another bus than the default one. */
export function checkBus(name: string | undefined, scope: Scope): void {
  if (name !== undefined && name !== 'default' && name !== busArn(scope))
    throw new NotCarriedOut(`the event bus "${name}": EventBridge has its default bus alone`);
}
