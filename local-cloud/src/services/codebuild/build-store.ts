import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { Collection, perScope } from '../../kernel/state.ts';
import type { BuildRecord, ProjectRecord } from './build-record.ts';

/** A folder that a build has, and the process group in it: what has to go when the build ends, even after a kill of this process. */
export interface LivingWorkspace {
  readonly buildId: string;
  readonly buildArn: string;
  readonly path: string;
  readonly processGroups: readonly number[];
}

/** The projects and builds of one account and region. */
export class BuildStore {
  readonly projects: Collection<ProjectRecord>;
  readonly workspaces: Collection<LivingWorkspace>;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #ids: StatementSync;
  readonly #idsOfProject: StatementSync;
  readonly #unfinished: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync) {
    this.projects = new Collection(database, 'projects');
    this.workspaces = new Collection(database, 'workspaces');
    database.exec(`CREATE TABLE IF NOT EXISTS builds (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, started INTEGER NOT NULL, number INTEGER NOT NULL, finished INTEGER NOT NULL, value TEXT NOT NULL
    ) WITHOUT ROWID; CREATE INDEX IF NOT EXISTS builds_by_time ON builds (started, number)`);
    this.#get = database.prepare('SELECT value FROM builds WHERE id = ?');
    this.#put = database.prepare(
      `INSERT INTO builds (id, project, started, number, finished, value) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET finished = excluded.finished, value = excluded.value`,
    );
    this.#ids = database.prepare('SELECT id FROM builds ORDER BY started, number, id');
    this.#idsOfProject = database.prepare('SELECT id FROM builds WHERE project = ? ORDER BY started, number, id');
    this.#forget = database.prepare('DELETE FROM builds WHERE finished = 1 AND started < ?');
    this.#unfinished = database.prepare('SELECT value FROM builds WHERE finished = 0 ORDER BY started, number, id');
  }

  build(id: string): BuildRecord | undefined {
    const row = this.#get.get(id);
    return row === undefined ? undefined : (JSON.parse(String(row['value'])) as BuildRecord);
  }

  putBuild(build: BuildRecord): void {
    const finished = build.status === 'IN_PROGRESS' ? 0 : 1;
    this.#put.run(build.id, build.projectName, build.start, build.number, finished, JSON.stringify(build));
  }

  /** Ids of builds, of one project or of all, oldest first. */
  buildIds(project?: string): string[] {
    return (project === undefined ? this.#ids.all() : this.#idsOfProject.all(project)).map(({ id }) => String(id));
  }

  /** Forgets builds that have ended and began before this time (ms since 1970). */
  forgetBuilds(before: number): void {
    this.#forget.run(before);
  }

  /** Builds that wait or run, oldest first. */
  unfinished(): BuildRecord[] {
    return this.#unfinished.all().map((row) => JSON.parse(String(row['value'])) as BuildRecord);
  }
}

export type BuildStoreOf = (scope: Scope) => BuildStore;

/** The store of each account and region. */
export function buildStores(cloud: Cloud): BuildStoreOf {
  return perScope((scope) => new BuildStore(cloud.state.database(scope, 'codebuild')));
}
