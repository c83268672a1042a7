import type { Scope } from '../kernel/service.ts';
import type { BillingUnit, UsageRecord } from '../kernel/usage.ts';

/** What one operation took of one resource since the process started. */
export interface UsageLine extends Scope {
  readonly service: string;
  readonly operation: string;
  readonly resource?: string;
  /** How often it was asked for; 0 for a further resource of calls that are counted with their first one. */
  readonly calls: number;
  readonly units: Readonly<Partial<Record<BillingUnit, number>>>;
}

interface Counter {
  calls: number;
  readonly units: Partial<Record<BillingUnit, number>>;
}

interface Branch {
  readonly branches: Map<string | undefined, Branch>;
  counter: Counter | undefined;
}

type Key = Omit<UsageRecord, 'units'>;

/** Counts by account, region, service, operation and resource. The names lead through maps within maps, so that counting joins no text. */
export class UsageLedger {
  readonly #root = branch();

  addCall(key: Key): void {
    this.#counter(key).calls += 1;
  }

  addUnits(record: UsageRecord): void {
    const { units } = this.#counter(record);
    for (const unit in record.units) {
      const taken = record.units[unit as BillingUnit] ?? 0;
      units[unit as BillingUnit] = (units[unit as BillingUnit] ?? 0) + taken;
    }
  }

  /** Every line, by account, region, service, operation and resource in the order in which they were first counted. */
  lines(): UsageLine[] {
    const lines: UsageLine[] = [];
    for (const [account = '', regions] of this.#root.branches) {
      for (const [region = '', services] of regions.branches) {
        for (const [service = '', operations] of services.branches) {
          for (const [operation = '', resources] of operations.branches) {
            for (const [resource, { counter }] of resources.branches) {
              if (counter === undefined) continue;
              const { calls, units } = counter;
              lines.push({
                account,
                region,
                service,
                operation,
                ...(resource === undefined ? {} : { resource }),
                calls,
                units: { ...units },
              });
            }
          }
        }
      }
    }
    return lines;
  }

  #counter({ account, region, service, operation, resource }: Key): Counter {
    const leaf = step(step(step(step(step(this.#root, account), region), service), operation), resource);
    leaf.counter ??= { calls: 0, units: {} };
    return leaf.counter;
  }
}

function branch(): Branch {
  return { branches: new Map(), counter: undefined };
}

function step({ branches }: Branch, name: string | undefined): Branch {
  let next = branches.get(name);
  if (next === undefined) {
    next = branch();
    branches.set(name, next);
  }
  return next;
}
