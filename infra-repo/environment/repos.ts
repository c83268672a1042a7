import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type ParameterUse, parameterUse, stacksOfAssembly } from '@enstratus/platform/delivery';
import { z } from 'zod';
import { Refusal } from './refusal.ts';
import { cdk } from './run-program.ts';

/** A repo with what it puts into a stage. */
export interface StageRepo extends ParameterUse {
  /** The folder's name, such as `ingest-repo`. */
  readonly name: string;
  readonly directory: string;
  /** The folder of the stage's part of the cloud assembly. */
  readonly assembly: string;
  readonly stackNames: readonly string[];
}

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z.looseObject({ directoryName: z.string().optional(), displayName: z.string().optional() }).optional(),
    }),
  ),
});

/** The folders beside each other that hold a repo with stacks for the stages and a pipeline that deploys them. Throws Refusal when there is none. */
export function reposIn(folder: string): { name: string; directory: string }[] {
  const programs = ['app.ts', 'pipeline.ts'];
  const found = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && programs.every((program) => existsSync(join(folder, entry.name, 'bin', program))))
    .map(({ name }) => ({ name, directory: join(folder, name) }));
  if (found.length === 0) throw new Refusal(`${folder} holds no repo with a bin/app.ts and a bin/pipeline.ts: name the folder by --repos.`);
  const bare = found.filter(({ directory }) => !isInstalled(directory)).map(({ name }) => name);
  if (bare.length > 0) throw new Refusal(`${bare.join(', ')} has no packages yet: run npm ci there.`);
  return found;
}

/** Whether a repo finds packages: its own, or those of the workspace around it. */
const isInstalled = (directory: string): boolean =>
  [directory, join(directory, '..')].some((place) => existsSync(join(place, 'node_modules', 'aws-cdk')));

/**
 * Synthesizes the pipelines' apps, which hold the stacks of every stage exactly as the pipelines deploy them, with the stage's settings in the organization's file; as many at once as
 * there are processors. `step` surrounds each.
 */
export async function synthesize(
  repos: ReturnType<typeof reposIn>,
  options: {
    readonly organization: string;
    readonly stage: string;
    /** The folder that takes the assemblies. */
    readonly assemblies: string;
    readonly env: NodeJS.ProcessEnv;
    readonly step: <T>(title: string, work: () => Promise<T>) => Promise<T>;
  },
): Promise<StageRepo[]> {
  mkdirSync(options.assemblies, { recursive: true });
  const waiting = [...repos];
  const made: StageRepo[] = [];
  const work = async () => {
    for (let repo = waiting.shift(); repo !== undefined; repo = waiting.shift()) {
      const { name, directory } = repo;
      const output = join(options.assemblies, name);
      await options.step(`Synthesize ${name}`, () =>
        cdk(
          directory,
          ['synth', '--quiet', '--app', 'node bin/pipeline.ts', '-c', `organization=${options.organization}`, '--output', output],
          options.env,
        ),
      );
      made.push(stageRepo({ name, directory }, output, options.stage));
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), repos.length) }, work));
  return made.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Finds a stage in the assembly of a pipeline's app. Throws an Error when it isn't there. */
function stageRepo(repo: { name: string; directory: string }, output: string, stage: string): StageRepo {
  const { artifacts } = manifestSchema.parse(JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')));
  const found = Object.values(artifacts).find(
    ({ type, properties }) => type === 'cdk:cloud-assembly' && properties?.displayName?.split('/').at(-1)?.toLowerCase() === stage,
  );
  const directoryName = found?.properties?.directoryName;
  if (directoryName === undefined) throw new Error(`the pipeline of ${repo.name} has no stage ${stage}`);
  const assembly = join(output, directoryName);
  const stacks = stacksOfAssembly(assembly);
  return { ...parameterUse(repo.name, stacks), ...repo, assembly, stackNames: stacks.map(({ stackName }) => stackName) };
}
