import type { DatabaseSync } from 'node:sqlite';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { Collection, inTransaction, perScope } from '../../kernel/state.ts';
import type { PipelineDeclaration } from './pipeline-structure.ts';

/** Times are ms since 1970. */
export interface PipelineRecord {
  readonly name: string;
  readonly arn: string;
  readonly declaration: PipelineDeclaration;
  /** Counts the structure's versions from 1. */
  readonly version: number;
  readonly created_ms: number;
  readonly updated_ms: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Stages whose entrance is closed. */
  readonly closed: Readonly<Record<string, ClosedTransition>>;
  /** The execution that entered each stage last. */
  readonly latest: Readonly<Record<string, string>>;
  /** How many executions it has had. */
  readonly executions: number;
}

export interface ClosedTransition {
  readonly reason: string;
  readonly by: string;
  readonly at_ms: number;
}

export type ExecutionStatus = 'InProgress' | 'Stopping' | 'Stopped' | 'Succeeded' | 'Failed' | 'Superseded' | 'Cancelled';

export interface ArtifactPlace {
  readonly bucket: string;
  readonly key: string;
}

/** Where a source artifact comes from. */
export interface Revision {
  readonly actionName: string;
  readonly artifact: string;
  readonly revisionId: string;
  readonly summary: string;
  readonly url: string;
  readonly created_ms: number;
}

/** How far an execution came in one stage. */
export interface StageProgress {
  readonly status: 'InProgress' | 'Stopping' | 'Stopped' | 'Succeeded' | 'Failed' | 'Cancelled';
  /** Action executions that count, by action; what a retry does anew isn't in it. */
  readonly actions: Readonly<Record<string, string>>;
  readonly retries: number;
}

export interface ExecutionRecord {
  readonly id: string;
  readonly pipeline: string;
  /** Of the structure that it runs by. */
  readonly version: number;
  /** In order of start within the pipeline. */
  readonly number: number;
  readonly type: 'STANDARD' | 'ROLLBACK';
  readonly status: ExecutionStatus;
  readonly summary?: string;
  readonly trigger: { readonly type: string; readonly detail: string };
  readonly started_ms: number;
  readonly updated_ms: number;
  /** The stage that it is in, or waits for. */
  readonly stage: string;
  /** False while it waits at the stage's entrance. */
  readonly entered: boolean;
  readonly stages: Readonly<Record<string, StageProgress>>;
  readonly artifacts: Readonly<Record<string, ArtifactPlace>>;
  readonly variables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly revisions: readonly Revision[];
  /** Commits to take instead of the branch's head, by source action. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly attempt: number;
  readonly stopReason?: string;
  /** The structure was changed under it: it ends when its running actions have. */
  readonly outdated?: boolean;
  readonly rollbackTarget?: string;
  readonly clientRequestToken?: string;
  readonly traceHeader?: string;
}

export type ActionStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Abandoned';

export interface ActionFailure {
  readonly code: string;
  readonly message: string;
}

export interface ActionExecutionRecord {
  readonly id: string;
  readonly executionId: string;
  readonly pipeline: string;
  readonly version: number;
  readonly stage: string;
  readonly action: string;
  readonly status: ActionStatus;
  readonly started_ms: number;
  readonly updated_ms: number;
  readonly updatedBy?: string;
  readonly configuration: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, ArtifactPlace>>;
  readonly outputs: Readonly<Record<string, ArtifactPlace>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly summary?: string;
  readonly externalId?: string;
  readonly externalUrl?: string;
  readonly failure?: ActionFailure;
  /** Of an approval: what an answer to it names, and when it is too late. */
  readonly token?: string;
  readonly expires_ms?: number;
  /** What the provider has begun, so that a restart goes on with it instead of beginning anew. */
  readonly progress: Readonly<Record<string, string>>;
}

export function isOpen({ status }: ExecutionRecord): boolean {
  return status === 'InProgress' || status === 'Stopping';
}

