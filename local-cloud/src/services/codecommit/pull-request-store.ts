import { AwsError } from '../../kernel/aws-error.ts';
import type { Collection } from '../../kernel/state.ts';

/** What one pull request asks for: the one target that AWS allows. */
export interface PullRequest {
  /** A number, counted up in each account and region. */
  readonly id: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly authorArn: string;
  readonly status: 'OPEN' | 'CLOSED';
  readonly created_ms: number;
  readonly active_ms: number;
  readonly revisionId: string;
  readonly clientRequestToken?: string | undefined;
  readonly repositoryName: string;
  /** Full names, such as `refs/heads/main`. */
  readonly sourceReference: string;
  readonly destinationReference: string;
  readonly sourceCommit: string;
  readonly destinationCommit: string;
  readonly mergeBase?: string | undefined;
  readonly merged?: { readonly by: string; readonly commit: string } | undefined;
}

/** The pull requests of one account and region. */
export class PullRequestStore {
  readonly #stored: Collection<PullRequest>;

  constructor(stored: Collection<PullRequest>) {
    this.#stored = stored;
  }

  /** Throws PullRequestDoesNotExistException. */
  get(id: string): PullRequest {
    const found = this.find(id);
    if (found === undefined) throw new AwsError('PullRequestDoesNotExistException', `${id} does not exist`);
    return found;
  }

  find(id: string): PullRequest | undefined {
    return this.#stored.get(id);
  }

  put(pullRequest: PullRequest): void {
    this.#stored.put(pullRequest.id, pullRequest);
  }

  /** Newest first. */
  of(repositoryName: string): PullRequest[] {
    return this.#stored
      .list()
      .filter((one) => one.repositoryName === repositoryName)
      .sort((a, b) => Number(b.id) - Number(a.id));
  }

  /** An id that no pull request of this account and region ever had. */
  nextId(): string {
    return String(1 + this.#stored.list().reduce((highest, { id }) => Math.max(highest, Number(id)), 0));
  }

  withToken(token: string): PullRequest | undefined {
    return this.#stored.list().find(({ clientRequestToken }) => clientRequestToken === token);
  }

  renameRepository(from: string, to: string): void {
    for (const one of this.of(from)) this.put({ ...one, repositoryName: to });
  }
}
