import { Duration, Stack } from 'aws-cdk-lib';
import { type BuildEnvironment, ComputeType } from 'aws-cdk-lib/aws-codebuild';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { type CfnPipeline, ExecutionMode, Pipeline, PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { CodeBuildStep, CodePipeline, CodePipelineSource, type FileSet, type IFileSetProducer, type Step } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { BranchChecks } from './branch-checks.ts';
import { type DeliveredRepo, pipelineStackPrefix } from './delivery-names.ts';
import type { Organization, OrganizationStage } from './organization.ts';
import { acknowledgePipeline } from './pipeline-findings.ts';
import { packageEnvironment, serviceBuildSpec } from './service-buildspec.ts';
import { SharedDelivery } from './shared-delivery.ts';

/** Exact versions of CDK's tools in the pipeline's own builds: `aws-cdk@3.0.0`, which npm's `latest` once was, can't deploy, and cdk-assets refuses newer libraries. */
const cdkTools = { cliVersion: '2.1148.1', cdkAssetsCliVersion: '4.7.3' } as const;

/** What stages are called in a pipeline. */
export const shownStage: Readonly<Record<OrganizationStage['stage'], string>> = { dev: 'Dev', test: 'Test', prod: 'Prod' };

export interface DeliveryPipelineProps {
  readonly organization: Organization;
  readonly repo: DeliveredRepo;
}

/**
 * What the pipelines of all repos have in common (CDK Pipelines on CodePipeline V2): source > build by the one shared buildspec > its own update, and the checks of branches. A newer push
 * overtakes an older one that waits (execution mode SUPERSEDED). What a stage is, whoever extends it says, and then calls `finish`.
 */
export abstract class DeliveryPipeline extends Stack {
  readonly #props: DeliveryPipelineProps;
  readonly #environment: BuildEnvironment;
  readonly #codePipeline: Pipeline;
  protected readonly shared: SharedDelivery;
  protected readonly source: CodePipelineSource;
  /** What the build hands on: the cloud assembly. */
  protected readonly assembly: IFileSetProducer;
  protected readonly pipeline: CodePipeline;

  constructor(scope: Construct, id: string, props: DeliveryPipelineProps) {
    const { organization, repo } = props;
    const { account } = organization.delivery;
    if (!id.startsWith(pipelineStackPrefix))
      throw new Error(`${id} must begin with ${pipelineStackPrefix}: no account would trust the roles of the pipeline of ${repo}`);
    super(scope, id, {
      stackName: id,
      env: { account, region: organization.region },
      description: `ENStratus: the pipeline by which ${repo} delivers itself`,
      tags: { system: 'enstratus', repo },
    });
    this.#props = props;
    this.shared = new SharedDelivery(this);
    this.#environment = { buildImage: this.shared.image, computeType: ComputeType.SMALL };
    this.source = this.#source(organization, repo);
    const synth = new CodeBuildStep('Synth', {
      input: fileSet(this.source),
      commands: [],
      env: packageEnvironment(account),
      role: this.shared.role('buildRoleArn'),
      partialBuildSpec: serviceBuildSpec(),
      primaryOutputDirectory: 'cdk.out',
      timeout: Duration.minutes(30),
    });
    this.assembly = fileSet(synth);
    this.#codePipeline = new Pipeline(this, 'Pipeline', {
      pipelineName: repo,
      pipelineType: PipelineType.V2,
      executionMode: ExecutionMode.SUPERSEDED,
      restartExecutionOnUpdate: true,
      artifactBucket: this.shared.artifacts,
    });
    this.pipeline = new CodePipeline(this, 'Delivery', {
      codePipeline: this.#codePipeline,
      // Its type says that it may hand on nothing; handed on as files alone, CDK would not see that it is the step that synthesizes.
      synth: synth as unknown as IFileSetProducer,
      ...cdkTools,
      publishAssetsInParallel: false,
      codeBuildDefaults: { buildEnvironment: this.#environment, timeout: Duration.minutes(20) },
    });
  }

  /**
   * Builds the pipeline of what was added.
   *
   * @param goesBack Whether CodePipeline takes a stage of the organization back when it fails: to the newest execution that went through it and was no rollback itself ("Configure a stage for
   * automatic rollback", CodePipeline User Guide), whatever was rolled back by hand since.
   */
  protected finish({ goesBack }: { readonly goesBack: boolean }): void {
    const { organization, repo } = this.#props;
    const names = goesBack ? organization.stages.map(({ stage }) => shownStage[stage]) : [];
    this.pipeline.buildPipeline();
    const resource = this.#codePipeline.node.defaultChild as CfnPipeline;
    for (const [index, stage] of this.#codePipeline.stages.entries()) {
      if (names.includes(stage.stageName)) resource.addPropertyOverride(`Stages.${index}.OnFailure`, { Result: 'ROLLBACK' });
    }
    this.#codePipeline.onStateChange('Failed', {
      description: `Tells when the pipeline of ${repo} has failed`,
      eventPattern: { detail: { state: ['FAILED'] } },
      target: new SnsTopic(this.shared.failures),
    });
    new BranchChecks(this, 'Checks', { organization, repo, shared: this.shared, environment: this.#environment });
    acknowledgePipeline(this, this.pipeline);
  }

  #source({ source }: Organization, repo: DeliveredRepo): CodePipelineSource {
    if (source.provider === 'CodeCommit')
      return CodePipelineSource.codeCommit(Repository.fromRepositoryName(this, 'Repository', repo), 'main');
    return CodePipelineSource.connection(`${source.owner}/${repo}`, 'main', { connectionArn: source.connection_arn });
  }
}

/** The name of a program's file after the name of its step. */
export const kebab = (name: string): string => name.replace(/(?<=[a-z0-9])[A-Z]/g, '-$&').toLowerCase();

/** What a step hands on. CDK's types say of every step that it may hand on nothing. */
function fileSet({ primaryOutput, id }: Step): FileSet {
  if (primaryOutput === undefined) throw new Error(`the step ${id} hands on no files`);
  return primaryOutput;
}
