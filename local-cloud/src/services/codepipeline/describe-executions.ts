import type { Scope } from '../../kernel/service.ts';
import type { ActionExecutionRecord, ArtifactPlace, ExecutionRecord, PipelineStore } from './pipeline-store.ts';

/** CodePipeline API Reference, "PipelineExecution". */
export function describeExecution(execution: ExecutionRecord): object {
  return {
    pipelineName: execution.pipeline,
    pipelineVersion: execution.version,
    ...shared(execution),
    artifactRevisions: execution.revisions.map(({ artifact, revisionId, summary, url, created_ms }) => ({
      name: artifact,
      revisionId,
      revisionSummary: summary,
      revisionUrl: url,
      created: new Date(created_ms),
    })),
    variables: [],
  };
}

/** CodePipeline API Reference, "PipelineExecutionSummary". */
export function summarizeExecution(execution: ExecutionRecord): object {
  return {
    ...shared(execution),
    startTime: new Date(execution.started_ms),
    lastUpdateTime: new Date(execution.updated_ms),
    sourceRevisions: execution.revisions.map(({ actionName, revisionId, summary, url }) => ({
      actionName,
      revisionId,
      revisionSummary: summary,
      revisionUrl: url,
    })),
    ...(execution.stopReason === undefined ? {} : { stopTrigger: { reason: execution.stopReason } }),
  };
}

/** CodePipeline API Reference, "ActionExecutionDetail". */
export function describeActionExecution(record: ActionExecutionRecord, store: PipelineStore, { region }: Scope): object {
  const declaration = store
    .structure(record.pipeline, record.version)
    ?.stages.find(({ name }) => name === record.stage)
    ?.actions.find(({ name }) => name === record.action);
  return {
    pipelineExecutionId: record.executionId,
    actionExecutionId: record.id,
    pipelineVersion: record.version,
    stageName: record.stage,
    actionName: record.action,
    startTime: new Date(record.started_ms),
    lastUpdateTime: new Date(record.updated_ms),
    ...(record.updatedBy === undefined ? {} : { updatedBy: record.updatedBy }),
    status: record.status,
    input: {
      actionTypeId: declaration?.actionTypeId,
      configuration: declaration?.configuration ?? {},
      resolvedConfiguration: record.configuration,
      ...(declaration?.roleArn === undefined ? {} : { roleArn: declaration.roleArn }),
      region,
      inputArtifacts: artifacts(record.inputs),
      ...(declaration?.namespace === undefined ? {} : { namespace: declaration.namespace }),
    },
    output: {
      outputArtifacts: record.status === 'Succeeded' ? artifacts(record.outputs) : [],
      executionResult: {
        ...(record.externalId === undefined ? {} : { externalExecutionId: record.externalId }),
        ...(record.externalUrl === undefined ? {} : { externalExecutionUrl: record.externalUrl }),
        ...(record.summary === undefined && record.failure === undefined
          ? {}
          : { externalExecutionSummary: record.summary ?? record.failure?.message }),
        ...(record.failure === undefined ? {} : { errorDetails: record.failure }),
      },
      outputVariables: record.variables,
    },
  };
}

function shared(execution: ExecutionRecord): object {
  return {
    pipelineExecutionId: execution.id,
    status: execution.status,
    ...(execution.stopReason === undefined ? {} : { statusSummary: execution.stopReason }),
    trigger: { triggerType: execution.trigger.type, triggerDetail: execution.trigger.detail },
    executionMode: 'SUPERSEDED',
    executionType: execution.type,
    ...(execution.rollbackTarget === undefined
      ? {}
      : { rollbackMetadata: { rollbackTargetPipelineExecutionId: execution.rollbackTarget } }),
  };
}

function artifacts(places: Readonly<Record<string, ArtifactPlace>>): object[] {
  return Object.entries(places).map(([name, { bucket, key }]) => ({ name, s3location: { bucket, key } }));
}
