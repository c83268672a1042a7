import { withFlags, withoutFlags } from './dependency-flags.mjs';
import { dependenciesOf, placeOf, rootsOf } from './lock-tree.mjs';

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** What the entry of a workspace says and that of an installed package doesn't. */
const OF_A_FOLDER = ['name', 'devDependencies', 'workspaces'];

/**
 * The lock file of a repo that stands alone, taken from the workspace's: every package that the repo reaches there, at the version that it has there. Nothing is asked of a registry.
 *
 * Packages of another repo (`@enstratus/…`) come with their exact version and no integrity. Their sources lie in this very tree, where commits change them between two versions: a
 * checksum would be that of one state, and every such commit would have to build and pack to renew the locks of all other repos. A registry takes a version once and keeps it.
 *
 * @param workspace the workspace's lock file, parsed
 * @param repo the repo's folder below the workspace's root
 * @param manifest the repo's package.json, parsed: `{ name, version, … }`
 * @returns the lock file (lockfileVersion 3), to be written by `lockText`
 * @throws Error where the workspace's lock lacks what the repo needs, or where the repo alone would find a package at another version than in the workspace
 */
export function repoLock(workspace, repo, manifest) {
  const { packages } = workspace;
  mustBeOf(manifest, packages[repo], repo);
  const folders = packages[repo].workspaces ?? [];
  const sources = sourcesByPlace(packages, repo, folders);
  const copied = [...sources].map(([place, source]) => [place, entryAt(packages, place, source, folders)]);
  const links = folders.map((folder) => [`node_modules/${packages[`${repo}/${folder}`].name}`, { resolved: folder, link: true }]);
  const found = Object.fromEntries([...copied, ...links]);
  found[''] = { name: manifest.name, ...found[''] };
  mustFindTheSame(packages, repo, sources, found);
  const { name, version } = manifest;
  return { name, version, lockfileVersion: workspace.lockfileVersion, requires: true, packages: withFlags(found) };
}

/** Throws where a workspace's entry in the lock file names other dependencies than its package.json. */
export function mustBeOf(manifest, entry, folder) {
  const named = (of) => JSON.stringify(KINDS.map((kind) => Object.entries(of?.[kind] ?? {}).sort()));
  if (entry === undefined || named(manifest) !== named(entry))
    throw new Error(`The workspace's package-lock.json isn't of ${folder}/package.json: npm install at the root brings it up to date.`);
}

/** Which place in the workspace each place in the repo is taken from. */
function sourcesByPlace(packages, repo, folders) {
  const sources = new Map([['', repo], ...folders.map((folder) => [folder, `${repo}/${folder}`])]);
  const taken = Object.fromEntries([...sources.keys()].map((place) => [place, {}]));
  const take = (place, source) => {
    sources.set(place, source);
    taken[place] = {};
  };
  const own = new Set(sources.values());
  const roots = new Set(sources.keys());
  // A Map's iteration comes to what is added meanwhile: what the repo itself names takes its place before what others need.
  for (const [place, from] of sources)
    for (const dependency of dependenciesOf(packages[from], roots.has(place))) {
      const source = placeOf(packages, from, dependency.name);
      // An optional peer is installed where somebody else wants it.
      if (dependency.kind === 'peer' && dependency.missable) continue;
      if (source === undefined && !dependency.missable)
        throw new Error(
          `The workspace's package-lock.json lacks ${dependency.name}, which ${from} needs: npm install at the root adds it.`,
        );
      if (source === undefined || own.has(source)) continue;
      const there = placeOf(taken, place, dependency.name);
      if (there === undefined) take(likePlace(repo, place, from, dependency.name, source), source);
      // A peer must be the one that its user has; any other package takes its own along.
      else if (sources.get(there) !== source && dependency.kind !== 'peer') take(`${place}/node_modules/${dependency.name}`, source);
    }
  return sources;
}

/** The place in the repo that is to its user what `source` is in the workspace: as far up as there. */
function likePlace(repo, place, from, name, source) {
  const above = source.slice(0, -`node_modules/${name}`.length).replace(/\/$/, '');
  if (above === '' || above === repo) return `node_modules/${name}`;
  const below = from.startsWith(above) ? from.slice(above.length) : undefined;
  const user = below !== undefined && place.endsWith(below) ? place.slice(0, place.length - below.length) : place;
  return `${user}/node_modules/${name}`;
}

function entryAt(packages, place, source, folders) {
  const entry = withoutFlags(packages[source]);
  const installedFromFolder = place !== '' && !folders.includes(place) && rootsOf(packages).has(source);
  return installedFromFolder ? Object.fromEntries(Object.entries(entry).filter(([key]) => !OF_A_FOLDER.includes(key))) : entry;
}

/** Throws where a package finds another one than in the workspace. A peer may be the version that the repo itself names: in the workspace another repo's may lie at the root. */
function mustFindTheSame(packages, repo, sources, found) {
  const roots = rootsOf(found);
  const named = new Set(dependenciesOf(packages[repo], true).map(({ name }) => name));
  for (const [place, from] of sources)
    for (const { name, kind, missable } of dependenciesOf(packages[from], roots.has(place))) {
      const inWorkspace = placeOf(packages, from, name);
      const target = placeOf(found, place, name);
      const alone = target === undefined ? undefined : sources.get(target);
      if (alone === inWorkspace || (missable && alone === undefined)) continue;
      if (kind === 'peer' && named.has(name) && alone === placeOf(packages, repo, name)) continue;
      throw new Error(
        `${repo} alone: ${place || repo} would find ${name} as ${alone ?? 'nothing'}, in the workspace it is ${inWorkspace ?? 'nothing'}.`,
      );
    }
}
