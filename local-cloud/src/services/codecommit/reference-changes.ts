import type { Cloud } from '../../kernel/cloud.ts';
import { GitFailed, gitText } from './git-program.ts';
import type { Repository, RepositoryStore } from './repositories.ts';
import { type Changer, emitPullRequestChange, emitReferenceChange, type ReferenceChange } from './state-change-events.ts';

const BRANCH = 'refs/heads/';

/**
 * What follows from references that have changed: the first branch is the default one, open pull requests from a branch go with it, and EventBridge
 * is told.
 */
export async function afterReferenceChanges(
  cloud: Cloud,
  store: RepositoryStore,
  repository: Repository,
  changes: readonly ReferenceChange[],
  by: Changer,
): Promise<void> {
  // It may have been deleted by now.
  if (!store.has(repository.name)) return;
  await chooseDefaultBranch(store, repository, changes);
  for (const change of changes) {
    const [before, after] = await Promise.all([commitOf(store, repository, change.before), commitOf(store, repository, change.after)]);
    emitReferenceChange(cloud, repository, { ...change, before, after }, by);
    if (after !== undefined) await updatePullRequests(cloud, store, repository, { ...change, after }, by);
  }
}

/** CodeCommit User Guide, "Change branch settings in AWS CodeCommit": the first branch that is pushed is the default one. */
async function chooseDefaultBranch(store: RepositoryStore, { name }: Repository, changes: readonly ReferenceChange[]): Promise<void> {
  const repository = store.get(name);
  const first = changes.find(({ fullName, after }) => after !== undefined && fullName.startsWith(BRANCH));
  if (repository.defaultBranch === undefined && first !== undefined)
    await setDefaultBranch(store, repository, first.fullName.slice(BRANCH.length));
}

/** The branch that a clone checks out. */
export async function setDefaultBranch(store: RepositoryStore, repository: Repository, branch: string): Promise<void> {
  await gitText(store.directory(repository), ['symbolic-ref', 'HEAD', `${BRANCH}${branch}`]);
  store.put({ ...store.get(repository.name), defaultBranch: branch });
}

async function updatePullRequests(
  cloud: Cloud,
  store: RepositoryStore,
  repository: Repository,
  { fullName, after }: ReferenceChange & { after: string },
  by: Changer,
): Promise<void> {
  for (const open of store.pullRequests.of(repository.name)) {
    if (open.status !== 'OPEN' || open.sourceReference !== fullName || open.sourceCommit === after) continue;
    const destinationCommit = (await store.reference(repository, open.destinationReference)) ?? open.destinationCommit;
    const mergeBase = await mergeBaseOf(store, repository, destinationCommit, after);
    const updated = { ...open, sourceCommit: after, destinationCommit, mergeBase, active_ms: cloud.clock() };
    store.pullRequests.put(updated);
    emitPullRequestChange(cloud, 'pullRequestSourceBranchUpdated', updated, by);
  }
}

/** The commit from which both have grown; undefined when they have nothing in common. */
export async function mergeBaseOf(store: RepositoryStore, repository: Repository, one: string, other: string): Promise<string | undefined> {
  try {
    return await gitText(store.directory(repository), ['merge-base', one, other]);
  } catch (error) {
    if (error instanceof GitFailed && error.exitCode === 1) return undefined;
    throw error;
  }
}

/** An annotated tag stands for the commit that it names. */
async function commitOf(store: RepositoryStore, repository: Repository, object: string | undefined): Promise<string | undefined> {
  if (object === undefined) return undefined;
  try {
    return await gitText(store.directory(repository), ['rev-parse', '--verify', '--quiet', `${object}^{commit}`]);
  } catch (error) {
    // A tag may name a file or a tree.
    if (error instanceof GitFailed) return object;
    throw error;
  }
}
