import { Duration } from 'aws-cdk-lib';
import { CodeBuildStep, type IFileSetProducer, ManualApprovalStep, type Step } from 'aws-cdk-lib/pipelines';
import type { DeliveredRepo } from './delivery-names.ts';
import type { SharedDelivery } from './shared-delivery.ts';

/** Somebody decides. What is shown to them is what a step that tells the changes exports as SUMMARY. */
export function approval(name: string, told: CodeBuildStep, shared: SharedDelivery): Step {
  const gate = new ManualApprovalStep(`Approve${name}`, {
    comment: told.exportedVariable('SUMMARY'),
    notificationTopic: shared.approvals,
  });
  gate.addStepDependency(told);
  return gate;
}

export interface OvertakeProps {
  readonly repo: DeliveredRepo;
  readonly shared: SharedDelivery;
  readonly assembly: IFileSetProducer;
  /** The command of the program `overtake-older`. */
  readonly command: string;
  readonly gateStage: string;
  readonly after: Step | undefined;
}

/**
 * Ends older executions that wait at the next gate: CodePipeline keeps a stage locked while an approval waits in it, so that a newer push would wait for a
 * decision about an older one.
 */
export function overtaking(name: string, { repo, shared, assembly, command, gateStage, after }: OvertakeProps): Step {
  const step = new CodeBuildStep(`${name}Overtake`, {
    input: assembly,
    commands: [command],
    role: shared.role('overtakeRoleArn'),
    timeout: Duration.minutes(10),
    env: { PIPELINE_NAME: repo, GATE_STAGE: gateStage },
  });
  if (after !== undefined) step.addStepDependency(after);
  return step;
}