/** The pipelines of one account and region with everything that became of them. */
export class PipelineStore {
  readonly pipelines: Collection<PipelineRecord>;
  readonly #structures: Collection<PipelineDeclaration>;
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.pipelines = new Collection(database, 'pipelines');
    this.#structures = new Collection(database, 'structures');
    database.exec(`
      CREATE TABLE IF NOT EXISTS execution (
        id TEXT PRIMARY KEY, pipeline TEXT NOT NULL, number INTEGER NOT NULL, open INTEGER NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS execution_of_pipeline ON execution (pipeline, number);
      CREATE TABLE IF NOT EXISTS action_execution (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, pipeline TEXT NOT NULL, execution TEXT NOT NULL,
        open INTEGER NOT NULL, value TEXT NOT NULL);
      CREATE INDEX IF NOT EXISTS action_of_pipeline ON action_execution (pipeline, number);
    `);
  }

  /** Writes all of it, or nothing when the process is killed in between. Not to be nested. */
  atomically<T>(work: () => T): T {
    return inTransaction(this.#database, work);
  }

  /** The structure of this version. */
  structure(pipeline: string, version: number): PipelineDeclaration | undefined {
    return this.#structures.get(`${pipeline}/${version}`);
  }

  putStructure(pipeline: string, version: number, declaration: PipelineDeclaration): void {
    this.#structures.put(`${pipeline}/${version}`, declaration);
  }

  /** Forgets the pipeline and its history ("DeletePipeline"). */
  delete(pipeline: PipelineRecord): void {
    this.pipelines.delete(pipeline.name);
    for (let version = 1; version <= pipeline.version; version++) this.#structures.delete(`${pipeline.name}/${version}`);
    this.#database.prepare('DELETE FROM execution WHERE pipeline = ?').run(pipeline.name);
    this.#database.prepare('DELETE FROM action_execution WHERE pipeline = ?').run(pipeline.name);
  }

  execution(id: string): ExecutionRecord | undefined {
    return read<ExecutionRecord>(this.#database.prepare('SELECT value FROM execution WHERE id = ?').get(id));
  }

  putExecution(execution: ExecutionRecord): ExecutionRecord {
    this.#database
      .prepare(
        'INSERT INTO execution (id, pipeline, number, open, value) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET open = excluded.open, value = excluded.value',
      )
      .run(execution.id, execution.pipeline, execution.number, isOpen(execution) ? 1 : 0, JSON.stringify(execution));
    return execution;
  }

  /** Newest first. */
  executions(pipeline: string): ExecutionRecord[] {
    return readAll(this.#database.prepare('SELECT value FROM execution WHERE pipeline = ? ORDER BY number DESC').all(pipeline));
  }

  /** Those that go on, newest first. */
  openExecutions(pipeline: string): ExecutionRecord[] {
    return readAll(
      this.#database.prepare('SELECT value FROM execution WHERE pipeline = ? AND open = 1 ORDER BY number DESC').all(pipeline),
    );
  }

  action(id: string): ActionExecutionRecord | undefined {
    return read<ActionExecutionRecord>(this.#database.prepare('SELECT value FROM action_execution WHERE id = ?').get(id));
  }

  putAction(action: ActionExecutionRecord): ActionExecutionRecord {
    this.#database
      .prepare(
        'INSERT INTO action_execution (id, pipeline, execution, open, value) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET open = excluded.open, value = excluded.value',
      )
      .run(action.id, action.pipeline, action.executionId, action.status === 'InProgress' ? 1 : 0, JSON.stringify(action));
    return action;
  }

  /** Newest first. */
  actions(pipeline: string): ActionExecutionRecord[] {
    return readAll(this.#database.prepare('SELECT value FROM action_execution WHERE pipeline = ? ORDER BY number DESC').all(pipeline));
  }

  /** Every action under way, oldest first. */
  openActions(): ActionExecutionRecord[] {
    return readAll(this.#database.prepare('SELECT value FROM action_execution WHERE open = 1 ORDER BY number').all());
  }
}

function read<T>(row: Record<string, unknown> | undefined): T | undefined {
  return row === undefined ? undefined : (JSON.parse(String(row['value'])) as T);
}

function readAll<T>(rows: readonly Record<string, unknown>[]): T[] {
  return rows.map((row) => JSON.parse(String(row['value'])) as T);
}

/** The pipelines by account and region. */
export function pipelineStores(cloud: Cloud): (scope: Scope) => PipelineStore {
  return perScope((scope) => new PipelineStore(cloud.state.database(scope, 'codepipeline')));
}
