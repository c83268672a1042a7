import type { ActionExecutionRecord, ExecutionRecord, PipelineRecord, PipelineStore } from './pipeline-store.ts';
import type { ActionDeclaration, StageDeclaration } from './pipeline-structure.ts';

/** What GetPipelineState answers: every stage with the execution that entered it last, and with the one that waits for it. */
export function describeState(store: PipelineStore, pipeline: PipelineRecord): object {
  const open = store.openExecutions(pipeline.name);
  return {
    pipelineName: pipeline.name,
    pipelineVersion: pipeline.version,
    stageStates: pipeline.declaration.stages.map((stage, index) => {
      const execution = store.execution(pipeline.latest[stage.name] ?? '');
      const waiting = open.filter(({ stage: wanted, entered }) => wanted === stage.name && !entered);
      return {
        stageName: stage.name,
        ...(waiting[0] === undefined ? {} : { inboundExecution: inStage(waiting[0], 'InProgress') }),
        ...(waiting.length === 0 ? {} : { inboundExecutions: waiting.map((one) => inStage(one, 'InProgress')) }),
        ...(index === 0 ? {} : { inboundTransitionState: transition(pipeline, stage) }),
        actionStates: stage.actions.map((action) => describeAction(store, execution, stage, action)),
        ...stageOf(execution, stage),
      };
    }),
    created: new Date(pipeline.created_ms),
    updated: new Date(pipeline.updated_ms),
  };
}

function stageOf(execution: ExecutionRecord | undefined, { name }: StageDeclaration): object {
  const progress = execution?.stages[name];
  if (execution === undefined || progress === undefined) return {};
  return {
    latestExecution: inStage(execution, progress.status),
    ...(progress.retries === 0
      ? {}
      : { retryStageMetadata: { manualStageRetryAttempt: progress.retries, latestRetryTrigger: 'ManualStageRetry' } }),
  };
}

function inStage({ id, type }: ExecutionRecord, status: string): object {
  return { pipelineExecutionId: id, status, type };
}

function transition({ closed }: PipelineRecord, { name }: StageDeclaration): object {
  const state = closed[name];
  if (state === undefined) return { enabled: true };
  return { enabled: false, lastChangedBy: state.by, lastChangedAt: new Date(state.at_ms), disabledReason: state.reason };
}

function describeAction(
  store: PipelineStore,
  execution: ExecutionRecord | undefined,
  stage: StageDeclaration,
  { name }: ActionDeclaration,
): object {
  const record = store.action(execution?.stages[stage.name]?.actions[name] ?? '');
  const revision = execution?.revisions.find(({ actionName }) => actionName === name);
  return {
    actionName: name,
    ...(revision === undefined
      ? {}
      : {
          currentRevision: {
            revisionId: revision.revisionId,
            revisionChangeId: revision.revisionId,
            created: new Date(revision.created_ms),
          },
          revisionUrl: revision.url,
        }),
    ...(record === undefined ? {} : { latestExecution: describeLatest(record) }),
  };
}

/** CodePipeline API Reference, "ActionExecution". The token is that of an approval that is open. */
function describeLatest(record: ActionExecutionRecord): object {
  return {
    actionExecutionId: record.id,
    status: record.status,
    ...(record.summary === undefined ? {} : { summary: record.summary }),
    lastStatusChange: new Date(record.updated_ms),
    ...(record.token === undefined || record.status !== 'InProgress' ? {} : { token: record.token }),
    ...(record.updatedBy === undefined ? {} : { lastUpdatedBy: record.updatedBy }),
    ...(record.externalId === undefined ? {} : { externalExecutionId: record.externalId }),
    ...(record.externalUrl === undefined ? {} : { externalExecutionUrl: record.externalUrl }),
    ...(record.failure === undefined ? {} : { errorDetails: record.failure }),
  };
}
