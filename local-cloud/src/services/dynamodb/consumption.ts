import type { CallContext } from '../../kernel/service.ts';

/** Units that an operation took of one table and of its indexes. */
export interface Units {
  readonly table: number;
  readonly indexes: Readonly<Record<string, number>>;
}

/** `ConsumedCapacity` of the API. The read and write members are told for transactions only, as AWS does. */
export interface ConsumedCapacity {
  readonly TableName: string;
  readonly CapacityUnits: number;
  readonly ReadCapacityUnits?: number;
  readonly WriteCapacityUnits?: number;
  readonly Table?: Partial<ConsumedCapacity>;
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, Partial<ConsumedCapacity>>>;
}

/**
 * Read units of so many bytes (Developer Guide, "DynamoDB read and write operations"): one for each started 4 KB, half
 * of that when eventually consistent. Reading what isn't there takes the least; the page says so for items, and a Query
 * or Scan without any item is counted alike here.
 */
export function readUnits(bytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5);
}

/** Adds up what a request took, table by table. */
export class Consumption {
  readonly #tables = new Map<string, { table: number; indexes: Record<string, number> }>();

  add(tableName: string, units: Units): void {
    const sum = this.#tables.get(tableName) ?? { table: 0, indexes: {} };
    sum.table += units.table;
    for (const [index, taken] of Object.entries(units.indexes)) sum.indexes[index] = (sum.indexes[index] ?? 0) + taken;
    this.#tables.set(tableName, sum);
  }

  /** Counts what was taken, whether or not the request wants to be told: an index under `<table>/index/<index>`. */
  meter(context: CallContext, unit: 'rru' | 'wru'): void {
    for (const [name, { table, indexes }] of this.#tables) {
      if (table > 0) context.meter({ [unit]: table }, name);
      for (const index in indexes) context.meter({ [unit]: indexes[index] ?? 0 }, `${name}/index/${index}`);
    }
  }

  /** Counts what a transaction that was cancelled took of its tables: its indexes were never written. */
  meterTables(context: CallContext, unit: 'rru' | 'wru'): void {
    for (const [name, { table }] of this.#tables) context.meter({ [unit]: table }, name);
  }

  /** What a response tells, or undefined when the request asked for nothing (`ReturnConsumedCapacity`). */
  report(wanted: string | undefined, transaction?: 'ReadCapacityUnits' | 'WriteCapacityUnits'): ConsumedCapacity[] | undefined {
    if (wanted !== 'TOTAL' && wanted !== 'INDEXES') return undefined;
    const amount = (units: number) => ({ CapacityUnits: units, ...(transaction === undefined ? {} : { [transaction]: units }) });
    return [...this.#tables].map(([TableName, { table, indexes }]) => {
      const total = Object.values(indexes).reduce((sum, units) => sum + units, table);
      if (wanted === 'TOTAL') return { TableName, ...amount(total) };
      const parts = Object.entries(indexes).map(([name, units]) => [name, amount(units)] as const);
      return {
        TableName,
        ...amount(total),
        Table: amount(table),
        ...(parts.length === 0 ? {} : { GlobalSecondaryIndexes: Object.fromEntries(parts) }),
      };
    });
  }

  /** As `report`, for an operation on one table. */
  reportOne(wanted: string | undefined): { ConsumedCapacity?: ConsumedCapacity } {
    const [only] = this.report(wanted) ?? [];
    return only === undefined ? {} : { ConsumedCapacity: only };
  }
}
