import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { operation, type Scope } from '../../kernel/service.ts';
import type { Engine } from './engine.ts';
import { existingExecution, existingPipeline, existingStage } from './lookups.ts';
import { onPipeline } from './pipeline-arn.ts';
import { describeState } from './pipeline-state.ts';
import type { PipelineStore } from './pipeline-store.ts';
import { pipelineName } from './pipeline-structure.ts';

const inStage = { pipelineName, stageName: pipelineName };
type InStage = { readonly pipelineName: string; readonly stageName: string };
const transitionType = z.enum(['Inbound', 'Outbound']);

/** Stages: their state, their entrances, retries, rollbacks and the answers to approvals. */
export function stageOperations(engine: Engine, storeOf: (scope: Scope) => PipelineStore) {
  const onStage = (action: string) => (input: InStage, scope: Scope) => [onPipeline(action, scope, input.pipelineName, input.stageName)];

  return {
    GetPipelineState: operation({
      input: z.strictObject({ name: pipelineName }),
      authorize: ({ name }, context) => [onPipeline('GetPipelineState', context, name)],
      run: ({ name }, context) => {
        const store = storeOf(context);
        return describeState(store, existingPipeline(store, name, context));
      },
    }),

    DisableStageTransition: operation({
      input: z.strictObject({ ...inStage, transitionType, reason: z.string().min(1).max(300) }),
      authorize: onStage('DisableStageTransition'),
      run: (input, context) => {
        const store = storeOf(context);
        const pipeline = existingPipeline(store, input.pipelineName, context);
        const { name } = entrance(existingStage(pipeline, input.stageName), input.transitionType, pipeline.declaration.stages[0]?.name);
        const state = { reason: input.reason, by: context.principal.arn, at_ms: context.cloud.clock() };
        store.pipelines.put(pipeline.name, { ...pipeline, closed: { ...pipeline.closed, [name]: state } });
        return {};
      },
    }),

    EnableStageTransition: operation({
      input: z.strictObject({ ...inStage, transitionType }),
      authorize: onStage('EnableStageTransition'),
      run: (input, context) => {
        const store = storeOf(context);
        const pipeline = existingPipeline(store, input.pipelineName, context);
        const { name } = entrance(existingStage(pipeline, input.stageName), input.transitionType, pipeline.declaration.stages[0]?.name);
        const { [name]: _, ...closed } = pipeline.closed;
        store.pipelines.put(pipeline.name, { ...pipeline, closed });
        engine.advance(context, pipeline.name);
        return {};
      },
    }),

    RetryStageExecution: operation({
      input: z.strictObject({ ...inStage, pipelineExecutionId: z.string(), retryMode: z.enum(['FAILED_ACTIONS', 'ALL_ACTIONS']) }),
      authorize: onStage('RetryStageExecution'),
      run: (input, context) => {
        const store = storeOf(context);
        const pipeline = existingPipeline(store, input.pipelineName, context);
        const { name } = existingStage(pipeline, input.stageName);
        if (pipeline.latest[name] !== input.pipelineExecutionId) {
          throw new AwsError(
            'NotLatestPipelineExecutionException',
            `The pipeline execution '${input.pipelineExecutionId}' is not the latest one in stage '${name}'`,
          );
        }
        const execution = existingExecution(store, pipeline, input.pipelineExecutionId);
        const status = execution.stages[name]?.status;
        const not = (why: string) =>
          new AwsError('StageNotRetryableException', `Unable to retry. Stage '${name}' can't be retried: ${why}`);
        if (execution.version !== pipeline.version) throw not('the structure of the pipeline has changed since');
        if (status !== 'Failed' && status !== 'Stopped') throw not(`it is ${status}`);
        engine.retry(context, execution, name, input.retryMode === 'ALL_ACTIONS');
        return { pipelineExecutionId: execution.id };
      },
    }),

    RollbackStage: operation({
      input: z.strictObject({ ...inStage, targetPipelineExecutionId: z.string() }),
      authorize: onStage('RollbackStage'),
      run: (input, context) => {
        const store = storeOf(context);
        const pipeline = existingPipeline(store, input.pipelineName, context);
        const { name } = existingStage(pipeline, input.stageName);
        const target = existingExecution(store, pipeline, input.targetPipelineExecutionId);
        const unable = (why: string) => new AwsError('UnableToRollbackStageException', `Unable to roll back stage '${name}': ${why}`);
        if (name === pipeline.declaration.stages[0]?.name) throw unable('a source stage cannot be rolled back');
        if (target.type === 'ROLLBACK') throw unable('the target execution is a rollback itself');
        if (target.version !== pipeline.version) {
          throw new AwsError(
            'PipelineExecutionOutdatedException',
            `The pipeline execution '${target.id}' was started in another version of the pipeline's structure`,
          );
        }
        if (target.stages[name]?.status !== 'Succeeded') throw unable('the target execution did not succeed in it');
        const trigger = { type: 'ManualRollback', detail: context.principal.arn };
        return { pipelineExecutionId: engine.rollBack(context, pipeline, name, target, trigger).id };
      },
    }),

    PutApprovalResult: operation({
      input: z.strictObject({
        ...inStage,
        actionName: pipelineName,
        result: z.strictObject({ summary: z.string().max(512), status: z.enum(['Approved', 'Rejected']) }),
        token: z.string().min(1),
      }),
      authorize: (input, context) => [onPipeline('PutApprovalResult', context, input.pipelineName, input.stageName, input.actionName)],
      run: (input, context) => {
        const store = storeOf(context);
        const pipeline = existingPipeline(store, input.pipelineName, context);
        const stage = existingStage(pipeline, input.stageName);
        if (!stage.actions.some(({ name }) => name === input.actionName)) {
          throw new AwsError('ActionNotFoundException', `Stage '${stage.name}' does not have an action with name '${input.actionName}'`);
        }
        const progress = store.execution(pipeline.latest[stage.name] ?? '')?.stages[stage.name];
        const record = store.action(progress?.actions[input.actionName] ?? '');
        if (record?.token === undefined || record.token !== input.token) {
          throw new AwsError(
            'InvalidApprovalTokenException',
            'The approval request already received a response or has expired, or its token is another one.',
          );
        }
        if (record.status !== 'InProgress') {
          throw new AwsError('ApprovalAlreadyCompletedException', 'The approval request has been answered already.');
        }
        const { summary, status } = input.result;
        engine.answerApproval(context, record, status === 'Approved', summary, context.principal.arn);
        return { approvedAt: new Date(context.cloud.clock()) };
      },
    }),
  };
}

function entrance<Stage extends { readonly name: string }>(stage: Stage, type: 'Inbound' | 'Outbound', first: string | undefined): Stage {
  if (type === 'Outbound') throw new NotCarriedOut('outbound transitions: name the next stage and Inbound');
  if (stage.name === first) throw new AwsError('ValidationException', 'The first stage of a pipeline has no inbound transition');
  return stage;
}
