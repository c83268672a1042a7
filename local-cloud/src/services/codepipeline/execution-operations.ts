import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, operation, type Scope } from '../../kernel/service.ts';
import { describeActionExecution, describeExecution, summarizeExecution } from './describe-executions.ts';
import type { Engine } from './engine.ts';
import { existingExecution, existingPipeline, page } from './lookups.ts';
import { onPipeline } from './pipeline-arn.ts';
import { isOpen, type PipelineStore } from './pipeline-store.ts';
import { pipelineName } from './pipeline-structure.ts';

const executionId = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be the id of an execution');
const paging = { maxResults: z.number().int().min(1).max(100).default(100), nextToken: z.string().optional() };

/** Executions: start, stop, and what became of them. */
export function executionOperations(engine: Engine, storeOf: (scope: Scope) => PipelineStore) {
  const onNamed = (action: string) => (input: { readonly pipelineName: string }, context: CallContext) => [
    onPipeline(action, context, input.pipelineName),
  ];

  return {
    StartPipelineExecution: operation({
      input: z.strictObject({
        name: pipelineName,
        clientRequestToken: z
          .string()
          .max(128)
          .regex(/^[a-zA-Z0-9-]+$/)
          .optional(),
        sourceRevisions: z
          .array(z.strictObject({ actionName: pipelineName, revisionType: z.string(), revisionValue: z.string().min(1) }))
          .max(50)
          .default([]),
      }),
      authorize: ({ name }, context) => [onPipeline('StartPipelineExecution', context, name)],
      run: ({ name, clientRequestToken, sourceRevisions }, context) => {
        const store = storeOf(context);
        const pipeline = existingPipeline(store, name, context);
        context.concerns(name);
        const overrides: Record<string, string> = {};
        for (const { actionName, revisionType, revisionValue } of sourceRevisions) {
          if (revisionType !== 'COMMIT_ID') throw new NotCarriedOut(`source revisions of type ${revisionType}`);
          if (!pipeline.declaration.stages[0]?.actions.some((action) => action.name === actionName)) {
            throw new AwsError('ValidationException', `Pipeline '${name}' has no source action '${actionName}'`);
          }
          overrides[actionName] = revisionValue;
        }
        const known =
          clientRequestToken === undefined
            ? undefined
            : store.executions(name).find((one) => one.clientRequestToken === clientRequestToken);
        const execution =
          known ??
          engine.start(context, pipeline, {
            trigger: triggerOf(context),
            overrides,
            traceHeader: context.traceHeader,
            ...(clientRequestToken === undefined ? {} : { clientRequestToken }),
          });
        return { pipelineExecutionId: execution.id };
      },
    }),

    StopPipelineExecution: operation({
      input: z.strictObject({
        pipelineName,
        pipelineExecutionId: executionId,
        abandon: z.boolean().default(false),
        reason: z.string().max(200).optional(),
      }),
      authorize: onNamed('StopPipelineExecution'),
      run: ({ pipelineName: name, pipelineExecutionId, abandon, reason }, context) => {
        const store = storeOf(context);
        const pipeline = existingPipeline(store, name, context);
        const execution = store.execution(pipelineExecutionId);
        if (execution === undefined || execution.pipeline !== pipeline.name || !isOpen(execution)) {
          throw new AwsError(
            'PipelineExecutionNotStoppableException',
            `Unable to stop the pipeline execution with id '${pipelineExecutionId}': it is ${execution?.status ?? 'not there'}`,
          );
        }
        if (execution.status === 'Stopping' && !abandon) {
          throw new AwsError(
            'DuplicatedStopRequestException',
            `The pipeline execution '${pipelineExecutionId}' has been requested to stop already`,
          );
        }
        engine.stopExecution(context, execution, abandon, reason);
        return { pipelineExecutionId };
      },
    }),

    GetPipelineExecution: operation({
      input: z.strictObject({ pipelineName, pipelineExecutionId: executionId }),
      authorize: onNamed('GetPipelineExecution'),
      run: ({ pipelineName: name, pipelineExecutionId }, context) => {
        const store = storeOf(context);
        const pipeline = existingPipeline(store, name, context);
        return { pipelineExecution: describeExecution(existingExecution(store, pipeline, pipelineExecutionId)) };
      },
    }),

    ListPipelineExecutions: operation({
      input: z.strictObject({
        pipelineName,
        ...paging,
        filter: z.strictObject({ succeededInStage: z.strictObject({ stageName: pipelineName }).optional() }).optional(),
      }),
      authorize: onNamed('ListPipelineExecutions'),
      run: ({ pipelineName: name, maxResults, nextToken, filter }, context) => {
        const store = storeOf(context);
        existingPipeline(store, name, context);
        const stage = filter?.succeededInStage?.stageName;
        const executions = store.executions(name).filter(({ stages }) => stage === undefined || stages[stage]?.status === 'Succeeded');
        const { items, ...more } = page(executions, maxResults, nextToken);
        return { pipelineExecutionSummaries: items.map(summarizeExecution), ...more };
      },
    }),

    ListActionExecutions: operation({
      input: z.strictObject({
        pipelineName,
        ...paging,
        filter: z
          .strictObject({
            pipelineExecutionId: executionId.optional(),
            latestInPipelineExecution: z
              .undefined('the local cloud does not carry out latestInPipelineExecution: filter by pipelineExecutionId')
              .optional(),
          })
          .optional(),
      }),
      authorize: onNamed('ListActionExecutions'),
      run: ({ pipelineName: name, maxResults, nextToken, filter }, context) => {
        const store = storeOf(context);
        existingPipeline(store, name, context);
        const id = filter?.pipelineExecutionId;
        const actions = store.actions(name).filter(({ executionId: of }) => id === undefined || of === id);
        const { items, ...more } = page(actions, maxResults, nextToken);
        return { actionExecutionDetails: items.map((action) => describeActionExecution(action, store, context)), ...more };
      },
    }),
  };
}

/** EventBridge starts pipelines under a session name of its own; on AWS such a trigger names the rule, which isn't known here. */
function triggerOf({ principal }: CallContext): { type: string; detail: string } {
  const isEvent = principal.kind === 'role-session' && principal.arn.endsWith('/AWSEvents');
  return { type: isEvent ? 'CloudWatchEvent' : 'StartPipelineExecution', detail: principal.arn };
}
