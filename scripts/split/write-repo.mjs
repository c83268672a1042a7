import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitHolds, gitText } from './git.mjs';

const INCOMING = 'refs/split/incoming';
const MAIN = 'refs/heads/main';

/**
 * Brings a folder's commits to a repository of its own, branch main, checked out. The repository is made where there is none. Nothing of it is seen before all of it is there: a run
 * that was interrupted is made good by the next.
 *
 * @param path the repository's folder
 * @param commits what `folderCommits` gives, at least one
 * @param objects the folder of objects of the repository that the commits come from
 * @returns `{ tip, added }`: the newest commit's id, and how many commits main didn't have
 * @throws Error where the place is taken, or where main has commits that this history doesn't
 */
export function writeRepo(path, commits, { objects, format }) {
  if (existsSync(path) && readdirSync(path).length > 0 && !existsSync(join(path, '.git')))
    throw new Error(`${path} is there and no git repository: name an empty folder.`);
  if (!existsSync(join(path, '.git'))) {
    mkdirSync(path, { recursive: true });
    git(['init', '--quiet', '--template=', '--initial-branch=main', `--object-format=${format}`, path], { cwd: path });
  }
  const repository = { repository: path };
  git(['fast-import', '--quiet', '--force', '--date-format=raw-permissive'], {
    ...repository,
    borrow: objects,
    input: importStream(commits),
  });
  const tip = gitText(['rev-parse', INCOMING], repository);
  const old = gitHolds(['show-ref', '--verify', '--quiet', MAIN], repository) ? gitText(['rev-parse', MAIN], repository) : undefined;
  const since = old === undefined ? [] : [`^${old}`];
  if (old !== tip) {
    // Without these the repository has the commits, and their files in the other repository only.
    git(['pack-objects', '--quiet', '--revs', '--delta-base-offset', `${path}/.git/objects/pack/pack`], {
      ...repository,
      borrow: objects,
      input: [tip, ...since, ''].join('\n'),
    });
    git(['prune-packed', '--quiet'], repository);
    git(['rev-list', '--objects', '--quiet', tip, ...since], repository);
    advance(repository, old, tip);
  }
  git(['update-ref', '-d', INCOMING], repository);
  return { tip, added: old === undefined ? commits.length : Number(gitText(['rev-list', '--count', tip, ...since], repository)) };
}

/** Moves main, and the files where it is checked out. */
function advance({ repository }, old, tip) {
  const at = { repository };
  if (old === undefined) {
    // On a branch without a commit this writes the files first, and then the branch.
    git(['reset', '--quiet', '--hard', tip], at);
    return;
  }
  if (!gitHolds(['merge-base', '--is-ancestor', old, tip], at)) {
    const ahead = gitHolds(['merge-base', '--is-ancestor', tip, old], at);
    throw new Error(
      `main of ${repository} has commits that ${ahead ? 'were made there' : "this history doesn't have"}: name another folder, and bring them back first.`,
    );
  }
  if (gitText(['rev-parse', '--symbolic-full-name', 'HEAD'], at) === MAIN) git(['merge', '--quiet', '--ff-only', tip], at);
  else git(['update-ref', MAIN, tip, old], at);
}

/** The commits as git's manual, "git-fast-import", wants them. Trees go by their ids: a folder's tree is its repository's root as it stands. */
function importStream(commits) {
  const parts = commits.flatMap(({ commit, tree, parents }, at) => {
    const { author, committer, encoding, message } = commit;
    const [first, ...merged] = parents.map((parent) => `:${parent + 1}`);
    return [
      // A commit without parents would follow the branch's newest otherwise.
      ...(first === undefined ? [`reset ${INCOMING}\n`] : []),
      `commit ${INCOMING}\nmark :${at + 1}\nauthor `,
      author,
      '\ncommitter ',
      committer,
      ...(encoding === undefined ? [] : ['\nencoding ', encoding]),
      `\ndata ${message.length}\n`,
      message,
      first === undefined ? '\n' : `\nfrom ${first}\n`,
      ...merged.map((parent) => `merge ${parent}\n`),
      tree === undefined ? 'deleteall\n\n' : `M 040000 ${tree} \n\n`,
    ];
  });
  return Buffer.concat([...parts, 'done\n'].map((part) => Buffer.from(part)));
}
