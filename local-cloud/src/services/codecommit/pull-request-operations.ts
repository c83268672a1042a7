import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { moveReference } from './branch-operations.ts';
import { commitId, onRepository, page, repositoryName } from './inputs.ts';
import type { PullRequest } from './pull-request-store.ts';
import { mergeBaseOf } from './reference-changes.ts';
import { type Repository, type RepositoryStore, repositoriesOf } from './repositories.ts';
import { emitPullRequestChange } from './state-change-events.ts';

const pullRequestId = z.string().regex(/^\d{1,18}$/, 'must be the number of a pull request');
const reference = z.string().min(1).max(256);

/** Pull requests (CodeCommit API Reference, "CreatePullRequest" and its neighbours). Of merges the fast-forward alone is carried out. */
export function pullRequestOperations(cloud: Cloud): Record<string, Operation<never, unknown>> {
  /** A pull request is asked for by its number alone: what IAM is asked about is its repository, if it has one. */
  const onPullRequest =
    (action: string, isMerge = false) =>
    (input: { readonly pullRequestId: string }, context: CallContext) => {
      const found = repositoriesOf(cloud, context).pullRequests.find(input.pullRequestId);
      const references = isMerge && found !== undefined ? [found.destinationReference] : [];
      return [onRepository(action, found?.repositoryName ?? '*', context, ...references)];
    };

  return {
    CreatePullRequest: operation({
      input: z.strictObject({
        title: z.string().max(150),
        description: z.string().max(10_240).optional(),
        targets: z
          .array(z.strictObject({ repositoryName, sourceReference: reference, destinationReference: reference.optional() }))
          .length(1, 'A pull request has one target'),
        clientRequestToken: z.string().optional(),
      }),
      authorize: (input, context) => input.targets.map((target) => onRepository('CreatePullRequest', target.repositoryName, context)),
      run: async (input, context) => {
        const store = repositoriesOf(cloud, context);
        const again = input.clientRequestToken === undefined ? undefined : store.pullRequests.withToken(input.clientRequestToken);
        if (again !== undefined) return { pullRequest: shown(again) };
        const [target] = input.targets;
        if (target === undefined) throw new AwsError('TargetRequiredException', 'A pull request target is required.');
        const repository = store.get(target.repositoryName);
        const source = await branchAt(store, repository, target.sourceReference);
        const destination = await branchAt(store, repository, target.destinationReference ?? repository.defaultBranch ?? '');
        if (source.fullName === destination.fullName)
          throw new AwsError(
            'SourceAndDestinationAreSameException',
            'The source branch and destination branch for the pull request are the same.',
          );
        const now = cloud.clock();
        const made: PullRequest = {
          id: '',
          title: input.title,
          description: input.description,
          authorArn: context.principal.arn,
          status: 'OPEN',
          created_ms: now,
          active_ms: now,
          revisionId: randomUUID().replaceAll('-', ''),
          clientRequestToken: input.clientRequestToken,
          repositoryName: repository.name,
          sourceReference: source.fullName,
          destinationReference: destination.fullName,
          sourceCommit: source.commit,
          destinationCommit: destination.commit,
          mergeBase: await mergeBaseOf(store, repository, destination.commit, source.commit),
        };
        const request = { ...made, id: store.pullRequests.nextId() };
        store.pullRequests.put(request);
        emitPullRequestChange(cloud, 'pullRequestCreated', request, context);
        return { pullRequest: shown(request) };
      },
    }),

    GetPullRequest: operation({
      input: z.strictObject({ pullRequestId }),
      authorize: onPullRequest('GetPullRequest'),
      run: (input, context) => ({ pullRequest: shown(repositoriesOf(cloud, context).pullRequests.get(input.pullRequestId)) }),
    }),

    ListPullRequests: operation({
      input: z.strictObject({
        repositoryName,
        authorArn: z.string().optional(),
        pullRequestStatus: z.enum(['OPEN', 'CLOSED']).optional(),
        maxResults: z.number().int().min(1).max(100).default(100),
        nextToken: z.string().optional(),
      }),
      authorize: (input, context) => [onRepository('ListPullRequests', input.repositoryName, context)],
      run: (input, context) => {
        const store = repositoriesOf(cloud, context);
        const { name } = store.get(input.repositoryName);
        const wanted = store.pullRequests
          .of(name)
          .filter(({ status }) => input.pullRequestStatus === undefined || status === input.pullRequestStatus)
          .filter(({ authorArn }) => input.authorArn === undefined || authorArn === input.authorArn);
        const { items, nextToken } = page(wanted, input.nextToken, input.maxResults);
        return { pullRequestIds: items.map(({ id }) => id), nextToken };
      },
    }),

    UpdatePullRequestStatus: operation({
      input: z.strictObject({ pullRequestId, pullRequestStatus: z.enum(['OPEN', 'CLOSED']) }),
      authorize: onPullRequest('UpdatePullRequestStatus'),
      run: (input, context) => {
        const store = repositoriesOf(cloud, context);
        const request = store.pullRequests.get(input.pullRequestId);
        if (input.pullRequestStatus === 'OPEN')
          throw new AwsError(
            'InvalidPullRequestStatusUpdateException',
            'The pull request status update is not valid. The only valid update is from OPEN to CLOSED.',
          );
        if (request.status === 'CLOSED') return { pullRequest: shown(request) };
        const closed: PullRequest = { ...request, status: 'CLOSED', active_ms: cloud.clock() };
        store.pullRequests.put(closed);
        emitPullRequestChange(cloud, 'pullRequestStatusChanged', closed, context);
        return { pullRequest: shown(closed) };
      },
    }),

    MergePullRequestByFastForward: operation({
      input: z.strictObject({ pullRequestId, repositoryName, sourceCommitId: commitId.optional() }),
      authorize: onPullRequest('MergePullRequestByFastForward', true),
      run: async (input, context) => {
        const store = repositoriesOf(cloud, context);
        const request = store.pullRequests.get(input.pullRequestId);
        if (request.repositoryName !== input.repositoryName)
          throw new AwsError(
            'RepositoryNotAssociatedWithPullRequestException',
            'The repository does not contain any pull requests with that pull request ID.',
          );
        if (request.status === 'CLOSED')
          throw new AwsError('PullRequestAlreadyClosedException', `Pull request ${request.id} is already closed.`);
        const merged = await fastForward(cloud, store, request, input.sourceCommitId, context);
        emitPullRequestChange(cloud, 'pullRequestMergeStatusUpdated', merged, context);
        return { pullRequest: shown(merged) };
      },
    }),
  };
}

