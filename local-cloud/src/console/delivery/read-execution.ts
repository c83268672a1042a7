import { notFound } from '../api/api-error.ts';
import type { Look } from '../api/route.ts';
import type { ActionExecution, ExecutionDetail } from '../shapes/pipelines.ts';
import type { ActionDetail, ExecutionSummary, PipelineDeclaration, StageState } from './codepipeline-answers.ts';
import { actionState, buildIdOf, describeExecution, kindOf } from './states.ts';

/** One execution with everything that its actions did. Throws 404 for one that isn't there, else what CodePipeline answers. */
export async function readExecution(look: Look, pipelineName: string, id: string): Promise<ExecutionDetail> {
  const [summary, details, { pipeline }, { stageStates }] = await Promise.all([
    findExecution(look, pipelineName, id),
    actionsOf(look, pipelineName, id),
    look.call<{ pipeline: PipelineDeclaration }>('codepipeline', 'GetPipeline', { name: pipelineName }),
    look.call<{ stageStates: StageState[] }>('codepipeline', 'GetPipelineState', { name: pipelineName }),
  ]);
  const isCurrent = details.every(({ pipelineVersion }) => pipelineVersion === pipeline.version);
  const actions = details.map((one) => describeAction(one, look));
  return {
    execution: describeExecution(
      summary,
      actions.some(({ state }) => state === 'needs_approval'),
    ),
    actions,
    can_retry: isCurrent ? retryable(stageStates, id) : [],
    can_roll_back: isCurrent && summary.executionType === 'STANDARD' ? stagesToGoBack(pipeline, stageStates, details, id) : [],
  };
}

async function findExecution(look: Look, pipelineName: string, id: string): Promise<ExecutionSummary> {
  let nextToken: string | undefined;
  do {
    const page = await look.call<{ pipelineExecutionSummaries: ExecutionSummary[]; nextToken?: string }>(
      'codepipeline',
      'ListPipelineExecutions',
      { pipelineName, ...(nextToken === undefined ? {} : { nextToken }) },
    );
    const found = page.pipelineExecutionSummaries.find(({ pipelineExecutionId }) => pipelineExecutionId === id);
    if (found !== undefined) return found;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  throw notFound(`The execution ${id} of ${pipelineName}`);
}

/** In order of start. */
async function actionsOf(look: Look, pipelineName: string, pipelineExecutionId: string): Promise<ActionDetail[]> {
  const found: ActionDetail[] = [];
  let nextToken: string | undefined;
  do {
    const page = await look.call<{ actionExecutionDetails: ActionDetail[]; nextToken?: string }>('codepipeline', 'ListActionExecutions', {
      pipelineName,
      filter: { pipelineExecutionId },
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    found.push(...page.actionExecutionDetails);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found.reverse();
}

function describeAction(one: ActionDetail, { caller }: Look): ActionExecution {
  const { actionTypeId, resolvedConfiguration, roleArn, region } = one.input;
  const { externalExecutionId, externalExecutionSummary, errorDetails } = one.output.executionResult;
  const kind = kindOf(actionTypeId);
  const stackName = actionTypeId?.provider === 'CloudFormation' ? resolvedConfiguration['StackName'] : undefined;
  // A failure's summary is its message.
  const summary = errorDetails === undefined ? externalExecutionSummary : undefined;
  return {
    id: one.actionExecutionId,
    stage: one.stageName,
    action: one.actionName,
    kind,
    state: actionState(kind, one.status),
    started_at: one.startTime.toISOString(),
    updated_at: one.lastUpdateTime.toISOString(),
    ...(summary === undefined ? {} : { summary }),
    ...(one.updatedBy === undefined ? {} : { by: one.updatedBy }),
    ...(errorDetails === undefined ? {} : { error: { ...errorDetails } }),
    ...buildIdOf(actionTypeId, externalExecutionId),
    ...(stackName === undefined ? {} : { stack: { account: roleArn?.split(':')[4] ?? caller.account, region, name: stackName } }),
  };
}

/** "Retry a failed stage": it must be the latest execution of the stage. */
function retryable(stageStates: readonly StageState[], id: string): string[] {
  return stageStates
    .filter(({ latestExecution }) => latestExecution?.pipelineExecutionId === id && ['Failed', 'Stopped'].includes(latestExecution.status))
    .map(({ stageName }) => stageName);
}

/** Stages that deploy, in which it succeeded and something else is by now. */
function stagesToGoBack(
  { stages }: PipelineDeclaration,
  stageStates: readonly StageState[],
  details: readonly ActionDetail[],
  id: string,
): string[] {
  const latestOf = (stage: string) => stageStates.find(({ stageName }) => stageName === stage)?.latestExecution?.pipelineExecutionId;
  const succeeded = (stage: string, action: string) =>
    details.some(({ stageName, actionName, status }) => stageName === stage && actionName === action && status === 'Succeeded');
  return stages
    .filter(
      ({ name, actions }) =>
        latestOf(name) !== id &&
        actions.some(({ actionTypeId }) => actionTypeId.category === 'Deploy') &&
        actions.every((action) => succeeded(name, action.name)),
    )
    .map(({ name }) => name);
}
