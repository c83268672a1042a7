import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { pipelineArn } from './pipeline-arn.ts';
import type { ActionExecutionRecord, ArtifactPlace, ExecutionRecord } from './pipeline-store.ts';
import type { ActionDeclaration } from './pipeline-structure.ts';

export type EventState = 'STARTED' | 'SUCCEEDED' | 'RESUMED' | 'FAILED' | 'STOPPING' | 'STOPPED' | 'CANCELED' | 'SUPERSEDED' | 'ABANDONED';

/**
 * Tells EventBridge what became of executions, stages and actions (CodePipeline User Guide, "Monitoring CodePipeline events"). On AWS each of them
 * comes at least once; here once, but for a kill in between.
 */
export class ExecutionEvents {
  readonly #cloud: Cloud;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  execution(scope: Scope, execution: ExecutionRecord, state: EventState): void {
    this.#emit(scope, execution, 'CodePipeline Pipeline Execution State Change', {
      'execution-trigger': { 'trigger-type': execution.trigger.type, 'trigger-detail': execution.trigger.detail },
      state,
    });
  }

  stage(scope: Scope, execution: ExecutionRecord, stage: string, state: EventState): void {
    this.#emit(scope, execution, 'CodePipeline Stage Execution State Change', { stage, state });
  }

  action(scope: Scope, execution: ExecutionRecord, record: ActionExecutionRecord, declaration: ActionDeclaration, state: EventState): void {
    const { owner, provider, category, version } = declaration.actionTypeId;
    const result = {
      ...(record.externalUrl === undefined ? {} : { 'external-execution-url': record.externalUrl }),
      ...(record.failure === undefined && record.summary === undefined
        ? {}
        : { 'external-execution-summary': record.failure?.message ?? record.summary }),
      ...(record.externalId === undefined ? {} : { 'external-execution-id': record.externalId }),
      ...(record.failure === undefined ? {} : { 'error-code': record.failure.code }),
    };
    this.#emit(scope, execution, 'CodePipeline Action Execution State Change', {
      ...(Object.keys(result).length === 0 ? {} : { 'execution-result': result }),
      'input-artifacts': places(record.inputs),
      'output-artifacts': places(record.outputs),
      'action-execution-id': record.id,
      stage: record.stage,
      action: record.action,
      state,
      region: scope.region,
      type: { owner, provider, category, version },
    });
  }

  #emit(scope: Scope, execution: ExecutionRecord, detailType: string, detail: Readonly<Record<string, unknown>>): void {
    this.#cloud.emitEvent({
      account: scope.account,
      region: scope.region,
      source: 'aws.codepipeline',
      detailType,
      resources: [pipelineArn(scope, execution.pipeline)],
      detail: {
        pipeline: execution.pipeline,
        'execution-id': execution.id,
        'start-time': new Date(execution.started_ms).toISOString(),
        ...detail,
        version: execution.version,
        'pipeline-execution-attempt': execution.attempt,
      },
      ...(execution.traceHeader === undefined ? {} : { traceHeader: execution.traceHeader }),
    });
  }
}

function places(artifacts: Readonly<Record<string, ArtifactPlace>>): unknown[] {
  return Object.entries(artifacts).map(([name, { bucket, key }]) => ({ name, s3location: { bucket, key } }));
}
