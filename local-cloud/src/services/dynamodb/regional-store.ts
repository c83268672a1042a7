import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { Collection } from '../../kernel/state.ts';
import { ItemStore } from './item-store.ts';
import { type Table, tableName } from './table.ts';
import { TransactionTokens } from './transaction-tokens.ts';

/** What DynamoDB keeps for one account and region. */
export class RegionalStore {
  readonly scope: Scope;
  readonly items: ItemStore;
  readonly tokens: TransactionTokens;
  readonly #documents: Collection<Table>;
  readonly #tables = new Map<string, Table>();

  constructor(cloud: Cloud, scope: Scope) {
    const database = cloud.state.database(scope, 'dynamodb');
    this.scope = scope;
    this.items = new ItemStore(database);
    this.tokens = new TransactionTokens(database);
    this.#documents = new Collection<Table>(database, 'tables');
    for (const table of this.#documents.list()) this.#tables.set(table.TableName, table);
  }

  /** Every table, by name in binary order. */
  get tables(): readonly Table[] {
    return [...this.#tables.values()].sort((a, b) => (a.TableName < b.TableName ? -1 : 1));
  }

  find(name: string): Table | undefined {
    return this.#tables.get(name);
  }

  /** The table that a `TableName` of a request means. Throws ResourceNotFoundException. */
  table(nameOrArn: string): Table {
    const table = this.find(tableName(nameOrArn, this.scope));
    if (table === undefined) throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
    return table;
  }

  /** As `table`, in the words of the operations on tables. */
  describedTable(nameOrArn: string): Table {
    const name = tableName(nameOrArn, this.scope);
    const table = this.find(name);
    if (table === undefined) throw new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
    return table;
  }

  save(table: Table): void {
    this.#documents.put(table.TableName, table);
    this.#tables.set(table.TableName, table);
  }

  /** Forgets the table at once; its items and entries are purged in the background. */
  drop(table: Table): void {
    this.items.transaction(() => {
      this.#documents.delete(table.TableName);
      for (const index of table.GlobalSecondaryIndexes ?? []) this.items.discard(index.id);
      this.items.discard(table.id);
    });
    this.#tables.delete(table.TableName);
  }
}
