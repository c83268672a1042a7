import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { Collection, perScope } from '../../kernel/state.ts';
import { gitText, runGit } from './git-program.ts';
import { type PullRequest, PullRequestStore } from './pull-request-store.ts';

export interface Repository {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** Without `refs/heads/`; absent until the first branch is there. */
  readonly defaultBranch?: string | undefined;
  readonly created_ms: number;
  readonly modified_ms: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** One account's and region's repositories: what is known of them in a database, their objects and references in bare repositories beside it. */
export class RepositoryStore {
  readonly scope: Scope;
  readonly database: DatabaseSync;
  readonly pullRequests: PullRequestStore;
  readonly #directory: string;
  readonly #byName: Collection<Repository>;

  constructor(cloud: Cloud, scope: Scope) {
    this.scope = scope;
    this.database = cloud.state.database(scope, 'codecommit');
    this.#directory = cloud.state.directory(scope, 'codecommit');
    this.#byName = new Collection<Repository>(this.database, 'repositories');
    this.pullRequests = new PullRequestStore(new Collection<PullRequest>(this.database, 'pull_requests'));
  }

  /** Throws RepositoryDoesNotExistException. */
  get(name: string): Repository {
    const repository = this.#byName.get(name);
    if (repository === undefined) throw new AwsError('RepositoryDoesNotExistException', `${name} does not exist`);
    return repository;
  }

  has(name: string): boolean {
    return this.#byName.get(name) !== undefined;
  }

  list(): Repository[] {
    return this.#byName.list();
  }

  put(repository: Repository): void {
    this.#byName.put(repository.name, repository);
  }

  /** Makes an empty repository. Throws RepositoryNameExistsException. */
  async create(name: string, about: Pick<Repository, 'description' | 'tags'>, now: number): Promise<Repository> {
    this.#refuseTaken(name);
    const repository: Repository = { ...about, id: randomUUID(), name, created_ms: now, modified_ms: now };
    const directory = this.directory(repository);
    mkdirSync(directory, { recursive: true });
    await runGit(directory, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', '.']);
    this.#refuseTaken(name);
    this.put(repository);
    return repository;
  }

  rename(repository: Repository, name: string): void {
    this.#refuseTaken(name);
    this.put({ ...repository, name });
    this.#byName.delete(repository.name);
    this.pullRequests.renameRepository(repository.name, name);
  }

  delete(repository: Repository): void {
    this.#byName.delete(repository.name);
    rmSync(this.directory(repository), { recursive: true, force: true });
  }

  /** The folder of its bare repository. */
  directory({ id }: Repository): string {
    return join(this.#directory, `${id}.git`);
  }

  /** The commit of a branch. Throws BranchDoesNotExistException. */
  async branch(repository: Repository, name: string): Promise<string> {
    const commit = await this.reference(repository, `refs/heads/${name}`);
    if (commit === undefined) throw new AwsError('BranchDoesNotExistException', `Branch ${name} does not exist`);
    return commit;
  }

  /** What a full reference name points at, undefined when there is no such reference. */
  async reference(repository: Repository, fullName: string): Promise<string | undefined> {
    const text = await gitText(this.directory(repository), ['for-each-ref', '--format=%(refname) %(objectname)', '--', fullName]);
    // A pattern also finds what lies below it, as in a folder.
    return text
      .split('\n')
      .find((line) => line.startsWith(`${fullName} `))
      ?.slice(fullName.length + 1);
  }

  #refuseTaken(name: string): void {
    if (this.has(name)) throw new AwsError('RepositoryNameExistsException', `Repository named ${name} already exists`);
  }
}

const stores = new WeakMap<Cloud, (scope: Scope) => RepositoryStore>();

/** The repositories of this account and region. */
export function repositoriesOf(cloud: Cloud, scope: Scope): RepositoryStore {
  let open = stores.get(cloud);
  if (open === undefined) {
    open = perScope((one) => new RepositoryStore(cloud, one));
    stores.set(cloud, open);
  }
  return open(scope);
}

/** `arn:aws:codecommit:<region>:<account>:<name>` */
export function repositoryArn(name: string, { account, region }: Scope): string {
  return `arn:aws:codecommit:${region}:${account}:${name}`;
}
