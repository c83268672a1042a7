import { z } from 'zod';
import { lookInto } from '../delivery/accounts.ts';
import type { PipelineDeclaration } from '../delivery/codepipeline-answers.ts';
import { type Look, route } from './route.ts';

const one = '/pipelines/:account/:region/:name';
const name = z.string().min(1).max(100);
const execution = z.string().min(1).max(100);

interface Started {
  readonly pipelineExecutionId: string;
}

/** What the developer at the machine may have CodePipeline do, by its own operations and as the account's administrator. */
export const pipelineChanges = [
  route({
    method: 'POST',
    pattern: `${one}/approvals`,
    body: z.strictObject({
      stage: name,
      action: name,
      token: z.string().min(1).max(100),
      status: z.enum(['Approved', 'Rejected']),
      comment: z.string().max(512),
    }),
    handle: async ({ cloud }, { params, body: { stage, action, token, status, comment } }) => {
      const { approvedAt } = await lookInto(cloud, 'codepipeline', params).call<{ approvedAt: Date }>('codepipeline', 'PutApprovalResult', {
        pipelineName: params['name'],
        stageName: stage,
        actionName: action,
        token,
        result: { status, summary: comment },
      });
      return { decided_at: approvedAt.toISOString() };
    },
  }),
  route({
    method: 'POST',
    pattern: `${one}/starts`,
    /** Without a commit the branch's newest one. */
    body: z.strictObject({ commit: z.string().min(1).max(100).optional() }),
    handle: async ({ cloud }, { params, body: { commit } }) => {
      const look = lookInto(cloud, 'codepipeline', params);
      const sourceRevisions =
        commit === undefined
          ? []
          : [{ actionName: await sourceAction(look, params['name']), revisionType: 'COMMIT_ID', revisionValue: commit }];
      return started(await look.call<Started>('codepipeline', 'StartPipelineExecution', { name: params['name'], sourceRevisions }));
    },
  }),
  route({
    method: 'POST',
    pattern: `${one}/stops`,
    body: z.strictObject({ execution, abandon: z.boolean(), reason: z.string().max(200) }),
    handle: async ({ cloud }, { params, body }) =>
      started(
        await lookInto(cloud, 'codepipeline', params).call<Started>('codepipeline', 'StopPipelineExecution', {
          pipelineName: params['name'],
          pipelineExecutionId: body.execution,
          abandon: body.abandon,
          ...(body.reason === '' ? {} : { reason: body.reason }),
        }),
      ),
  }),
  route({
    method: 'POST',
    pattern: `${one}/retries`,
    body: z.strictObject({ stage: name, execution, mode: z.enum(['FAILED_ACTIONS', 'ALL_ACTIONS']) }),
    handle: async ({ cloud }, { params, body }) =>
      started(
        await lookInto(cloud, 'codepipeline', params).call<Started>('codepipeline', 'RetryStageExecution', {
          pipelineName: params['name'],
          stageName: body.stage,
          pipelineExecutionId: body.execution,
          retryMode: body.mode,
        }),
      ),
  }),
  route({
    method: 'POST',
    pattern: `${one}/rollbacks`,
    body: z.strictObject({ stage: name, target: execution }),
    handle: async ({ cloud }, { params, body }) =>
      started(
        await lookInto(cloud, 'codepipeline', params).call<Started>('codepipeline', 'RollbackStage', {
          pipelineName: params['name'],
          stageName: body.stage,
          targetPipelineExecutionId: body.target,
        }),
      ),
  }),
];

/** The action that finds the commit. */
async function sourceAction(look: Look, pipelineName: string | undefined): Promise<string | undefined> {
  const { pipeline } = await look.call<{ pipeline: PipelineDeclaration }>('codepipeline', 'GetPipeline', { name: pipelineName });
  return pipeline.stages[0]?.actions[0]?.name;
}

const started = ({ pipelineExecutionId }: Started) => ({ execution: pipelineExecutionId });
