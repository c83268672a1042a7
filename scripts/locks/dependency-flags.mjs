import { dependenciesOf, placeOf, rootsOf } from './lock-tree.mjs';

const FLAGS = ['dev', 'optional', 'devOptional', 'peer'];

/**
 * The packages with the flags by which `npm ci --omit` chooses (docs.npmjs.com, "package-lock.json": dev, optional, devOptional; `peer` as npm writes it). Each says that the root
 * reaches the package through such a dependency only; devOptional, that it does by development and by optional ones, and by nothing else.
 */
export function withFlags(packages) {
  const roots = rootsOf(packages);
  const reached = (follow) => {
    const seen = new Set(roots);
    // A Set's iteration comes to what is added meanwhile.
    for (const place of seen)
      for (const dependency of dependenciesOf(packages[place], roots.has(place))) {
        const target = follow(dependency) ? placeOf(packages, place, dependency.name) : undefined;
        if (target !== undefined) seen.add(target);
      }
    return seen;
  };
  const withoutDev = reached(({ kind }) => kind !== 'dev');
  const withoutOptional = reached(({ missable }) => !missable);
  const withoutBoth = reached(({ kind, missable }) => kind !== 'dev' && !missable);
  const withoutPeer = reached(({ kind }) => kind !== 'peer');
  return Object.fromEntries(
    Object.entries(packages).map(([place, entry]) => {
      if (entry.link === true || roots.has(place)) return [place, entry];
      const dev = !withoutDev.has(place);
      const optional = !withoutOptional.has(place);
      const flags = { dev, optional, devOptional: !dev && !optional && !withoutBoth.has(place), peer: !withoutPeer.has(place) };
      return [place, { ...entry, ...Object.fromEntries(FLAGS.filter((flag) => flags[flag]).map((flag) => [flag, true])) }];
    }),
  );
}

/** An entry without those flags: they say how another root reaches it. */
export function withoutFlags(entry) {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !FLAGS.includes(key)));
}
