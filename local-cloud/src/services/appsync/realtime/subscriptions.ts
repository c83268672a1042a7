import type { ApiRuntime } from '../api-runtime.ts';
import { project } from '../execution/execute.ts';
import type { RequestContext } from '../execution/field-resolver.ts';
import type { FieldPlan, OutputPlan } from '../execution/plan.ts';
import { fitsArguments, passes, type SubscriptionFilter } from './subscription-filter.ts';

/** AppSync endpoints and quotas: "Subscription payload size". */
const MAX_PAYLOAD_BYTES = 240 * 1024;

/** Somebody who is told of mutations. */
export interface Subscription {
  readonly apiId: string;
  /** The subscription's one field, with what is selected of it. */
  readonly field: FieldPlan;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Set by the field's resolver; the arguments count only without it. */
  readonly filter: SubscriptionFilter | undefined;
  readonly request: RequestContext;
  /** Sends `{"data":…}`, given as text. */
  tell(payload: string): void;
}

/** Who has subscribed to what. */
export class Subscriptions {
  readonly #byField = new Map<string, Set<Subscription>>();

  add(subscription: Subscription): void {
    const key = `${subscription.apiId}/${subscription.field.name}`;
    this.#byField.set(key, (this.#byField.get(key) ?? new Set()).add(subscription));
  }

  remove(subscription: Subscription): void {
    const key = `${subscription.apiId}/${subscription.field.name}`;
    const all = this.#byField.get(key);
    all?.delete(subscription);
    if (all?.size === 0) this.#byField.delete(key);
  }

  /** Tells what a mutation's field gave, as it was selected there, to whoever wants to know; answers how many were told. */
  publish({ api, schema }: ApiRuntime, mutation: FieldPlan, value: unknown): number {
    let count = 0;
    const names = schema?.subscriptionsOf.get(mutation.name) ?? [];
    for (const name of names) {
      const subscribed = this.#byField.get(`${api.apiId}/${name}`);
      if (subscribed !== undefined) count += this.#tellAll(subscribed, byFieldNames(mutation.output, value));
    }
    return count;
  }

  #tellAll(subscribed: ReadonlySet<Subscription>, told: unknown): number {
    let count = 0;
    // Those who selected the same by the same text are told the same.
    const written = new Map<FieldPlan, Map<string, string | undefined>>();
    for (const subscription of subscribed) {
      const { field, filter, request } = subscription;
      if (!(filter === undefined ? fitsArguments(subscription.arguments, told) : passes(filter, told))) continue;
      const byGroups = written.get(field) ?? new Map<string, string | undefined>();
      written.set(field, byGroups);
      const groups = request.caller.groups.join(' ');
      if (!byGroups.has(groups)) byGroups.set(groups, payloadOf(field, told, request));
      const payload = byGroups.get(groups);
      if (payload === undefined) continue;
      subscription.tell(payload);
      count += 1;
    }
    return count;
  }
}

function payloadOf(field: FieldPlan, told: unknown, request: RequestContext): string | undefined {
  const { data, errors } = project([field], { [field.name]: told }, request);
  const payload = JSON.stringify(errors.length === 0 ? { data } : { data, errors });
  if (Buffer.byteLength(payload) <= MAX_PAYLOAD_BYTES) return payload;
  console.warn(`appsync: ${field.name} is not told, it has more than ${MAX_PAYLOAD_BYTES} bytes`);
  return undefined;
}

/** A mutation's answer has its fields under their aliases, if it gave them any; subscribers know them by their names. */
function byFieldNames(output: OutputPlan, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (output.kind === 'list') return (value as unknown[]).map((item) => byFieldNames(output.of, item));
  const fields = output.kind === 'object' ? output.fields() : [];
  if (fields.length === 0) return value;
  return Object.fromEntries(
    fields.map(({ key, name, output: below }) => [name, byFieldNames(below, (value as Record<string, unknown>)[key])]),
  );
}
