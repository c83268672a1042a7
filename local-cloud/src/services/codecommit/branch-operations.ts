import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { requireCommit } from './commits.ts';
import { GitFailed, gitText } from './git-program.ts';
import { branchName, commitId, onRepository, page, repositoryName } from './inputs.ts';
import { afterReferenceChanges } from './reference-changes.ts';
import { type Repository, type RepositoryStore, repositoriesOf } from './repositories.ts';
import type { Changer } from './state-change-events.ts';

/** What git takes for "there is no such reference". */
const NOTHING = '0'.repeat(40);

/** Branches (CodeCommit API Reference, "CreateBranch", "GetBranch", "ListBranches", "DeleteBranch"). */
export function branchOperations(cloud: Cloud): Record<string, Operation<never, unknown>> {
  const input = z.strictObject({ repositoryName, branchName });
  const changes = (action: string) => (given: { repositoryName: string; branchName: string }, context: CallContext) => [
    onRepository(action, given.repositoryName, context, `refs/heads/${given.branchName}`),
  ];

  return {
    GetBranch: operation({
      input,
      authorize: (given, context) => [onRepository('GetBranch', given.repositoryName, context)],
      run: async (given, context) => {
        const store = repositoriesOf(cloud, context);
        const id = await store.branch(store.get(given.repositoryName), given.branchName);
        return { branch: { branchName: given.branchName, commitId: id } };
      },
    }),

    ListBranches: operation({
      input: z.strictObject({ repositoryName, nextToken: z.string().optional() }),
      authorize: (given, context) => [onRepository('ListBranches', given.repositoryName, context)],
      run: async (given, context) => {
        const store = repositoriesOf(cloud, context);
        const text = await gitText(store.directory(store.get(given.repositoryName)), [
          'for-each-ref',
          '--format=%(refname:lstrip=2)',
          'refs/heads/',
        ]);
        const { items, nextToken } = page(text === '' ? [] : text.split('\n'), given.nextToken, 1000);
        return { branches: items, nextToken };
      },
    }),

    CreateBranch: operation({
      input: z.strictObject({ repositoryName, branchName, commitId }),
      authorize: changes('CreateBranch'),
      run: async (given, context) => {
        const store = repositoriesOf(cloud, context);
        const repository = store.get(given.repositoryName);
        await requireCommit(store, repository, given.commitId);
        const fullName = `refs/heads/${given.branchName}`;
        if ((await store.reference(repository, fullName)) !== undefined) throw branchExists(given.branchName);
        await moveReference(cloud, store, repository, { fullName, after: given.commitId }, context);
        return {};
      },
    }),

    DeleteBranch: operation({
      input,
      authorize: changes('DeleteBranch'),
      run: async (given, context) => {
        const store = repositoriesOf(cloud, context);
        const repository = store.get(given.repositoryName);
        if (given.branchName === repository.defaultBranch) {
          throw new AwsError(
            'DefaultBranchCannotBeDeletedException',
            `The specified branch is the default branch for the repository, and cannot be deleted. To delete this branch, you must first set another branch as the default branch.`,
          );
        }
        const fullName = `refs/heads/${given.branchName}`;
        const before = await store.reference(repository, fullName);
        // A branch that isn't there is no error, and nothing is told of it ("DeleteBranch").
        if (before === undefined) return {};
        await moveReference(cloud, store, repository, { fullName, before }, context);
        return { deletedBranch: { branchName: given.branchName, commitId: before } };
      },
    }),
  };
}

/**
 * Makes, moves or deletes a reference, and everything that follows from it. Rejects with ConcurrentReferenceUpdateException when it isn't where
 * `before` says any more.
 */
export async function moveReference(
  cloud: Cloud,
  store: RepositoryStore,
  repository: Repository,
  change: { fullName: string; before?: string; after?: string; mergeOption?: 'FAST_FORWARD_MERGE' },
  by: Changer,
): Promise<void> {
  const { fullName, before = NOTHING, after } = change;
  try {
    await gitText(
      store.directory(repository),
      after === undefined ? ['update-ref', '-d', fullName, before] : ['update-ref', fullName, after, before],
    );
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
    throw new AwsError('ConcurrentReferenceUpdateException', `The reference ${fullName} can't be updated: ${error.message}`);
  }
  await afterReferenceChanges(cloud, store, repository, [change], by);
}

function branchExists(name: string): AwsError {
  return new AwsError('BranchNameExistsException', `Branch ${name} already exists`);
}
