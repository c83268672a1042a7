import type { DatabaseSync } from 'node:sqlite';
import type { Principal } from '../../kernel/principal.ts';
import type { AliasUpdatePolicy } from '../../kernel/resource-type.ts';
import type { ParameterValue } from './parameters.ts';
import type { DeletionPolicy, UpdateReplacePolicy } from './template.ts';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

/** What a stack was last told to be. */
export interface StackDefinition {
  readonly templateText: string;
  readonly description?: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
  readonly outputs: readonly StackOutput[];
  /** Names of the exports that the template imports. */
  readonly imports: readonly string[];
}

export type OperationKind = 'create' | 'update' | 'delete' | 'rollback';

/** What is being done to a stack; kept until it is finished so that a restart can finish it. */
export interface StackOperation {
  readonly id: string;
  readonly kind: OperationKind;
  /** Who asked: acts where the stack has no role of its own. */
  readonly principal: Principal;
  readonly token?: string;
  /** What to do when it fails. */
  readonly onFailure: 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';
  /** Logical ids that a delete leaves alone, or that a continued rollback skips. */
  readonly keep: readonly string[];
  /** RetainExceptOnCreate: a rollback deletes what it had newly created even where the policy is Retain. */
  readonly deletesNew?: boolean;
}

export interface StackRecord extends StackDefinition {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly statusReason?: string;
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt_ms: number;
  readonly updatedAt_ms?: number;
  readonly deletedAt_ms?: number;
  readonly roleArn?: string;
  readonly terminationProtection: boolean;
  readonly disableRollback: boolean;
  readonly changeSetId?: string;
  /** What a rollback returns to; absent before the first deployment is complete. */
  readonly previous?: StackDefinition;
  readonly operation?: StackOperation;
  readonly lastOperationId?: string;
}

/** A resource of a stack as it is, apart from what an unfinished operation does to it. */
export interface ResourceSnapshot {
  readonly type: string;
  readonly physicalId?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Resolved: without intrinsic functions, as they were handed to the resource type. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly stackTags: Readonly<Record<string, string>>;
  /** Random part of names that CloudFormation makes. */
  readonly token: string;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: UpdateReplacePolicy;
  readonly metadata?: unknown;
  /** The custom resource asked to have its values masked. */
  readonly noEcho?: boolean;
}

export interface ResourceRecord extends ResourceSnapshot {
  readonly logicalId: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly changedAt_ms: number;
  /** Resolved: of the template last applied, which in a rollback is the one that failed. */
  readonly updatePolicy?: AliasUpdatePolicy | undefined;
  /** What the unfinished operation does to it. */
  readonly change?: 'create' | 'update' | 'replace';
  /** What it was before the unfinished operation. */
  readonly before?: ResourceSnapshot;
  /** The template doesn't have it (any more): deleted when the update or its rollback is complete. */
  readonly removed?: boolean;
  /** A rollback has brought it back already; what is in `before` is then what the failed update made. */
  readonly restored?: boolean;
  /** Under one of these ids something was made by a create that didn't finish. */
  readonly partialIds?: readonly string[];
}

export interface StackEvent {
  readonly eventId: string;
  readonly operationId: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly time_ms: number;
  readonly status: string;
  readonly reason?: string;
  /** JSON text. */
  readonly properties?: string;
  readonly token?: string;
}

export interface ChangeSetRecord {
  readonly id: string;
  readonly name: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly kind: 'CREATE' | 'UPDATE';
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly executionStatus: 'AVAILABLE' | 'UNAVAILABLE' | 'OBSOLETE' | 'EXECUTE_IN_PROGRESS' | 'EXECUTE_COMPLETE' | 'EXECUTE_FAILED';
  readonly statusReason?: string;
  readonly description?: string;
  readonly createdAt_ms: number;
  readonly definition: StackDefinition;
  readonly roleArn?: string;
  readonly onFailure?: 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';
  /** Members of the API's ResourceChange. */
  readonly changes: readonly Readonly<Record<string, unknown>>[];
}

