import type { PipelineExecution } from '@aws-sdk/client-codepipeline';

/**
 * Whether somebody has asked for an execution of the pipeline as a rollback of a stage (`rollback-stage`): only then may a group get a lower version. One that CodePipeline has begun by itself
 * goes to the newest execution that went through the stage, which may be one that was taken back by hand since ("ExecutionTrigger", CodePipeline API Reference).
 */
export const isRollbackByHand = ({ executionType, trigger }: Pick<PipelineExecution, 'executionType' | 'trigger'>): boolean =>
  executionType === 'ROLLBACK' && trigger?.triggerType === 'ManualRollback';
