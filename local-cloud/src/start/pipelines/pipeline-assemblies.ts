import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type CdkTarget, cdk } from '../cdk-cli.ts';
import { type Progress, StartError } from '../progress.ts';
import { findRepos, type Repo, type SynthesizedRepo } from '../repos.ts';
import { hashOf } from '../source-hash.ts';

/** A repo whose pipeline's app is synthesized: the pipeline's own stack, and the stacks of every stage. */
export interface PipelineRepo extends Repo {
  /** The folder of the whole cloud assembly. */
  readonly assembly: string;
  /** Such as `EnstratusPipelineIngest`. */
  readonly pipelineStack: string;
  /** Folders of the stages' assemblies, by what the stage is called in the organization. */
  readonly stages: Readonly<Record<string, string>>;
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

/** Synthesizes the pipeline app (`bin/pipeline.ts`) of every repo that has one; what is there for the same sources isn't made again. */
export async function synthesizePipelines(
  { root, target, progress }: { root: string; target: CdkTarget; progress: Progress },
  packagesHash: string,
): Promise<PipelineRepo[]> {
  const repos = findRepos(root).filter(({ directory }) => existsSync(join(directory, 'bin', 'pipeline.ts')));
  const waiting = [...repos];
  const made: PipelineRepo[] = [];
  const work = async () => {
    for (let repo = waiting.shift(); repo !== undefined; repo = waiting.shift())
      made.push(await synthesized(repo, { root, target, progress }, packagesHash));
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), repos.length) }, work));
  return made.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function synthesized(
  repo: Repo,
  { root, target, progress }: { root: string; target: CdkTarget; progress: Progress },
  packagesHash: string,
): Promise<PipelineRepo> {
  const hash = hashOf([repo.directory], `${packagesHash} pipeline`).slice(0, 16);
  const folder = join(root, '.local', 'assemblies', repo.name);
  const assembly = join(folder, `pipeline-${hash}`);
  if (!existsSync(join(assembly, 'manifest.json'))) {
    await progress.step(`Synthesizing ${repo.name}'s pipeline and its stages`, async () => {
      const temporary = join(folder, `pipeline-${hash}.${process.pid}`);
      const { code, output } = await cdk(
        repo.directory,
        ['synth', '--quiet', '--app', 'node bin/pipeline.ts', '--output', temporary],
        target,
      );
      if (code !== 0) throw new StartError(`The pipeline of ${repo.name} does not synthesize:\n${output}`);
      rmSync(assembly, { recursive: true, force: true });
      renameSync(temporary, assembly);
    });
  }
  return readPipelineAssembly(repo, assembly);
}

/** Finds the pipeline's stack and the stages in an assembly. Throws an Error when it is no pipeline's. */
export function readPipelineAssembly(repo: Repo, assembly: string): PipelineRepo {
  const { artifacts } = manifestSchema.parse(JSON.parse(readFileSync(join(assembly, 'manifest.json'), 'utf8')));
  const pipelineStack = Object.entries(artifacts).find(([, { type }]) => type === 'aws:cloudformation:stack')?.[0];
  if (pipelineStack === undefined) throw new Error(`${assembly} has no stack of a pipeline`);
  const stages = Object.values(artifacts).flatMap(({ type, properties }) => {
    const stage = properties?.displayName?.split('/').at(-1)?.toLowerCase();
    return type === 'cdk:cloud-assembly' && stage !== undefined && properties?.directoryName !== undefined
      ? [[stage, join(assembly, properties.directoryName)] as const]
      : [];
  });
  return { ...repo, assembly, pipelineStack, stages: Object.fromEntries(stages) };
}

/** The repos with their stacks of one stage. */
export const inStage = (repos: readonly PipelineRepo[], stage: string): SynthesizedRepo[] =>
  repos.flatMap(({ name, directory, stages }) => (stages[stage] === undefined ? [] : [{ name, directory, assembly: stages[stage] }]));
