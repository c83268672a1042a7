/**
 * The commits of a folder's own history: those that change the folder, and merges of lines that did, in the order of `history`. Each is `{ commit, tree, parents }`: the commit that it
 * comes from, the folder's tree in it (undefined where the folder was taken away), and the positions of its parents in the list. What a commit becomes depends on it and on what came
 * before it alone, so the same history always gives the same commits.
 */
export function folderCommits(history, folder) {
  const own = [];
  /** A commit's id > the position of what stands for it: the newest commit of the folder up to there. */
  const standsFor = new Map();
  for (const commit of history) {
    const parents = withoutOlder(own, [...new Set(commit.parents.map((id) => standsFor.get(id)).filter((at) => at !== undefined))]);
    const tree = commit.trees.get(folder);
    const unchanged = parents.length === 0 ? tree === undefined : parents.length === 1 && own[parents[0]].tree === tree;
    if (unchanged) {
      if (parents.length === 1) standsFor.set(commit.id, parents[0]);
      continue;
    }
    standsFor.set(commit.id, own.push({ commit, tree, parents }) - 1);
  }
  return own;
}

/** Positions without those from which another one descends: a merge of them merged nothing of this folder. */
function withoutOlder(own, positions) {
  if (positions.length < 2) return positions;
  const oldest = Math.min(...positions);
  const older = new Set();
  const toSee = positions.flatMap((at) => own[at].parents);
  while (toSee.length > 0) {
    const at = toSee.pop();
    if (at < oldest || older.has(at)) continue;
    older.add(at);
    toSee.push(...own[at].parents);
  }
  return positions.filter((at) => !older.has(at));
}
