import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud } from '../../kernel/cloud.ts';
import { administratorOf } from '../../kernel/principal.ts';
import type { Caller, Scope } from '../../kernel/service.ts';
import { awsEnvironment, type CdkTarget, cdk } from '../cdk-cli.ts';
import { deployAll, isDeployed } from '../deploy.ts';
import { type FieldParticle, writeFirmwareParameters, writeParticleParameters } from '../particle-parameters.ts';
import { type Progress, StartError } from '../progress.ts';
import { runProgram } from '../run-program.ts';
import type { Stamps } from '../stamps.ts';
import { deliveryOrganization } from './delivery-organization.ts';
import { inStage, type PipelineRepo, synthesizePipelines } from './pipeline-assemblies.ts';
import { publishSharedPackages } from './publish-shared-packages.ts';
import { pushRepos } from './push-repos.ts';

export interface PipelinesOptions {
  /** The workspace's folder. */
  readonly root: string;
  /** Where state and caches are kept. */
  readonly directory: string;
  readonly cloud: Cloud;
  readonly deployed: Stamps;
  readonly progress: Progress;
  readonly packagesHash: string;
  /** The product to which every stage's devices belong here. */
  readonly particle: FieldParticle;
  /** Names of the repos whose pipelines are deployed; undefined for all that have one. */
  readonly only: readonly string[] | undefined;
}

export interface RunningPipelines {
  readonly account: string;
  readonly region: string;
  /** Account by stage. */
  readonly stages: Readonly<Record<string, string>>;
  /** Where each repo is cloned from and pushed to, by its name. */
  readonly repositories: Readonly<Record<string, string>>;
}

/**
 * Brings up what delivers: four accounts bootstrapped for the CDK, day 0 in the one of the pipelines, the whole system in each of the stages, the repos with their histories in
 * CodeCommit, the shared packages in CodeArtifact, and the pipelines. Everything comes from the synthesized templates and goes through the unmodified CDK CLI, git and npm.
 */
export async function bringUpPipelines(options: PipelinesOptions): Promise<RunningPipelines> {
  const { root, cloud, progress, deployed, directory } = options;
  const { delivery, stages, region } = deliveryOrganization();
  const target = (account: string): CdkTarget => ({
    endpoint: cloud.endpoint,
    account,
    region,
    home: join(directory, `cdk-home-${account}`),
  });
  const repos = await synthesizePipelines({ root, target: target(delivery.account), progress }, options.packagesHash);
  const accounts = { delivery: delivery.account, ...Object.fromEntries(stages.map(({ stage, account }) => [stage, account])) };
  for (const [name, account] of Object.entries(accounts)) await bootstrapAccount(name, target(account), options);
  await deployDelivery(root, target(delivery.account), options);
  await writeFirmwareParameters(cloud, administrator({ account: delivery.account, region }), options.particle);
  const saidInert = new Set<string>();
  for (const { stage, account } of stages) {
    progress.note(`  ${stage.toUpperCase()}: account ${account}`);
    await writeParticleParameters(cloud, administrator({ account, region }), options.particle);
    await deployAll({ root, cloud, target: target(account), deployed, progress, saidInert }, inStage(repos, stage));
  }
  const caller = administrator({ account: delivery.account, region });
  await publishSharedPackages({ root, directory, cloud, caller, progress });
  const repositories = await pushRepos({ root, directory, cloud, caller, progress });
  for (const repo of repos.filter(({ name }) => options.only?.includes(name) ?? true))
    await deployPipeline(repo, target(delivery.account), options);
  return {
    account: delivery.account,
    region,
    stages: Object.fromEntries(stages.map(({ stage, account }) => [stage, account])),
    repositories,
  };
}

/** By infra-repo's own command: a stage's account lets in nobody of the delivery account but its pipelines. */
async function bootstrapAccount(name: string, target: CdkTarget, { root, cloud, progress }: PipelinesOptions): Promise<void> {
  if (await isDeployed(cloud, 'CDKToolkit', administrator(target))) return;
  await progress.step(`Bootstrapping account ${target.account} (${name}) for the CDK`, async () => {
    mkdirSync(target.home, { recursive: true });
    const options = { cwd: join(root, 'infra-repo'), env: awsEnvironment(target) };
    const { code, output } = await runProgram(process.execPath, ['bin/bootstrap.ts', name], options);
    if (code !== 0) throw new StartError(`The account ${target.account} could not be bootstrapped:\n${output}`);
  });
}

async function deployDelivery(root: string, target: CdkTarget, { progress, deployed, packagesHash }: PipelinesOptions): Promise<void> {
  const key = `deploy delivery ${target.account}`;
  if (deployed.is(key, packagesHash)) return;
  await progress.step('Deploying day 0 of the pipelines (EnstratusDelivery)', async () => {
    const args = [
      'deploy',
      '--app',
      'node bin/delivery.ts',
      '--output',
      join(target.home, 'delivery.out'),
      '--all',
      '--require-approval',
      'never',
    ];
    const { code, output } = await cdk(join(root, 'infra-repo'), args, target);
    if (code !== 0) throw new StartError(`Day 0 of the pipelines could not be deployed:\n${output}`);
  });
  deployed.set(key, packagesHash);
}

async function deployPipeline(
  { name, directory, assembly, pipelineStack }: PipelineRepo,
  target: CdkTarget,
  { progress, cloud }: PipelinesOptions,
): Promise<void> {
  // From then on it updates itself.
  if (await isDeployed(cloud, pipelineStack, administrator(target))) return;
  await progress.step(`Deploying the pipeline of ${name}`, async () => {
    const args = ['deploy', '--app', assembly, pipelineStack, '--exclusively', '--require-approval', 'never'];
    const { code, output } = await cdk(directory, args, target);
    if (code !== 0) throw new StartError(`The pipeline of ${name} could not be deployed:\n${output}`);
  });
}

const administrator = ({ account, region }: Scope): Caller => ({ principal: administratorOf(account), account, region });
