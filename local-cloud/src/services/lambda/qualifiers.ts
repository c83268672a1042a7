import type { DatabaseSync } from 'node:sqlite';
import { Collection, inTransaction } from '../../kernel/state.ts';
import type { AliasRecord, FunctionRecord } from './function-record.ts';

/** The published versions and the aliases of an account's functions in a region, on disk and, for the hot path, in memory. */
export class Qualifiers {
  readonly #database: DatabaseSync;
  readonly #storedVersions: Collection<FunctionRecord>;
  readonly #storedAliases: Collection<AliasRecord>;
  /** Outlives the function: a number isn't used twice, even by a function that is made anew under the name. */
  readonly #lastNumbers: Collection<number>;
  readonly #versions = new Map<string, Map<string, FunctionRecord>>();
  readonly #aliases = new Map<string, Map<string, AliasRecord>>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#storedVersions = new Collection(database, 'versions');
    this.#storedAliases = new Collection(database, 'aliases');
    this.#lastNumbers = new Collection(database, 'last_version_numbers');
    for (const version of this.#storedVersions.list()) under(this.#versions, version.name).set(version.version ?? '', version);
    for (const alias of this.#storedAliases.list()) under(this.#aliases, alias.functionName).set(alias.name, alias);
  }

  /** By number, the first first. */
  versions(functionName: string): FunctionRecord[] {
    return [...(this.#versions.get(functionName)?.values() ?? [])].sort((a, b) => Number(a.version) - Number(b.version));
  }

  version(functionName: string, version: string): FunctionRecord | undefined {
    return this.#versions.get(functionName)?.get(version);
  }

  /** Keeps a copy under the next number. */
  publish(copy: Omit<FunctionRecord, 'version'>): FunctionRecord {
    const number = (this.#lastNumbers.get(copy.name) ?? 0) + 1;
    const record: FunctionRecord = { ...copy, version: String(number) };
    inTransaction(this.#database, () => {
      this.#lastNumbers.put(copy.name, number);
      this.putVersion(record);
    });
    return record;
  }

  /** Of a version's own settings only: its code and configuration stay. */
  putVersion(record: FunctionRecord): void {
    const version = record.version ?? '';
    this.#storedVersions.put(`${record.name}:${version}`, record);
    under(this.#versions, record.name).set(version, record);
  }

  deleteVersion(functionName: string, version: string): void {
    this.#storedVersions.delete(`${functionName}:${version}`);
    this.#versions.get(functionName)?.delete(version);
  }

  /** By name. */
  aliases(functionName: string): AliasRecord[] {
    return [...(this.#aliases.get(functionName)?.values() ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  alias(functionName: string, name: string): AliasRecord | undefined {
    return this.#aliases.get(functionName)?.get(name);
  }

  putAlias(alias: AliasRecord): AliasRecord {
    this.#storedAliases.put(`${alias.functionName}:${alias.name}`, alias);
    under(this.#aliases, alias.functionName).set(alias.name, alias);
    return alias;
  }

  deleteAlias(functionName: string, name: string): void {
    this.#storedAliases.delete(`${functionName}:${name}`);
    this.#aliases.get(functionName)?.delete(name);
  }

  /** With the function. */
  deleteAll(functionName: string): void {
    for (const { name } of this.aliases(functionName)) this.deleteAlias(functionName, name);
    for (const { version = '' } of this.versions(functionName)) this.deleteVersion(functionName, version);
    this.#aliases.delete(functionName);
    this.#versions.delete(functionName);
  }
}

function under<T>(all: Map<string, Map<string, T>>, functionName: string): Map<string, T> {
  let own = all.get(functionName);
  if (own === undefined) {
    own = new Map();
    all.set(functionName, own);
  }
  return own;
}
