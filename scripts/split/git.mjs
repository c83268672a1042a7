import { spawnSync } from 'node:child_process';
import { devNull } from 'node:os';

/**
 * Runs git in a folder, or on the repository of `repository` (a folder with `.git`, never one above it), and returns what it prints, a Buffer. Neither hooks nor replaced objects of
 * this machine have a say in it. Throws an Error with git's own words.
 *
 * @param options.input what git reads
 * @param options.borrow another repository's folder of objects, in which git may find what the repository lacks
 */
export function git(args, { cwd, repository, input, borrow } = {}) {
  const place = repository === undefined ? [] : [`--git-dir=${repository}/.git`, `--work-tree=${repository}`];
  const { status, stdout, stderr, error } = spawnSync('git', ['-c', `core.hooksPath=${devNull}`, ...place, ...args], {
    cwd: cwd ?? repository,
    env: environment(borrow),
    input: input ?? '',
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  if (error?.code === 'ENOENT') throw new Error('git was not found: it is what splits the history.');
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr.toString('utf8').trim() || `ended with code ${status}`}`);
  return stdout;
}

/** What git prints as text, without the line's end. */
export const gitText = (args, options) => git(args, options).toString('utf8').trimEnd();

/** Whether git ends well: for questions that it answers by its exit code. */
export function gitHolds(args, options) {
  try {
    git(args, options);
    return true;
  } catch {
    return false;
  }
}

function environment(borrow) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_') || name === 'GIT_EXEC_PATH');
  return {
    ...Object.fromEntries(own),
    LC_ALL: 'C',
    GIT_NO_REPLACE_OBJECTS: '1',
    // Somebody may be committing meanwhile.
    GIT_OPTIONAL_LOCKS: '0',
    // Quoted: a path may hold the sign that separates paths (git's manual, GIT_ALTERNATE_OBJECT_DIRECTORIES).
    ...(borrow === undefined ? {} : { GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(borrow) }),
  };
}
