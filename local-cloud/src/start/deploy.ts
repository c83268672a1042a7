import { existsSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { AwsError } from '../kernel/aws-error.ts';
import type { Cloud } from '../kernel/cloud.ts';
import { administratorOf } from '../kernel/principal.ts';
import { type CdkTarget, cdk } from './cdk-cli.ts';
import { type Progress, StartError } from './progress.ts';
import { findRepos, hashOfAssembly, hasStacks, inDeploymentOrder, type Repo, type SynthesizedRepo, stackNamesOf } from './repos.ts';
import { hashOf } from './source-hash.ts';
import type { Stamps } from './stamps.ts';

export interface Deployment {
  /** The workspace's folder. */
  readonly root: string;
  readonly cloud: Cloud;
  readonly target: CdkTarget;
  /** Stamps of what is deployed in this local cloud. */
  readonly deployed: Stamps;
  readonly progress: Progress;
  /** What was said to be without effect already: the same templates come into several accounts. */
  readonly saidInert?: Set<string>;
}

/**
 * Synthesizes every repo's CDK app with the CDK CLI, each into a folder named by a hash of what it was made from: what is
 * there already isn't made again, and several local clouds of one workspace don't meet.
 */
export async function synthesize({ root, target, progress }: Deployment, packagesHash: string): Promise<SynthesizedRepo[]> {
  const repos = findRepos(root).filter(hasStacks);
  const made = new Map<string, SynthesizedRepo>();
  const waiting = [...repos];
  const work = async () => {
    for (let repo = waiting.shift(); repo !== undefined; repo = waiting.shift()) {
      made.set(repo.name, { ...repo, assembly: await assemblyOf(repo, { root, target, progress }, packagesHash) });
    }
  };
  // A CDK app with its bundler takes half a gigabyte of memory and a whole core.
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), repos.length) }, work));
  return repos.map((repo) => made.get(repo.name) as SynthesizedRepo);
}

async function assemblyOf(
  repo: Repo,
  { root, target, progress }: Pick<Deployment, 'root' | 'target' | 'progress'>,
  packagesHash: string,
): Promise<string> {
  const hash = hashOf([repo.directory], `${packagesHash} ${target.account} ${target.region}`).slice(0, 16);
  const assemblies = join(root, '.local', 'assemblies', repo.name);
  const assembly = join(assemblies, hash);
  if (existsSync(join(assembly, 'manifest.json'))) return assembly;
  await progress.step(`Synthesizing ${repo.name}`, async () => {
    const temporary = join(assemblies, `${hash}.${process.pid}`);
    const { code, output } = await cdk(repo.directory, ['synth', '--quiet', '--output', temporary], target);
    if (code !== 0) throw new StartError(`${repo.name} does not synthesize:\n${output}`);
    rmSync(assembly, { recursive: true, force: true });
    renameSync(temporary, assembly);
  });
  return assembly;
}

/** Deploys CDK's bootstrap stack and every repo's stacks, each as soon as those are deployed whose parameters it reads. */
export async function deployAll(deployment: Deployment, repos: readonly SynthesizedRepo[]): Promise<void> {
  const { target, deployed, progress, cloud, saidInert = new Set<string>() } = deployment;
  const caller = { principal: administratorOf(target.account), account: target.account, region: target.region };
  const [first] = repos;
  if (first === undefined) throw new StartError('There is no repo with a cdk.json to deploy.');
  if (!(await isDeployed(cloud, 'CDKToolkit', caller))) {
    await progress.step('Bootstrapping the account for the CDK', async (tell) => {
      // In a folder without a cdk.json, so that the CLI doesn't synthesize an app that it doesn't need.
      const args = ['bootstrap', `aws://${target.account}/${target.region}`];
      const { code, output } = await cdk(first.directory, args, target, { onLine: sayInert(tell, saidInert), cwd: target.home });
      if (code !== 0) throw new StartError(`cdk bootstrap failed:\n${output}`);
    });
  }
  const ended = new Map<SynthesizedRepo, Promise<void>>();
  for (const { repo, waitsFor } of inDeploymentOrder(repos))
    ended.set(
      repo,
      Promise.all(waitsFor.map((other) => ended.get(other))).then(() => deployRepo(repo)),
    );
  const failed = (await Promise.allSettled(ended.values())).find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;

  async function deployRepo(repo: SynthesizedRepo): Promise<void> {
    const stacks = stackNamesOf(repo);
    const key = `deploy ${repo.name} ${target.account} ${target.region}`;
    const hash = hashOfAssembly(repo);
    const there = (await Promise.all(stacks.map((stack) => isDeployed(cloud, stack, caller)))).every(Boolean);
    if (there && deployed.is(key, hash)) return;
    await progress.step(`Deploying ${stacks.join(', ')} (${repo.name})`, async (tell) => {
      const args = ['deploy', '--app', repo.assembly, '--all', '--require-approval', 'never', '--progress', 'events'];
      const { code, output } = await cdk(repo.directory, args, target, { onLine: sayInert(tell, saidInert) });
      if (code !== 0) throw new StartError(`${repo.name} could not be deployed:\n${output}`);
    });
    deployed.set(key, hash);
  }
}

/** Hands on what CloudFormation says it has accepted without effect. */
function sayInert(tell: (line: string) => void, said: Set<string>): (line: string) => void {
  return (line) => {
    const text = /accepted without effect.*$/i.exec(line)?.[0];
    if (text === undefined) return;
    const resource = /AWS::\w+::\w+/.exec(line)?.[0] ?? '';
    const sentence = `${resource}: ${text}`;
    if (!said.has(sentence)) tell(sentence);
    said.add(sentence);
  };
}

/** Whether a stack stands there as its last deployment wanted it. Throws what CloudFormation throws. */
export async function isDeployed(cloud: Cloud, StackName: string, caller: Parameters<Cloud['call']>[3]): Promise<boolean> {
  try {
    const { Stacks } = await cloud.call<{ Stacks: { StackStatus: string }[] }>('cloudformation', 'DescribeStacks', { StackName }, caller);
    return /^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(Stacks[0]?.StackStatus ?? '');
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ValidationError') return false;
    throw error;
  }
}