/** Stacks, their resources, events and change sets of one account and region. */
export class StackStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(`
      CREATE TABLE IF NOT EXISTS stacks (id TEXT PRIMARY KEY, name TEXT NOT NULL, deleted INTEGER NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS stacks_by_name ON stacks (name, deleted);
      CREATE TABLE IF NOT EXISTS resources (stack_id TEXT, logical_id TEXT, value TEXT NOT NULL, PRIMARY KEY (stack_id, logical_id)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS events (number INTEGER PRIMARY KEY AUTOINCREMENT, stack_id TEXT NOT NULL, value TEXT NOT NULL);
      CREATE INDEX IF NOT EXISTS events_by_stack ON events (stack_id, number);
      CREATE TABLE IF NOT EXISTS change_sets (id TEXT PRIMARY KEY, stack_id TEXT NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
    `);
  }

  /** By id also when it is deleted, by name only when it isn't. */
  stack(nameOrId: string): StackRecord | undefined {
    const row = nameOrId.startsWith('arn:')
      ? this.#database.prepare('SELECT value FROM stacks WHERE id = ?').get(nameOrId)
      : this.#database.prepare('SELECT value FROM stacks WHERE name = ? AND deleted = 0').get(nameOrId);
    return parsed<StackRecord>(row);
  }

  livingStacks(): StackRecord[] {
    return this.#database
      .prepare('SELECT value FROM stacks WHERE deleted = 0 ORDER BY id')
      .all()
      .map(parsedRow<StackRecord>);
  }

  /** Deleted ones included. */
  stacks(): StackRecord[] {
    return this.#database
      .prepare('SELECT value FROM stacks ORDER BY id')
      .all()
      .map(parsedRow<StackRecord>);
  }

  putStack(stack: StackRecord): void {
    this.#database
      .prepare(
        'INSERT INTO stacks (id, name, deleted, value) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET deleted = excluded.deleted, value = excluded.value',
      )
      .run(stack.id, stack.name, stack.status === 'DELETE_COMPLETE' ? 1 : 0, JSON.stringify(stack));
  }

  /** Changes members of a stack; a member given as undefined is taken away. */
  changeStack(id: string, changes: { [K in keyof StackRecord]?: StackRecord[K] | undefined }): StackRecord {
    const stack = this.stack(id);
    if (stack === undefined) throw new Error(`stack ${id} is gone`);
    const changed = { ...stack, ...changes } as StackRecord;
    this.putStack(changed);
    return changed;
  }

  resource(stackId: string, logicalId: string): ResourceRecord | undefined {
    return parsed<ResourceRecord>(
      this.#database.prepare('SELECT value FROM resources WHERE stack_id = ? AND logical_id = ?').get(stackId, logicalId),
    );
  }

  resources(stackId: string): ResourceRecord[] {
    return this.#database
      .prepare('SELECT value FROM resources WHERE stack_id = ? ORDER BY logical_id')
      .all(stackId)
      .map(parsedRow<ResourceRecord>);
  }

  putResource(stackId: string, resource: ResourceRecord): void {
    this.#database
      .prepare(
        'INSERT INTO resources (stack_id, logical_id, value) VALUES (?, ?, ?) ON CONFLICT (stack_id, logical_id) DO UPDATE SET value = excluded.value',
      )
      .run(stackId, resource.logicalId, JSON.stringify(resource));
  }

  deleteResource(stackId: string, logicalId: string): void {
    this.#database.prepare('DELETE FROM resources WHERE stack_id = ? AND logical_id = ?').run(stackId, logicalId);
  }

  /** Times of one stack's events always rise, because clients put events in order by them. */
  addEvent(stackId: string, event: StackEvent): void {
    const last = this.events(stackId, 1)[0]?.event.time_ms ?? 0;
    const ordered = { ...event, time_ms: Math.max(event.time_ms, last + 1) };
    this.#database.prepare('INSERT INTO events (stack_id, value) VALUES (?, ?)').run(stackId, JSON.stringify(ordered));
  }

  /** Newest first, at most `limit` of those older than number `before`. */
  events(stackId: string, limit: number, before = Number.MAX_SAFE_INTEGER): { number: number; event: StackEvent }[] {
    return this.#database
      .prepare('SELECT number, value FROM events WHERE stack_id = ? AND number < ? ORDER BY number DESC LIMIT ?')
      .all(stackId, before, limit)
      .map((row) => ({ number: Number(row['number']), event: parsedRow<StackEvent>(row) }));
  }

  changeSet(stackId: string, nameOrId: string): ChangeSetRecord | undefined {
    return this.changeSets(stackId).find(({ id, name }) => id === nameOrId || name === nameOrId);
  }

  changeSetById(id: string): ChangeSetRecord | undefined {
    return parsed<ChangeSetRecord>(this.#database.prepare('SELECT value FROM change_sets WHERE id = ?').get(id));
  }

  changeSets(stackId: string): ChangeSetRecord[] {
    return this.#database
      .prepare('SELECT value FROM change_sets WHERE stack_id = ? ORDER BY id')
      .all(stackId)
      .map(parsedRow<ChangeSetRecord>);
  }

  putChangeSet(changeSet: ChangeSetRecord): void {
    this.#database
      .prepare('INSERT INTO change_sets (id, stack_id, value) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value')
      .run(changeSet.id, changeSet.stackId, JSON.stringify(changeSet));
  }

  deleteChangeSet(id: string): void {
    this.#database.prepare('DELETE FROM change_sets WHERE id = ?').run(id);
  }
}

type Row = Readonly<Record<string, unknown>>;

function parsed<T>(row: Row | undefined): T | undefined {
  return row === undefined ? undefined : parsedRow<T>(row);
}

function parsedRow<T>(row: Row): T {
  return JSON.parse(String(row['value'])) as T;
}
