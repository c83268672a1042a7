import { parseQuery } from './parser.ts';
import { type Plan, plan, type Sink } from './plan.ts';
import { EventRow, type QueriedEvent } from './row.ts';
import { resultText } from './value.ts';

/** "limit": how many rows a query returns that doesn't say. */
const DEFAULT_LIMIT = 10_000;

export interface ResultField {
  readonly field: string;
  readonly value: string;
}

/** One run of a query. It is given the events newest first, and makes the rows as GetQueryResults shows them. */
export class QueryRun {
  readonly #plan: Plan;
  readonly #sink: Sink;
  #matched = 0;

  /** `limit` holds when the query has none. Throws MalformedQuery. */
  constructor(text: string, options: { now_ms: number; limit?: number | undefined }) {
    this.#plan = plan(parseQuery(text), options.now_ms);
    this.#sink = this.#plan.sink(options.limit ?? DEFAULT_LIMIT);
  }

  add(event: QueriedEvent): void {
    const row = new EventRow(event);
    if (!this.#plan.pass(row)) return;
    this.#matched++;
    this.#sink.add(row);
  }

  /** How many events passed the filters on events. */
  get matched(): number {
    return this.#matched;
  }

  /** Every value is text; missing ones are left out; events carry their @ptr. Called once. */
  results(): ResultField[][] {
    const { columns, ofEvents } = this.#plan;
    return this.#sink.rows().map((row) => {
      const fields: ResultField[] = [];
      for (const { name, computed } of columns) {
        const value = resultText(row.get(name), computed);
        if (value !== null && name !== '@ptr') fields.push({ field: name, value });
      }
      if (ofEvents) fields.push({ field: '@ptr', value: resultText(row.get('@ptr'), false) ?? '' });
      return fields;
    });
  }
}
