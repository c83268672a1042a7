/**
 * The repos in the order in which one can be made from the registry: who publishes before who installs. `publishes` names the packages by their folders, `needs` the repos
 * whose packages it installs. What is run in each is its own package.json's scripts, as far as it has them.
 */
export const repos = [
  { name: 'infra-repo', publishes: ['packages/contract', 'packages/platform'], needs: [] },
  { name: 'device-firmware', publishes: ['.'], needs: ['infra-repo'] },
  { name: 'ingest-repo', publishes: [], needs: ['infra-repo'] },
  { name: 'appsync-lambda-repo', publishes: [], needs: ['infra-repo'] },
  { name: 'dashboard-repo', publishes: [], needs: ['infra-repo'] },
  { name: 'local-cloud', publishes: [], needs: ['infra-repo', 'device-firmware'] },
  { name: 'docs', publishes: [], needs: ['infra-repo'] },
];

/** What is run in a repo, in this order. Synthesis needs an account and a region as a name, and neither to be there. */
export const scripts = [
  { title: 'builds', args: ['build'] },
  { title: 'type-checks', args: ['types'] },
  { title: 'tests', args: ['test'] },
  { title: 'synthesizes', args: ['synth', '--', '-c', 'account=111122223333', '-c', 'region=us-east-2'] },
  { title: 'synthesizes its pipeline', args: ['synth:pipeline'] },
  { title: 'packs what it publishes', args: ['package'] },
];

/**
 * What has to be done for the named repos (all where none is named): those in full, and of those they need only what publishing takes. Throws an Error for a name that no
 * repo has.
 */
export function plan(names) {
  const wanted = new Set(names.length === 0 ? repos.map(({ name }) => name) : names);
  const unknown = [...wanted].filter((name) => !repos.some((repo) => repo.name === name));
  if (unknown.length > 0)
    throw new Error(`There is no repo ${unknown.join(', ')}: npm run standalone [-- ${repos.map(({ name }) => name).join(' | ')}]`);
  const needed = new Set(repos.filter(({ name }) => wanted.has(name)).flatMap(({ needs }) => needs));
  // What a needed repo needs itself is named by who needs it: the list is short enough to be written out.
  return repos.filter(({ name }) => wanted.has(name) || needed.has(name)).map((repo) => ({ ...repo, inFull: wanted.has(repo.name) }));
}
