import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { Collection } from '../../kernel/state.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import { type FunctionRecord, functionArn, lambdaTime } from './function-record.ts';
import { Qualifiers } from './qualifiers.ts';

/** The functions and event source mappings of one account and region, on disk and, for the hot path, in memory. */
export class FunctionStore {
  readonly scope: Scope;
  readonly codeDirectory: string;
  readonly mappings: Collection<EventSourceMapping>;
  readonly qualifiers: Qualifiers;
  readonly #cloud: Cloud;
  readonly #stored: Collection<FunctionRecord>;
  readonly #functions: Map<string, FunctionRecord>;
  #reserved = 0;

  constructor(cloud: Cloud, scope: Scope) {
    this.scope = scope;
    this.#cloud = cloud;
    const database = cloud.state.database(scope, 'lambda');
    this.#stored = new Collection(database, 'functions');
    this.mappings = new Collection(database, 'event_source_mappings');
    this.qualifiers = new Qualifiers(database);
    this.#functions = new Map(this.#stored.list().map((record) => [record.name, record]));
    this.#sum();
    this.codeDirectory = join(cloud.state.directory(scope, 'lambda'), 'code');
    mkdirSync(this.codeDirectory, { recursive: true });
    // Without it Node would take the "type" of whatever package.json lies above the state folder.
    const boundary = join(this.codeDirectory, 'package.json');
    if (!existsSync(boundary)) writeFileSync(boundary, '{}\n');
  }

  /** The sum of what functions have reserved of the account's concurrency. */
  get reserved(): number {
    return this.#reserved;
  }

  /** Every function, by name. */
  list(): FunctionRecord[] {
    return [...this.#functions.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): FunctionRecord | undefined {
    return this.#functions.get(name);
  }

  /** Throws ResourceNotFoundException when there is none. */
  get(name: string): FunctionRecord {
    const record = this.#functions.get(name);
    if (record === undefined) {
      throw new AwsError('ResourceNotFoundException', `Function not found: ${functionArn(this.scope, name)}`, 404, { Type: 'User' });
    }
    return record;
  }

  put(record: FunctionRecord): FunctionRecord {
    this.#stored.put(record.name, record);
    this.#functions.set(record.name, record);
    this.#sum();
    return record;
  }

  /** Changes what belongs to the function's own revision: its code or configuration. */
  revise(record: FunctionRecord): FunctionRecord {
    return this.put({ ...record, revisionId: randomUUID(), lastModified: lambdaTime(this.#cloud.clock()) });
  }

  delete(name: string): void {
    this.qualifiers.deleteAll(name);
    this.#stored.delete(name);
    this.#functions.delete(name);
    this.#sum();
  }

  taskRoot(record: FunctionRecord): string {
    return join(this.codeDirectory, record.code.folder);
  }

  /** Removes unzipped packages that no function or version uses any more; done at start, when nothing runs from them. */
  removeUnusedCode(): void {
    const records = this.list().flatMap((record) => [record, ...this.qualifiers.versions(record.name)]);
    const used = new Set(records.map((record) => record.code.folder));
    for (const entry of readdirSync(this.codeDirectory, { withFileTypes: true })) {
      if (entry.isDirectory() && !used.has(entry.name)) rmSync(join(this.codeDirectory, entry.name), { recursive: true, force: true });
    }
  }

  #sum(): void {
    this.#reserved = this.list().reduce((sum, record) => sum + (record.reservedConcurrency ?? 0), 0);
  }
}
