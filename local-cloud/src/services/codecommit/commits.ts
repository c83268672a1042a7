import { AwsError } from '../../kernel/aws-error.ts';
import { GitFailed, gitText, runGit } from './git-program.ts';
import type { Repository, RepositoryStore } from './repositories.ts';

/** A commit as the API shows it (CodeCommit API Reference, "Commit"). */
export interface Commit {
  readonly commitId: string;
  readonly treeId: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Person;
  readonly committer: Person;
  readonly additionalData: string;
}

export interface Person {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970 and the zone, as git keeps them: `1484167798 -0800`. */
  readonly date: string;
}

/** Reads a commit's text as git keeps it (git's documentation, "gitformat-pack" and "git-cat-file": the headers, an empty line, the message). */
export function parseCommit(commitId: string, text: string): Commit {
  const end = text.indexOf('\n\n');
  const message = end < 0 ? '' : text.slice(end + 2);
  // A line that begins with a blank goes on with the one before, as in signatures.
  const headers = (end < 0 ? text : text.slice(0, end)).split(/\n(?! )/).map((line): [string, string] => {
    const blank = line.indexOf(' ');
    return [line.slice(0, blank), line.slice(blank + 1)];
  });
  const header = (name: string) => headers.find(([key]) => key === name)?.[1] ?? '';
  const known = new Set(['tree', 'parent', 'author', 'committer']);
  return {
    commitId,
    treeId: header('tree'),
    parents: headers.filter(([key]) => key === 'parent').map(([, value]) => value),
    message,
    author: personOf(header('author')),
    committer: personOf(header('committer')),
    additionalData: headers
      .filter(([key]) => !known.has(key))
      .map(([key, value]) => `${key} ${value}`)
      .join('\n'),
  };
}

function personOf(text: string): Person {
  const [, name = '', email = '', date = ''] = /^(.*?) ?<([^<>]*)> ([^<>]*)$/.exec(text) ?? [];
  return { name, email, date };
}

/** Throws CommitIdDoesNotExistException. */
export async function readCommit(store: RepositoryStore, repository: Repository, commitId: string): Promise<Commit> {
  try {
    return parseCommit(commitId, (await runGit(store.directory(repository), ['cat-file', 'commit', commitId])).toString('utf8'));
  } catch (error) {
    if (error instanceof GitFailed) throw new AwsError('CommitIdDoesNotExistException', `Commit ${commitId} does not exist`);
    throw error;
  }
}

/** Throws CommitDoesNotExistException. */
export async function requireCommit(store: RepositoryStore, repository: Repository, commitId: string): Promise<void> {
  await resolveCommit(store, repository, commitId);
}

/**
 * The commit that a specifier means: a full commit id, a branch's or tag's name, or a full reference name; without one the default branch (CodeCommit
 * API Reference, `commitSpecifier`). Throws CommitDoesNotExistException.
 */
export async function resolveCommit(store: RepositoryStore, repository: Repository, specifier = repository.defaultBranch): Promise<string> {
  const missing = new AwsError('CommitDoesNotExistException', `Commit ${specifier ?? 'of the default branch'} does not exist`);
  // git would take more for a commit: an ancestor, a range, a message.
  if (specifier === undefined || /[\s~^:?*[\\]|\.\.|@\{/.test(specifier)) throw missing;
  const candidates = /^[0-9a-f]{40}$/.test(specifier)
    ? [specifier]
    : specifier.startsWith('refs/')
      ? [specifier]
      : [`refs/heads/${specifier}`, `refs/tags/${specifier}`];
  for (const candidate of candidates) {
    try {
      return await gitText(store.directory(repository), ['rev-parse', '--verify', '--quiet', '--end-of-options', `${candidate}^{commit}`]);
    } catch (error) {
      if (!(error instanceof GitFailed)) throw error;
    }
  }
  throw missing;
}
