import type { StageState } from '@aws-sdk/client-codepipeline';

/**
 * The execution that waits at a gate and that the one in the stage before it overtakes; undefined where nothing waits, and where the stage before goes back to an earlier revision: what waits then has gone through that
 * stage in order, is what the pipeline goes back to as often as not, and nothing newer has come.
 *
 * @param stages As GetPipelineState tells them, in their order ("StageState", "StageExecution", CodePipeline API Reference).
 */
export function olderAtGate(stages: readonly StageState[], gateStage: string): string | undefined {
  const index = stages.findIndex(({ stageName }) => stageName === gateStage);
  const [before, gate] = [stages[index - 1], stages[index]];
  if (before === undefined || gate === undefined) throw new Error(`The pipeline has no stage ${gateStage} behind another one`);
  const waiting = gate.latestExecution;
  if (waiting?.status !== 'InProgress' || before.latestExecution?.type === 'ROLLBACK') return undefined;
  return waiting.pipelineExecutionId === before.latestExecution?.pipelineExecutionId ? undefined : waiting.pipelineExecutionId;
}
