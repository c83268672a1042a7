import type { DatabaseSync } from 'node:sqlite';
import type { Cloud } from '../../kernel/cloud.ts';
import type { PushCommand } from './push-request.ts';
import { afterReferenceChanges } from './reference-changes.ts';
import { type Repository, type RepositoryStore, repositoriesOf } from './repositories.ts';
import type { Changer } from './state-change-events.ts';

interface Pending {
  readonly repositoryName: string;
  readonly commands: readonly PushCommand[];
  readonly by: Changer;
}

/**
 * Writes down that git begins with a push, so that what follows from it is not lost when the process ends between git's work and ours. What is
 * answered takes the note away again.
 */
export function notePush(store: RepositoryStore, repository: Repository, commands: readonly PushCommand[], by: Changer): () => void {
  const table = tableIn(store.database);
  const { account, region, principal, traceHeader } = by;
  const pending: Pending = { repositoryName: repository.name, commands, by: { account, region, principal, traceHeader } };
  const { lastInsertRowid } = table.prepare('INSERT INTO pushes (pending) VALUES (?)').run(JSON.stringify(pending));
  return () => void table.prepare('DELETE FROM pushes WHERE id = ?').run(lastInsertRowid);
}

/** Tells of the pushes that git had done when the process ended: those whose references stand where they asked for. */
export async function finishPushes(cloud: Cloud): Promise<void> {
  for (const scope of cloud.state.scopesOf('codecommit')) {
    const store = repositoriesOf(cloud, scope);
    const table = tableIn(store.database);
    for (const { id, pending } of table.prepare('SELECT id, pending FROM pushes ORDER BY id').all()) {
      const { repositoryName, commands, by } = JSON.parse(String(pending)) as Pending;
      if (store.has(repositoryName)) {
        const repository = store.get(repositoryName);
        const done: PushCommand[] = [];
        for (const command of commands) if ((await store.reference(repository, command.fullName)) === command.after) done.push(command);
        await afterReferenceChanges(cloud, store, repository, done, by);
      }
      table.prepare('DELETE FROM pushes WHERE id = ?').run(Number(id));
    }
  }
}

function tableIn(database: DatabaseSync): DatabaseSync {
  database.exec('CREATE TABLE IF NOT EXISTS pushes (id INTEGER PRIMARY KEY, pending TEXT NOT NULL)');
  return database;
}
