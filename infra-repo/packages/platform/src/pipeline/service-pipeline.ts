import { readFileSync } from 'node:fs';
import { type CfnOutput, Stage } from 'aws-cdk-lib';
import type { Step } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { z } from 'zod';
import type { Deployment } from '../cdk/service-app.ts';
import type { DeliveredRepo } from './delivery-names.ts';
import { DeliveryPipeline, kebab, shownStage } from './delivery-pipeline.ts';
import { deliveryProgram } from './delivery-program.ts';
import type { Organization } from './organization.ts';
import { StageSteps } from './stage-steps.ts';

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

/**
 * The pipeline by which a repo delivers itself (CDK Pipelines on CodePipeline V2): source > build by the one shared buildspec > its own update > assets > each stage of
 * the organization. Before every stage but the first stands a gate: what would change is told, and somebody approves. Each stage ends with its
 * smoke test; when the stage fails it goes back to the revision that was there ("Configure a stage for automatic rollback"). A newer push overtakes an older one
 * that waits (execution mode SUPERSEDED), at a gate too.
 */
export class ServicePipeline extends DeliveryPipeline {
  constructor(scope: Construct, id: string, props: ServicePipelineProps) {
    const { organization, repo, publishesPackages = false } = props;
    super(scope, id, props);
    const { shared, source, assembly, pipeline } = this;
    const asked = Object.entries({ SmokeTest: props.smokeTest, ...props.afterwards }).map(
      ([step, program]) => [step, deliveryProgram(this, kebab(step), program)] as const,
    );
    const steps = new StageSteps(this, {
      organization,
      repo,
      shared,
      source,
      assembly,
      needsContract: publishesPackages ? undefined : contractNeeded(props.manifest),
      publishesPackages,
    });
    const names = organization.stages.map(({ stage }) => shownStage[stage]);
    for (const [index, target] of organization.stages.entries()) {
      const name = shownStage[target.stage];
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
    this.finish({ goesBack: true });
  }
}

const manifestSchema = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });

/** The version of the contract that a repo pins; undefined for one that has none. */
function contractNeeded(manifest: URL): string | undefined {
  const { dependencies } = manifestSchema.parse(JSON.parse(readFileSync(manifest, 'utf8')));
  return dependencies['@enstratus/contract'];
}
