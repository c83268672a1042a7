import { basename } from 'node:path';
import { type CfnOutput, Duration, type Stack, type Stage } from 'aws-cdk-lib';
import { CodeBuildStep, type CodePipelineSource, type IFileSetProducer, type Step } from 'aws-cdk-lib/pipelines';
import type { DeliveredRepo } from './delivery-names.ts';
import { deliveryProgram, overtakeProgram, tellChangesProgram } from './delivery-program.ts';
import { approval, overtaking } from './gate-steps.ts';
import type { Organization, OrganizationStage } from './organization.ts';
import { packageEnvironment, registryLogin } from './service-buildspec.ts';
import type { SharedDelivery } from './shared-delivery.ts';

interface StageStepsProps {
  readonly organization: Organization;
  readonly repo: DeliveredRepo;
  readonly shared: SharedDelivery;
  readonly source: CodePipelineSource;
  readonly assembly: IFileSetProducer;
  readonly needsContract: string | undefined;
  readonly publishesPackages: boolean;
}

/** CDK's role for reading an account, which `cdk bootstrap` makes ("Customize AWS CDK bootstrapping", its default qualifier). */
const lookupRole = (account: string, region: string): string =>
  `arn:aws:iam::${account}:role/cdk-hnb659fds-lookup-role-${account}-${region}`;

/** The steps that stand around each stage. Their programs lie in the cloud assembly, so that nothing is installed for them. */
export class StageSteps {
  readonly #props: StageStepsProps;
  readonly #changes: string;
  readonly #overtake: string;
  readonly #publish: string;

  constructor(stack: Stack, props: StageStepsProps) {
    this.#props = props;
    this.#changes = tellChangesProgram(stack);
    this.#overtake = overtakeProgram(stack);
    this.#publish = props.publishesPackages
      ? deliveryProgram(stack, 'publish-packages', new URL('./programs/publish-packages.js', import.meta.url))
      : '';
  }

  /**
   * Waits until the stage has the contract that the repo needs, refuses when a parameter would vanish that is still read, and tells what will
   * change: security first, then the rest, then what is paid by the month.
   */
  changes(
    name: string,
    target: OrganizationStage,
    { isGated, stage }: { readonly isGated: boolean; readonly stage: Stage },
  ): CodeBuildStep {
    const { organization, repo, shared, source, assembly, needsContract } = this.#props;
    const region = target.region ?? organization.region;
    return new CodeBuildStep(`${name}Changes`, {
      input: assembly,
      commands: [this.#changes, 'export SUMMARY="$(cat summary.txt)"'],
      role: shared.role('changesRoleArn'),
      timeout: Duration.minutes(60),
      env: {
        REPO: repo,
        STAGE: target.stage,
        STAGE_REGION: region,
        ASSEMBLY: basename(stage.outdir),
        LOOKUP_ROLE_ARN: lookupRole(target.account, region),
        COMMIT_ID: source.sourceAttribute('CommitId'),
        COMMIT_MESSAGE: source.sourceAttribute('CommitMessage'),
        APPROVALS_TOPIC_ARN: shared.approvals.topicArn,
        IS_GATED: String(isGated),
        ...(needsContract === undefined ? {} : { NEEDS_CONTRACT: needsContract }),
      },
    });
  }

  /** Somebody decides. What is shown to them comes from the step that tells the changes. */
  gate(name: string, changes: CodeBuildStep): Step {
    return approval(name, changes, this.#props.shared);
  }

  /** Ends older executions that wait at the next gate. */
  overtake(name: string, gateStage: string, after: Step | undefined): Step {
    return overtaking(name, { ...this.#props, command: this.#overtake, gateStage, after });
  }

  /**
   * Publishes the packages that the build has put into the assembly (`packages/*.tgz`): those whose version is not in the registry yet. It fails when a version
   * is there with another content.
   */
  publish(after: Step | undefined): Step {
    const { organization, shared, assembly } = this.#props;
    const step = new CodeBuildStep('PublishPackages', {
      input: assembly,
      commands: [registryLogin(), this.#publish],
      role: shared.role('publishRoleArn'),
      timeout: Duration.minutes(10),
      env: packageEnvironment(organization.delivery.account),
    });
    if (after !== undefined) step.addStepDependency(after);
    return step;
  }

  /** Asks what was deployed from outside, with no right in any account. */
  asks(id: string, command: string, outputs: Readonly<Record<string, CfnOutput>>, after: Step | undefined): Step {
    const { shared, assembly } = this.#props;
    const step = new CodeBuildStep(id, {
      input: assembly,
      commands: [command],
      role: shared.role('smokeRoleArn'),
      timeout: Duration.minutes(10),
      envFromCfnOutputs: { ...outputs },
    });
    if (after !== undefined) step.addStepDependency(after);
    return step;
  }
}
