import { z } from 'zod';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Scope } from '../../kernel/service.ts';
import { apiBoolean, apiDimensions, apiNumber, dimensionsOf, validationError } from './api-values.ts';
import type { StatisticSet } from './datapoints.ts';
import { type CompiledExpression, compileExpression } from './metric-math.ts';
import type { MetricName, MetricStore } from './metric-store.ts';
import { type Statistic, statisticOf, statisticValue } from './statistics.ts';

/** "MetricDataQuery": a metric's statistic, or a math expression over other queries. */
export const metricDataQueries = z.array(
  z.strictObject({
    Id: z.string().regex(/^[a-z]\w{0,254}$/, { message: 'must begin with a lower case letter and have letters, digits and _ alone' }),
    MetricStat: z
      .strictObject({
        Metric: z.strictObject({ Namespace: z.string().min(1), MetricName: z.string().min(1), Dimensions: apiDimensions }),
        Period: apiNumber,
        Stat: z.string(),
        Unit: z.string().optional(),
      })
      .optional(),
    Expression: z.string().min(1).max(2048).optional(),
    Label: z.string().optional(),
    ReturnData: apiBoolean.optional(),
    Period: apiNumber.optional(),
  }),
);
export type MetricDataQuery = z.output<typeof metricDataQueries>[number];

export interface MetricStat {
  readonly metric: MetricName;
  readonly statistic: Statistic;
  readonly period_s: number;
  readonly unit: string | undefined;
}

interface Compiled {
  readonly query: MetricDataQuery;
  readonly stat: MetricStat | undefined;
  readonly expression: CompiledExpression | undefined;
}

/** The values of one query by period, newest first; `sets` where it is a metric and no expression. */
export interface QueryValues {
  readonly values: readonly (number | undefined)[];
  readonly sets: readonly (StatisticSet | undefined)[] | undefined;
}

/** Queries that name each other, checked and ready to be asked over and over. */
export class MetricQueries {
  readonly #byId = new Map<string, Compiled>();

  /** Throws ValidationError for what doesn't fit together, NotCarriedOut for statistics and functions that aren't carried out. */
  constructor(queries: readonly MetricDataQuery[]) {
    for (const query of queries) {
      if (this.#byId.has(query.Id)) throw validationError(`The value '${query.Id}' is used for several ids`);
      this.#byId.set(query.Id, compiled(query));
    }
    for (const { query, expression } of this.#byId.values()) {
      for (const name of expression?.names ?? []) {
        if (!this.#byId.has(name))
          throw validationError(`Error in expression '${query.Id}': it names '${name}', which is the id of no other query`);
      }
    }
    const sound = new Set<string>();
    for (const id of this.#byId.keys()) this.#checkCycle(id, [], sound);
  }

  /** The one whose values are the answer, by ReturnData ("MetricDataQuery"). */
  get returned(): MetricDataQuery[] {
    return [...this.#byId.values()].map(({ query }) => query).filter(({ ReturnData }) => ReturnData !== false);
  }

  /** Seconds: of the query itself, or the longest of what its expression names. */
  period_s(id: string): number {
    const { stat, query, expression } = this.#get(id);
    if (stat !== undefined) return stat.period_s;
    return query.Period ?? Math.max(...[...(expression?.names ?? [])].map((name) => this.period_s(name)), 0);
  }

  /** The values of a query in each of `periods` stretches that end at `end_ms`, newest first. */
  values(
    store: MetricStore,
    scope: Scope,
    id: string,
    at: { end_ms: number; period_ms: number; periods: number },
    known: Map<string, QueryValues> = new Map(),
  ): QueryValues {
    const before = known.get(id);
    if (before !== undefined) return before;
    const found = this.#computed(store, scope, id, at, known);
    known.set(id, found);
    return found;
  }

  #computed(
    store: MetricStore,
    scope: Scope,
    id: string,
    at: { end_ms: number; period_ms: number; periods: number },
    known: Map<string, QueryValues>,
  ): QueryValues {
    const { stat, expression } = this.#get(id);
    if (stat !== undefined) {
      const sets = store.periods(scope, stat.metric, { ...at, unit: stat.unit });
      return { values: sets.map((set) => (set === undefined ? undefined : statisticValue(stat.statistic, set))), sets };
    }
    const named = new Map([...(expression?.names ?? [])].map((name) => [name, this.values(store, scope, name, at, known).values]));
    const values = Array.from({ length: at.periods }, (_, period) => expression?.evaluate((name) => named.get(name)?.[period]));
    return { values, sets: undefined };
  }

  #get(id: string): Compiled {
    const found = this.#byId.get(id);
    if (found === undefined) throw validationError(`There is no query with the id '${id}'`);
    return found;
  }

  #checkCycle(id: string, above: readonly string[], sound: Set<string>): void {
    if (above.includes(id)) throw validationError(`The expressions name each other in a circle: ${[...above, id].join(' > ')}`);
    if (sound.has(id)) return;
    for (const name of this.#byId.get(id)?.expression?.names ?? []) this.#checkCycle(name, [...above, id], sound);
    sound.add(id);
  }
}

function compiled(query: MetricDataQuery): Compiled {
  const { MetricStat, Expression } = query;
  if ((MetricStat === undefined) === (Expression === undefined))
    throw validationError(`The query '${query.Id}' must have either MetricStat or Expression`);
  if (MetricStat === undefined) return { query, stat: undefined, expression: compileExpression(Expression ?? '') };
  checkPeriod(MetricStat.Period);
  const { Namespace: namespace, MetricName: metricName, Dimensions } = MetricStat.Metric;
  const metric = { namespace, metricName, dimensions: dimensionsOf(Dimensions) };
  return {
    query,
    stat: { metric, statistic: statisticOf(MetricStat.Stat), period_s: MetricStat.Period, unit: MetricStat.Unit },
    expression: undefined,
  };
}

/** "PutMetricAlarm", Period: 10, 20 or 30 s, or a multiple of 60. Throws ValidationError, and NotCarriedOut for what buckets of ten seconds can't tell. */
export function checkPeriod(period_s: number): void {
  if ([1, 5].includes(period_s)) throw new NotCarriedOut(`a period of ${period_s} s of CloudWatch: values are kept by ten seconds`);
  if (![10, 20, 30].includes(period_s) && !(period_s > 0 && period_s % 60 === 0))
    throw validationError('Period must be 10, 20, 30 or a multiple of 60');
}
