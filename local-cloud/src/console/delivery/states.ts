import { z } from 'zod';
import type { ActionKind, PipelineExecution, PipelineState } from '../shapes/pipelines.ts';
import type { ActionDeclaration, ExecutionSummary, StageState } from './codepipeline-answers.ts';

const STATES: Readonly<Record<string, PipelineState>> = {
  InProgress: 'in_progress',
  Stopping: 'stopping',
  Stopped: 'stopped',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Superseded: 'superseded',
  Cancelled: 'cancelled',
  // Of an action: its execution was stopped or its pipeline changed under it.
  Abandoned: 'stopped',
};

/** CodePipeline's word for the state of an execution, a stage or an action, as the page tells it. */
export function stateOf(status: string): PipelineState {
  return STATES[status] ?? 'idle';
}

const KINDS: Readonly<Record<string, ActionKind>> = {
  Source: 'source',
  Build: 'build',
  Test: 'build',
  Deploy: 'deploy',
  Approval: 'approval',
};

export function kindOf(type: ActionDeclaration['actionTypeId'] | undefined): ActionKind {
  return KINDS[type?.category ?? ''] ?? 'other';
}

/** An approval that is under way asks somebody. */
export function actionState(kind: ActionKind, status: string): PipelineState {
  const state = stateOf(status);
  return kind === 'approval' && state === 'in_progress' ? 'needs_approval' : state;
}

/** A build's id, where an action of this kind has one. */
export function buildIdOf(type: ActionDeclaration['actionTypeId'] | undefined, externalId: string | undefined): { build_id?: string } {
  return type?.provider === 'CodeBuild' && externalId !== undefined ? { build_id: externalId } : {};
}

/** The stage as its actions have it: whoever asks for a decision comes before whatever else is under way. */
export function stageState({ latestExecution }: StageState, actions: readonly PipelineState[]): PipelineState {
  if (latestExecution === undefined) return 'idle';
  const state = stateOf(latestExecution.status);
  return state === 'in_progress' && actions.includes('needs_approval') ? 'needs_approval' : state;
}

/** An execution in which somebody has to decide `isAsked`: CodePipeline calls it under way. */
export function describeExecution(one: ExecutionSummary, isAsked: boolean): PipelineExecution {
  const [revision] = one.sourceRevisions;
  const target = one.rollbackMetadata?.rollbackTargetPipelineExecutionId;
  return {
    id: one.pipelineExecutionId,
    state: isAsked && one.status === 'InProgress' ? 'needs_approval' : stateOf(one.status),
    type: one.executionType,
    ...(revision === undefined ? {} : { commit: { id: revision.revisionId, message: revision.revisionSummary } }),
    started_at: one.startTime.toISOString(),
    updated_at: one.lastUpdateTime.toISOString(),
    started_by: { type: one.trigger.triggerType, detail: one.trigger.triggerDetail },
    ...(one.statusSummary === undefined ? {} : { reason: one.statusSummary }),
    ...(target === undefined ? {} : { rollback_target: target }),
    ...failedBefore(one.trigger),
  };
}

/** CodePipeline User Guide, "View automated rollback status": what triggered it names the execution that failed. */
const automated = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('is no JSON');
      return z.NEVER;
    }
  })
  .pipe(z.object({ FailedPipelineExecutionId: z.string() }));

function failedBefore({ triggerType, triggerDetail }: ExecutionSummary['trigger']): { failed_execution?: string } {
  const detail = triggerType === 'AutomatedRollback' ? automated.safeParse(triggerDetail) : undefined;
  return detail?.success === true ? { failed_execution: detail.data.FailedPipelineExecutionId } : {};
}
