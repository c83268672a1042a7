import { AwsError } from '../../kernel/aws-error.ts';
import type { Look } from '../api/route.ts';
import type { Pipeline, PipelineAction, PipelineStage } from '../shapes/pipelines.ts';
import type { ActionDeclaration, ExecutionSummary, PipelineDeclaration, StageState } from './codepipeline-answers.ts';
import { actionState, buildIdOf, describeExecution, kindOf, stageState } from './states.ts';

/**
 * A pipeline as it stands: its stages with what is in them, and its latest executions, those among them that are in a stage or wait for one.
 * Throws what CodePipeline answers.
 */
export async function readPipeline(look: Look, name: string, latest: number): Promise<Pipeline> {
  const [{ pipeline }, { stageStates }, { pipelineExecutionSummaries: known }] = await Promise.all([
    look.call<{ pipeline: PipelineDeclaration }>('codepipeline', 'GetPipeline', { name }),
    look.call<{ stageStates: StageState[] }>('codepipeline', 'GetPipelineState', { name }),
    look.call<{ pipelineExecutionSummaries: ExecutionSummary[] }>('codepipeline', 'ListPipelineExecutions', { pipelineName: name }),
  ]);
  const stages = pipeline.stages.map(({ name: stageName, actions, onFailure }) =>
    describeStage(
      stageStates.find((one) => one.stageName === stageName) ?? { stageName, actionStates: [] },
      actions,
      onFailure?.result === 'ROLLBACK',
    ),
  );
  const inPicture = new Set(stages.flatMap(({ execution, waiting }) => [...waiting, ...(execution === undefined ? [] : [execution])]));
  return {
    account: look.caller.account,
    region: look.caller.region,
    name,
    version: pipeline.version,
    ...(await sourceOf(look, pipeline)),
    stages,
    executions: known
      .filter(({ pipelineExecutionId: id }, index) => index < latest || inPicture.has(id))
      .map((one) =>
        describeExecution(
          one,
          stages.some(({ execution, state }) => execution === one.pipelineExecutionId && state === 'needs_approval'),
        ),
      ),
  };
}

function describeStage(state: StageState, declared: readonly ActionDeclaration[], rolls_back: boolean): PipelineStage {
  const { stageName: name, latestExecution, inboundExecutions = [], inboundTransitionState: entrance } = state;
  const isUnderWay = latestExecution?.status === 'InProgress';
  const actions = declared.map((one) => describeAction(one, state, isUnderWay));
  const account = declared.find(({ actionTypeId }) => actionTypeId.category === 'Deploy')?.roleArn?.split(':')[4];
  return {
    name,
    state: stageState(
      state,
      actions.map((action) => action.state),
    ),
    ...(account === undefined ? {} : { account }),
    ...(latestExecution === undefined ? {} : { execution: latestExecution.pipelineExecutionId }),
    waiting: inboundExecutions.map(({ pipelineExecutionId }) => pipelineExecutionId),
    ...(entrance?.enabled === false
      ? {
          closed: {
            reason: entrance.disabledReason ?? '',
            by: entrance.lastChangedBy ?? '',
            at: entrance.lastChangedAt?.toISOString() ?? '',
          },
        }
      : {}),
    rolls_back,
    actions,
  };
}

function describeAction({ name, actionTypeId }: ActionDeclaration, { actionStates }: StageState, isUnderWay: boolean): PipelineAction {
  const kind = kindOf(actionTypeId);
  const latest = actionStates.find(({ actionName }) => actionName === name)?.latestExecution;
  if (latest === undefined) return { name, kind, state: isUnderWay ? 'waiting' : 'idle' };
  return {
    name,
    kind,
    state: actionState(kind, latest.status),
    at: latest.lastStatusChange.toISOString(),
    ...(latest.summary === undefined ? {} : { summary: latest.summary }),
    ...(latest.lastUpdatedBy === undefined ? {} : { by: latest.lastUpdatedBy }),
    ...(latest.errorDetails === undefined ? {} : { error: { ...latest.errorDetails } }),
    ...buildIdOf(actionTypeId, latest.externalExecutionId),
  };
}

/** Where a push starts it: the repo of its first CodeCommit action. */
async function sourceOf(look: Look, { stages }: PipelineDeclaration): Promise<Pick<Pipeline, 'source'>> {
  const action = stages[0]?.actions.find(({ actionTypeId }) => actionTypeId.provider === 'CodeCommit');
  const { RepositoryName: repository, BranchName: branch } = action?.configuration ?? {};
  if (repository === undefined || branch === undefined) return {};
  const clone_url = await cloneUrlOf(look, repository);
  return { source: { repository, branch, ...(clone_url === undefined ? {} : { clone_url }) } };
}

/** Undefined where the repo isn't there (any more). */
async function cloneUrlOf(look: Look, repositoryName: string): Promise<string | undefined> {
  try {
    const answer = await look.call<{ repositoryMetadata: { cloneUrlHttp: string } }>('codecommit', 'GetRepository', { repositoryName });
    // Git asks by HTTP Basic: the account's id is an access key id here, and any secret does.
    return answer.repositoryMetadata.cloneUrlHttp.replace('://', `://${look.caller.account}:local@`);
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}
