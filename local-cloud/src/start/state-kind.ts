import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './progress.ts';

/** Whether a state has the accounts and pipelines of an organization, or one account with everything in it. */
export type StateKind = 'one account' | 'pipelines';

/**
 * Notes what kind of state a directory holds, at its first start. The field's devices belong to one account: started as the other kind, they would report to a system that
 * knows none of them. Throws a StartError that says how to go on.
 *
 * @param howToForget What forgets this directory's state, as an instruction.
 */
export function holdStateKind(directory: string, kind: StateKind, howToForget: string): void {
  const file = join(directory, 'kind');
  // A state from before this was noted had one account.
  const before = existsSync(file) ? readFileSync(file, 'utf8').trim() : existsSync(join(directory, 'deployed.json')) ? 'one account' : kind;
  if (before !== kind) {
    const start = before === 'pipelines' ? 'with --pipelines or --pipeline' : 'without --pipelines and --pipeline';
    throw new StartError(`What is kept in ${directory} was begun ${start}. Start it so, keep another with --directory, or ${howToForget}.`);
  }
  writeFileSync(file, `${kind}\n`);
}
