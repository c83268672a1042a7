import { createHash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** A repo with a CDK app of its own. */
export interface Repo {
  readonly name: string;
  readonly directory: string;
}

/** A repo and the folder of its cloud assembly. */
export interface SynthesizedRepo extends Repo {
  readonly assembly: string;
}

/** Every folder of the workspace that holds a CDK app. */
export function findRepos(root: string): Repo[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, 'cdk.json')))
    .map(({ name }) => ({ name, directory: join(root, name) }));
}

const NOT_SOURCE = new Set(['node_modules', 'cdk.out', 'dist', '.local', 'coverage']);
/** A repo's own words about itself; what else is Markdown is a page of a site. */
const NOT_SYNTHESIZED = /^(README|RUNBOOK|LIMITS)\.md$|\.(test\.ts|tsbuildinfo)$/;

/** SHA-256 over the names and contents of all files in these folders, without what is built, tests, READMEs and RUNBOOKs. */
export function hashOf(paths: readonly string[], salt: string): string {
  const hash = createHash('sha256').update(salt);
  for (const path of paths) {
    const files = globSync('**/*', {
      cwd: path,
      exclude: (entry) => NOT_SOURCE.has(entry.split('/').at(-1) ?? ''),
    })
      .filter((file) => !NOT_SYNTHESIZED.test(file))
      .sort();
    for (const file of files) {
      const full = join(path, file);
      try {
        hash.update(`\0${file}\0`).update(readFileSync(full));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
      }
    }
  }
  return hash.digest('hex');
}

/** SHA-256 over what a deployment depends on in an assembly: its templates, and its assets by their own hashes. */
export function hashOfAssembly({ assembly }: SynthesizedRepo): string {
  const hash = createHash('sha256');
  for (const file of globSync('*.{template,assets}.json', { cwd: assembly }).sort())
    hash.update(`\0${file}\0`).update(readFileSync(join(assembly, file)));
  return hash.digest('hex');
}

const manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z.object({ templateFile: z.string().optional(), stackName: z.string().optional() }).optional(),
    }),
  ),
});

const template = z.object({
  Parameters: z.record(z.string(), z.object({ Type: z.string(), Default: z.unknown().optional() })).optional(),
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() })),
});

export interface SynthesizedStack {
  readonly stackName: string;
  readonly templateFile: string;
  /** Names of SSM parameters that the template writes and reads: the soft exports between repos. */
  readonly writes: readonly string[];
  readonly reads: readonly string[];
}

/** The stacks in a repo's cloud assembly. */
export function stacksOf(repo: SynthesizedRepo): SynthesizedStack[] {
  const { artifacts } = manifest.parse(JSON.parse(readFileSync(join(repo.assembly, 'manifest.json'), 'utf8')));
  return Object.entries(artifacts)
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, { properties }]) => {
      const templateFile = join(repo.assembly, properties?.templateFile ?? `${id}.template.json`);
      const { Parameters = {}, Resources } = template.parse(JSON.parse(readFileSync(templateFile, 'utf8')));
      return {
        stackName: properties?.stackName ?? id,
        templateFile,
        writes: Object.values(Resources).flatMap(({ Type, Properties }) =>
          Type === 'AWS::SSM::Parameter' && typeof Properties?.['Name'] === 'string' ? [Properties['Name']] : [],
        ),
        reads: Object.values(Parameters).flatMap(({ Type, Default }) =>
          Type.startsWith('AWS::SSM::Parameter::Value<') && typeof Default === 'string' && !Default.startsWith('/cdk-bootstrap/')
            ? [Default]
            : [],
        ),
      };
    });
}

/** The repos whose parameters a repo reads, without itself. */
export function reposRead(repo: SynthesizedRepo, repos: readonly SynthesizedRepo[]): SynthesizedRepo[] {
  const reads = new Set(stacksOf(repo).flatMap((stack) => stack.reads));
  return repos.filter((other) => other !== repo && stacksOf(other).some((stack) => stack.writes.some((name) => reads.has(name))));
}

/** Puts a repo behind every repo whose parameters it reads. Throws when they wait for each other. */
export function inDeploymentOrder(repos: readonly SynthesizedRepo[]): SynthesizedRepo[] {
  const stacks = new Map(repos.map((repo) => [repo, stacksOf(repo)]));
  const ordered: SynthesizedRepo[] = [];
  const waiting = new Set(repos);
  while (waiting.size > 0) {
    const unwritten = new Set([...waiting].flatMap((repo) => stacks.get(repo)?.flatMap((stack) => stack.writes) ?? []));
    const next = [...waiting].filter((repo) => {
      const own = new Set(stacks.get(repo)?.flatMap((stack) => stack.writes) ?? []);
      return stacks.get(repo)?.every((stack) => stack.reads.every((name) => own.has(name) || !unwritten.has(name)));
    });
    if (next.length === 0)
      throw new Error(`These repos wait for each other's parameters: ${[...waiting].map((repo) => repo.name).join(', ')}`);
    for (const repo of next) {
      ordered.push(repo);
      waiting.delete(repo);
    }
  }
  return ordered;
}
