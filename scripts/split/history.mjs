import { git, gitText } from './git.mjs';

/** A commit of the whole history: `{ id, parents: [id], trees: Map folder > tree id, author, committer, encoding, message }`; texts are Buffers, as they stand in the commit. */

/**
 * Every commit that HEAD reaches, parents before children, each with the tree that each of the folders has in it.
 * Throws an Error where there is no history, or where it is cut off.
 */
export function readHistory(source, folders) {
  try {
    git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { cwd: source });
  } catch (error) {
    if (/was not found/.test(error.message)) throw error;
    throw new Error(`${source} has no git history: clone the repository to split it.`);
  }
  if (gitText(['rev-parse', '--is-shallow-repository'], { cwd: source }) === 'true')
    throw new Error('This clone is shallow, its history is cut off: git fetch --unshallow brings the rest.');
  const ids = gitText(['rev-list', '--topo-order', '--reverse', 'HEAD'], { cwd: source }).split('\n');
  const commits = readCommits(source, ids);
  const asked = ids.flatMap((id) => folders.map((folder) => `${id}:${folder}`));
  const answers = gitText(['cat-file', '--batch-check=%(objectname) %(objecttype)'], { cwd: source, input: `${asked.join('\n')}\n` }).split(
    '\n',
  );
  return commits.map((commit, index) => {
    const trees = folders.flatMap((folder, at) => {
      const [tree = '', type] = answers[index * folders.length + at].split(' ');
      return type === 'tree' ? [[folder, tree]] : [];
    });
    return { ...commit, trees: new Map(trees) };
  });
}

function readCommits(source, ids) {
  const text = git(['cat-file', '--batch'], { cwd: source, input: `${ids.join('\n')}\n` });
  let at = 0;
  return ids.map((id) => {
    const line = text.indexOf('\n', at);
    const size = Number(text.toString('latin1', at, line).split(' ')[2]);
    const commit = text.subarray(line + 1, line + 1 + size);
    at = line + 1 + size + 1;
    return { id, ...parseCommit(commit) };
  });
}

/** A commit object's parts (git's manual, "gitformat-commit"): headers, a line each, that go on where the next line begins with a space; an empty line; the message. */
function parseCommit(commit) {
  const end = commit.indexOf('\n\n');
  const headers = commit.toString('latin1', 0, end).split('\n');
  const named = (name) => headers.filter((header) => header.startsWith(`${name} `)).map((header) => header.slice(name.length + 1));
  const bytes = (name) => named(name).map((value) => Buffer.from(value, 'latin1'))[0];
  return {
    parents: named('parent'),
    author: bytes('author'),
    committer: bytes('committer'),
    encoding: bytes('encoding'),
    message: commit.subarray(end + 2),
  };
}
