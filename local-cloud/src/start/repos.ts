import { createHash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inDeploymentOrder as orderOf, type ParameterUse, parameterUse, stacksOfAssembly, waitsFor } from '@enstratus/platform/delivery';

/** A repo with a CDK app of its own. */
export interface Repo {
  readonly name: string;
  readonly directory: string;
}

/** A repo and the folder of its cloud assembly. */
export interface SynthesizedRepo extends Repo {
  readonly assembly: string;
}

/** Whether a repo has stacks of its own, and not a pipeline alone. */
export const hasStacks = ({ directory }: Repo): boolean =>
  existsSync(join(directory, 'bin', 'app.ts')) || !existsSync(join(directory, 'bin', 'pipeline.ts'));

/** Every folder of the workspace that holds a CDK app. */
export function findRepos(root: string): Repo[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, 'cdk.json')))
    .map(({ name }) => ({ name, directory: join(root, name) }));
}

/** SHA-256 over what a deployment depends on in an assembly: its templates, and its assets by their own hashes. */
export function hashOfAssembly({ assembly }: SynthesizedRepo): string {
  const hash = createHash('sha256');
  for (const file of globSync('*.{template,assets}.json', { cwd: assembly }).sort())
    hash.update(`\0${file}\0`).update(readFileSync(join(assembly, file)));
  return hash.digest('hex');
}

/** A repo with what its stacks read and write. */
type WithStacks = ParameterUse & { readonly repo: SynthesizedRepo };

const withStacks = (repo: SynthesizedRepo): WithStacks => ({ ...parameterUse(repo.name, stacksOfAssembly(repo.assembly)), repo });

/** The names of the stacks in a repo's cloud assembly. */
export const stackNamesOf = ({ assembly }: SynthesizedRepo): string[] => stacksOfAssembly(assembly).map(({ stackName }) => stackName);

/** The repos in an order in which they can be deployed, each with those whose parameters it reads. Throws when they wait for each other. */
export function inDeploymentOrder(repos: readonly SynthesizedRepo[]): { repo: SynthesizedRepo; waitsFor: SynthesizedRepo[] }[] {
  const ordered = orderOf(repos.map(withStacks));
  return ordered.map((one) => ({ repo: one.repo, waitsFor: waitsFor(one, ordered).map(({ repo }) => repo) }));
}
