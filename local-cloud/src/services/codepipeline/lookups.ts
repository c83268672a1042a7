import { AwsError } from '../../kernel/aws-error.ts';
import type { ExecutionRecord, PipelineRecord, PipelineStore } from './pipeline-store.ts';
import type { StageDeclaration } from './pipeline-structure.ts';

/** Throws PipelineNotFoundException. */
export function existingPipeline(store: PipelineStore, name: string, scope: { account: string }): PipelineRecord {
  const pipeline = store.pipelines.get(name);
  if (pipeline === undefined) {
    throw new AwsError('PipelineNotFoundException', `Account '${scope.account}' does not have a pipeline with name '${name}'`);
  }
  return pipeline;
}

/** Throws StageNotFoundException. */
export function existingStage(pipeline: PipelineRecord, name: string): StageDeclaration {
  const stage = pipeline.declaration.stages.find((one) => one.name === name);
  if (stage === undefined) {
    throw new AwsError('StageNotFoundException', `Pipeline '${pipeline.name}' does not have a stage with name '${name}'`);
  }
  return stage;
}

/** Throws PipelineExecutionNotFoundException. */
export function existingExecution(store: PipelineStore, pipeline: PipelineRecord, id: string): ExecutionRecord {
  const execution = store.execution(id);
  if (execution === undefined || execution.pipeline !== pipeline.name) {
    throw new AwsError('PipelineExecutionNotFoundException', `Pipeline '${pipeline.name}' does not have an execution with id '${id}'`);
  }
  return execution;
}

/** One page of a list, as CodePipeline pages. Throws InvalidNextTokenException. */
export function page<T>(all: readonly T[], most: number, token: string | undefined): { items: readonly T[]; nextToken?: string } {
  const start = Number(token ?? '0');
  if (!Number.isSafeInteger(start) || start < 0) throw new AwsError('InvalidNextTokenException', 'The next token is not valid');
  return { items: all.slice(start, start + most), ...(start + most < all.length ? { nextToken: String(start + most) } : {}) };
}