async function fastForward(
  cloud: Cloud,
  store: RepositoryStore,
  request: PullRequest,
  expectedSource: string | undefined,
  context: CallContext,
): Promise<PullRequest> {
  const repository = store.get(request.repositoryName);
  const source = await branchAt(store, repository, request.sourceReference);
  const destination = await branchAt(store, repository, request.destinationReference);
  if (expectedSource !== undefined && expectedSource !== source.commit) {
    throw new AwsError(
      'TipOfSourceReferenceIsDifferentException',
      'The tip of the source branch in the destination repository does not match the tip of the source branch specified in your request.',
    );
  }
  const mergeBase = await mergeBaseOf(store, repository, destination.commit, source.commit);
  if (mergeBase !== destination.commit) {
    throw new AwsError(
      'ManualMergeRequiredException',
      'The pull request cannot be merged automatically into the destination branch. You must manually merge the branches and resolve any conflicts.',
    );
  }
  if (source.commit !== destination.commit) {
    const change = {
      fullName: destination.fullName,
      before: destination.commit,
      after: source.commit,
      mergeOption: 'FAST_FORWARD_MERGE' as const,
    };
    await moveReference(cloud, store, repository, change, context);
  }
  const merged: PullRequest = {
    ...request,
    status: 'CLOSED',
    active_ms: cloud.clock(),
    sourceCommit: source.commit,
    destinationCommit: destination.commit,
    mergeBase,
    merged: { by: context.principal.arn, commit: source.commit },
  };
  store.pullRequests.put(merged);
  return merged;
}

/** A branch by its name or its full one. Throws ReferenceDoesNotExistException. */
async function branchAt(store: RepositoryStore, repository: Repository, given: string): Promise<{ fullName: string; commit: string }> {
  const fullName = given.startsWith('refs/') ? given : `refs/heads/${given}`;
  const commit = fullName.startsWith('refs/heads/') ? await store.reference(repository, fullName) : undefined;
  if (commit === undefined)
    throw new AwsError('ReferenceDoesNotExistException', `The reference ${given} does not exist in ${repository.name}.`);
  return { fullName, commit };
}

function shown(request: PullRequest) {
  return {
    pullRequestId: request.id,
    title: request.title,
    description: request.description,
    lastActivityDate: new Date(request.active_ms),
    creationDate: new Date(request.created_ms),
    pullRequestStatus: request.status,
    authorArn: request.authorArn,
    pullRequestTargets: [
      {
        repositoryName: request.repositoryName,
        sourceReference: request.sourceReference,
        destinationReference: request.destinationReference,
        destinationCommit: request.destinationCommit,
        sourceCommit: request.sourceCommit,
        mergeBase: request.mergeBase,
        mergeMetadata:
          request.merged === undefined
            ? { isMerged: false }
            : { isMerged: true, mergedBy: request.merged.by, mergeCommitId: request.merged.commit, mergeOption: 'FAST_FORWARD_MERGE' },
      },
    ],
    clientRequestToken: request.clientRequestToken,
    revisionId: request.revisionId,
    approvalRules: [],
  };
}
