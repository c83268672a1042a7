import { readFileSync } from 'node:fs';
import { type CfnOutput, Duration, Stack, Stage } from 'aws-cdk-lib';
import { ComputeType } from 'aws-cdk-lib/aws-codebuild';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { type CfnPipeline, ExecutionMode, Pipeline, PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { CodeBuildStep, CodePipeline, CodePipelineSource, type FileSet, type IFileSetProducer, type Step } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { z } from 'zod';
import type { Deployment } from '../cdk/service-app.ts';
import { BranchChecks } from './branch-checks.ts';
import type { DeliveredRepo } from './delivery-names.ts';
import { deliveryProgram } from './delivery-program.ts';
import type { Organization, OrganizationStage } from './organization.ts';
import { acknowledgePipeline } from './pipeline-findings.ts';
import { packageEnvironment, serviceBuildSpec } from './service-buildspec.ts';
import { SharedDelivery } from './shared-delivery.ts';
import { StageSteps } from './stage-steps.ts';

/** Exact versions of CDK's tools in the pipeline's own builds: `aws-cdk@3.0.0`, which npm's `latest` once was, can't deploy, and cdk-assets refuses newer libraries. */
const cdkTools = { cliVersion: '2.1148.1', cdkAssetsCliVersion: '4.7.3' } as const;

/** What a repo puts into a stage. */
export interface StageContents {
  /** What the smoke test is told, as environment variables: outputs of the stacks. */
  readonly outputs: Readonly<Record<string, CfnOutput>>;
}

export interface ServicePipelineProps {
  readonly organization: Organization;
  readonly repo: DeliveredRepo;
  /** Makes the repo's stacks in the scope, under the same names in every stage. */
  readonly contents: (scope: Stage, deployment: Deployment) => StageContents;
  /**
   * The program that asks what was deployed from outside whether it works, in each stage: its file is bundled with all it imports, runs without any right
   * in an account, and exits with another code than 0 when it doesn't.
   */
  readonly smokeTest: URL;
  /**
   * Further programs of the same kind, by the names of their steps (`SecondLook` is `DevSecondLook` in the stage Dev): each runs after the smoke test and the ones before it, and is told the
   * same outputs.
   */
  readonly afterwards?: Readonly<Record<string, URL>>;
  /** The repo's package.json: a stage must have the contract in the version that it pins before the repo's stacks are deployed there. */
  readonly manifest: URL;
  /**
   * For the repo that holds the shared packages: once its first stage works, the packages that its `npm run package` has put into `cdk.out/packages` are published. It waits for no
   * contract, since it is what brings it.
   */
  readonly publishesPackages?: boolean;
}

const shown: Readonly<Record<OrganizationStage['stage'], string>> = { dev: 'Dev', test: 'Test', prod: 'Prod' };

/**
 * The pipeline by which a repo delivers itself (CDK Pipelines on CodePipeline V2): source > build by the one shared buildspec > its own update > assets > each stage of
 * the organization. Before every stage but the first stands a gate: what would change is told, and somebody approves. Each stage ends with its
 * smoke test; when the stage fails it goes back to the revision that was there ("Configure a stage for automatic rollback"). A newer push overtakes an older one
 * that waits (execution mode SUPERSEDED), at a gate too.
 */
export class ServicePipeline extends Stack {
  constructor(scope: Construct, id: string, props: ServicePipelineProps) {
    const { organization, repo, publishesPackages = false } = props;
    const { account } = organization.delivery;
    super(scope, id, {
      stackName: id,
      env: { account, region: organization.region },
      description: `ENStratus: the pipeline by which ${repo} delivers itself`,
      tags: { system: 'enstratus', repo },
    });
    const shared = new SharedDelivery(this);
    const environment = { buildImage: shared.image, computeType: ComputeType.SMALL };
    const source = this.#source(organization, repo);
    const synth = new CodeBuildStep('Synth', {
      input: fileSet(source),
      commands: [],
      env: packageEnvironment(account),
      role: shared.role('buildRoleArn'),
      partialBuildSpec: serviceBuildSpec(),
      primaryOutputDirectory: 'cdk.out',
      timeout: Duration.minutes(30),
    });
    const codePipeline = new Pipeline(this, 'Pipeline', {
      pipelineName: repo,
      pipelineType: PipelineType.V2,
      executionMode: ExecutionMode.SUPERSEDED,
      restartExecutionOnUpdate: true,
      artifactBucket: shared.artifacts,
    });
    const pipeline = new CodePipeline(this, 'Delivery', {
      codePipeline,
      // Its type says that it may hand on nothing; handed on as files alone, CDK would not see that it is the step that synthesizes.
      synth: synth as unknown as IFileSetProducer,
      ...cdkTools,
      publishAssetsInParallel: false,
      codeBuildDefaults: { buildEnvironment: environment, timeout: Duration.minutes(20) },
    });
    const asked = Object.entries({ SmokeTest: props.smokeTest, ...props.afterwards }).map(
      ([step, program]) => [step, deliveryProgram(this, kebab(step), program)] as const,
    );
    const steps = new StageSteps(this, {
      organization,
      repo,
      shared,
      source,
      assembly: fileSet(synth),
      needsContract: publishesPackages ? undefined : contractNeeded(props.manifest),
      publishesPackages,
    });
    const names = organization.stages.map(({ stage }) => shown[stage]);
    for (const [index, target] of organization.stages.entries()) {
      const name = shown[target.stage];
      const stage = new Stage(this, name, { env: { account: target.account, region: target.region ?? organization.region } });
      for (const [key, value] of Object.entries(target.settings)) stage.node.setContext(key, value);
      const { outputs } = props.contents(stage, {
        stage: target.stage,
        env: { account: target.account, region: target.region ?? organization.region },
      });
      const changes = steps.changes(name, target, { isGated: index > 0, stage });
      const post: Step[] = [];
      for (const [step, command] of asked) post.push(steps.asks(`${name}${step}`, command, outputs, post.at(-1)));
      // Before anybody decides: other repos build with it in their first stages while this one waits at its gates.
      if (index === 0 && publishesPackages) post.push(steps.publish(post.at(-1)));
      const next = names[index + 1];
      if (next !== undefined) post.push(steps.overtake(name, `Approve${next}`, post.at(-1)));
      if (index === 0) pipeline.addStage(stage, { pre: [changes], post });
      else {
        // A stage of its own: going back must not wait for somebody who approves it.
        pipeline.addWave(`Approve${name}`, { post: [changes, steps.gate(name, changes)] });
        pipeline.addStage(stage, { post });
      }
    }
    pipeline.buildPipeline();
    const resource = codePipeline.node.defaultChild as CfnPipeline;
    for (const [index, stage] of codePipeline.stages.entries()) {
      if (names.includes(stage.stageName)) resource.addPropertyOverride(`Stages.${index}.OnFailure`, { Result: 'ROLLBACK' });
    }
    codePipeline.onStateChange('Failed', {
      description: `Tells when the pipeline of ${repo} has failed`,
      eventPattern: { detail: { state: ['FAILED'] } },
      target: new SnsTopic(shared.failures),
    });
    new BranchChecks(this, 'Checks', { organization, repo, shared, environment });
    acknowledgePipeline(this, pipeline);
  }

  #source({ source }: Organization, repo: DeliveredRepo): CodePipelineSource {
    if (source.provider === 'CodeCommit')
      return CodePipelineSource.codeCommit(Repository.fromRepositoryName(this, 'Repository', repo), 'main');
    return CodePipelineSource.connection(`${source.owner}/${repo}`, 'main', { connectionArn: source.connection_arn });
  }
}

const kebab = (name: string): string => name.replace(/(?<=[a-z0-9])[A-Z]/g, '-$&').toLowerCase();

/** What a step hands on. CDK's types say of every step that it may hand on nothing. */
function fileSet({ primaryOutput, id }: Step): FileSet {
  if (primaryOutput === undefined) throw new Error(`the step ${id} hands on no files`);
  return primaryOutput;
}

const manifestSchema = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });

/** The version of the contract that a repo pins; undefined for one that has none. */
function contractNeeded(manifest: URL): string | undefined {
  const { dependencies } = manifestSchema.parse(JSON.parse(readFileSync(manifest, 'utf8')));
  return dependencies['@enstratus/contract'];
}
