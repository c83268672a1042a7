import type { DatabaseSync } from 'node:sqlite';
import { Collection } from '../../kernel/state.ts';
import { type EventPattern, parseEventPattern } from './event-pattern.ts';
import type { Target } from './targets.ts';

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly eventPattern: string;
  readonly enabled: boolean;
  readonly description?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** By id. */
  readonly targets: Readonly<Record<string, Target>>;
}

/** The rules of one account's and region's default bus; every event is matched against all of them, so they stay parsed in memory. */
export class RuleStore {
  readonly #stored: Collection<Rule>;
  readonly #rules = new Map<string, { rule: Rule; matches: EventPattern }>();

  constructor(database: DatabaseSync) {
    this.#stored = new Collection<Rule>(database, 'rules');
    for (const rule of this.#stored.list()) this.#rules.set(rule.name, { rule, matches: parseEventPattern(rule.eventPattern) });
  }

  get(name: string): Rule | undefined {
    return this.#rules.get(name)?.rule;
  }

  /** By name. */
  list(): Rule[] {
    return [...this.#rules.values()].map(({ rule }) => rule).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Throws InvalidEventPatternException. */
  put(rule: Rule): void {
    const matches = parseEventPattern(rule.eventPattern);
    this.#stored.put(rule.name, rule);
    this.#rules.set(rule.name, { rule, matches });
  }

  delete(name: string): void {
    this.#stored.delete(name);
    this.#rules.delete(name);
  }

  /** The enabled rules that this event is for. */
  matching(event: unknown): Rule[] {
    return [...this.#rules.values()].filter(({ rule, matches }) => rule.enabled && matches(event)).map(({ rule }) => rule);
  }
}
