/**
 * A lock file's `packages` as a tree (docs.npmjs.com, "package-lock.json", lockfileVersion 3): keys are places below the root, such as `node_modules/a/node_modules/b`; an entry with
 * `link` stands for the place in its `resolved`.
 */

/** The kinds of dependencies in the order in which a later one overrules an earlier one of the same name, as npm reads a package.json. */
const KINDS = { peerDependencies: 'peer', dependencies: 'prod', devDependencies: 'dev', optionalDependencies: 'optional' };

/**
 * What an entry depends on: `[{ name, kind: 'peer' | 'prod' | 'dev' | 'optional', missable }]`. `missable` says that nothing is wrong when it isn't there. Development dependencies
 * count `withDev` alone: npm installs them for a root and its workspaces.
 */
export function dependenciesOf(entry, withDev) {
  const found = new Map();
  for (const [key, kind] of Object.entries(KINDS)) {
    if (kind === 'dev' && !withDev) continue;
    for (const name of Object.keys(entry[key] ?? {})) {
      const missable = kind === 'optional' || (kind === 'peer' && entry.peerDependenciesMeta?.[name]?.optional === true);
      found.set(name, { name, kind, missable });
    }
  }
  return [...found.values()];
}

/** Where a package at a place finds a package of a name, as Node looks for it: beside itself, then further up. Follows a link to its place. Undefined when it isn't there. */
export function placeOf(packages, from, name) {
  for (const above of placesUpFrom(from)) {
    const place = above === '' ? `node_modules/${name}` : `${above}/node_modules/${name}`;
    const entry = packages[place];
    if (entry !== undefined) return entry.link === true ? entry.resolved : place;
  }
  return undefined;
}

/** A place and every folder above it, innermost first, the root ('') last. */
function placesUpFrom(place) {
  const parts = place === '' ? [] : place.split('/');
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), ''].filter(
    (above) => !above.endsWith('node_modules'),
  );
}

/** Places from which npm installs development dependencies too: the root and the workspaces that links stand for. */
export function rootsOf(packages) {
  return new Set(['', ...Object.values(packages).flatMap((entry) => (entry.link === true ? [entry.resolved] : []))]);
}
