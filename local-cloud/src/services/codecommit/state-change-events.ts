import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller } from '../../kernel/service.ts';
import type { PullRequest } from './pull-request-store.ts';
import { type Repository, repositoryArn } from './repositories.ts';

/** A reference that was made, moved or deleted: commits, absent where there is none. */
export interface ReferenceChange {
  /** Such as `refs/heads/main`. */
  readonly fullName: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly mergeOption?: 'FAST_FORWARD_MERGE';
}

/** What EventBridge is told of with a change: who did it, and in which trace. */
export type Changer = Pick<Caller, 'account' | 'region' | 'principal' | 'traceHeader'>;

/**
 * `CodeCommit Repository State Change` (CodeCommit User Guide, "Monitoring CodeCommit events in Amazon EventBridge"): referenceCreated,
 * referenceUpdated or referenceDeleted. Of other references than branches and tags nothing is told.
 */
export function emitReferenceChange(cloud: Cloud, repository: Repository, change: ReferenceChange, by: Changer): void {
  const [, kind, name = ''] = /^refs\/(heads|tags)\/(.+)$/.exec(change.fullName) ?? [];
  if (kind === undefined) return;
  const event = change.after === undefined ? 'referenceDeleted' : change.before === undefined ? 'referenceCreated' : 'referenceUpdated';
  cloud.emitEvent({
    account: by.account,
    region: by.region,
    source: 'aws.codecommit',
    detailType: 'CodeCommit Repository State Change',
    resources: [repositoryArn(repository.name, by)],
    detail: {
      event,
      repositoryName: repository.name,
      repositoryId: repository.id,
      callerUserArn: by.principal.arn,
      referenceType: kind === 'heads' ? 'branch' : 'tag',
      referenceName: name,
      referenceFullName: change.fullName,
      ...(change.after === undefined ? {} : { commitId: change.after }),
      ...(change.before === undefined ? {} : { oldCommitId: change.before }),
      ...(change.mergeOption === undefined ? {} : { mergeOption: change.mergeOption }),
    },
    traceHeader: by.traceHeader,
  });
}

export type PullRequestEvent =
  | 'pullRequestCreated'
  | 'pullRequestSourceBranchUpdated'
  | 'pullRequestStatusChanged'
  | 'pullRequestMergeStatusUpdated';

/** `CodeCommit Pull Request State Change` (the same page). The dates' form couldn't be checked. */
export function emitPullRequestChange(cloud: Cloud, event: PullRequestEvent, request: PullRequest, by: Changer): void {
  cloud.emitEvent({
    account: by.account,
    region: by.region,
    source: 'aws.codecommit',
    detailType: 'CodeCommit Pull Request State Change',
    resources: [repositoryArn(request.repositoryName, by)],
    detail: {
      event,
      pullRequestId: request.id,
      pullRequestStatus: request.status === 'OPEN' ? 'Open' : 'Closed',
      isMerged: request.merged === undefined ? 'False' : 'True',
      ...(request.merged === undefined ? {} : { mergeOption: 'FAST_FORWARD_MERGE' }),
      title: request.title,
      ...(request.description === undefined ? {} : { description: request.description }),
      author: request.authorArn,
      callerUserArn: by.principal.arn,
      creationDate: new Date(request.created_ms).toISOString(),
      lastModifiedDate: new Date(request.active_ms).toISOString(),
      repositoryNames: [request.repositoryName],
      revisionId: request.revisionId,
      sourceReference: request.sourceReference,
      sourceCommit: request.sourceCommit,
      destinationReference: request.destinationReference,
      destinationCommit: request.destinationCommit,
      notificationBody: `A pull request event occurred in the CodeCommit repository ${request.repositoryName}: ${event}, pull request ${request.id}, by ${by.principal.arn}.`,
    },
    traceHeader: by.traceHeader,
  });
}
