import { AwsError } from '../../kernel/aws-error.ts';
import { notFound } from '../api/api-error.ts';
import type { Look } from '../api/route.ts';
import type { GateDetail, Pipeline } from '../shapes/pipelines.ts';
import { reportSections, summaryParts } from './change-report.ts';
import type { ActionDeclaration, ActionDetail, PipelineDeclaration, StageState } from './codepipeline-answers.ts';
import { readBuildLog } from './read-build.ts';
import { readPipeline } from './read-pipeline.ts';

/** What somebody decides about at a gate. Throws 404 for an approval that the pipeline doesn't have, else what CodePipeline answers. */
export async function readGate(look: Look, name: string, stageName: string, actionName: string): Promise<GateDetail> {
  const pipeline = await readPipeline(look, name, 1);
  const stage = pipeline.stages.find((one) => one.name === stageName);
  const action = stage?.actions.find((one) => one.name === actionName && one.kind === 'approval');
  if (stage === undefined || action === undefined) throw notFound(`The approval ${actionName} in ${stageName} of ${name}`);
  const execution = pipeline.executions.find(({ id }) => id === stage.execution);
  const message = execution?.commit?.message ?? '';
  const [token, shown, changes] = await Promise.all([
    tokenOf(look, name, stageName, actionName),
    customDataOf(look, name, stageName, actionName, execution?.id),
    changesOf(look, pipeline, stageName, actionName),
  ]);
  return {
    stage: stageName,
    action: actionName,
    state: action.state,
    ...(execution === undefined ? {} : { execution }),
    ...(token === undefined ? {} : { token }),
    ...(action.at === undefined ? {} : { at: action.at }),
    ...(action.by === undefined ? {} : { by: action.by }),
    ...(action.summary === undefined ? {} : { comment: action.summary }),
    ...(action.error === undefined ? {} : { error: action.error }),
    summary: summaryParts(shown, message),
    ...(changes === undefined
      ? {}
      : {
          changes: {
            action: changes.name,
            state: changes.state,
            ...(changes.build_id === undefined ? {} : { build_id: changes.build_id }),
          },
        }),
    report: changes?.build_id === undefined ? [] : reportSections(await wholeLog(look, changes.build_id), message),
  };
}

async function tokenOf(look: Look, name: string, stageName: string, actionName: string): Promise<string | undefined> {
  const { stageStates } = await look.call<{ stageStates: StageState[] }>('codepipeline', 'GetPipelineState', { name });
  const stage = stageStates.find((one) => one.stageName === stageName);
  return stage?.actionStates.find((one) => one.actionName === actionName)?.latestExecution?.token;
}

/** What the approval shows, its variables resolved; empty before it has begun. */
async function customDataOf(
  look: Look,
  pipelineName: string,
  stageName: string,
  actionName: string,
  execution: string | undefined,
): Promise<string> {
  if (execution === undefined) return '';
  const { actionExecutionDetails } = await look.call<{ actionExecutionDetails: ActionDetail[] }>('codepipeline', 'ListActionExecutions', {
    pipelineName,
    filter: { pipelineExecutionId: execution },
  });
  const asked = actionExecutionDetails.find((one) => one.stageName === stageName && one.actionName === actionName);
  return asked?.input.resolvedConfiguration['CustomData'] ?? '';
}

/** The action whose variable the approval shows: `#{<namespace>.<name>}` in its CustomData (CodePipeline User Guide, "Variables reference"). */
async function changesOf(look: Look, pipeline: Pipeline, stageName: string, actionName: string) {
  const { pipeline: declared } = await look.call<{ pipeline: PipelineDeclaration }>('codepipeline', 'GetPipeline', { name: pipeline.name });
  const actions: readonly ActionDeclaration[] = declared.stages.find(({ name }) => name === stageName)?.actions ?? [];
  const namespace = /#\{([^.}]+)\.[^}]+\}/.exec(actions.find(({ name }) => name === actionName)?.configuration['CustomData'] ?? '')?.[1];
  const told = actions.find((one) => one.namespace !== undefined && one.namespace === namespace);
  return pipeline.stages.find(({ name }) => name === stageName)?.actions.find(({ name }) => name === told?.name);
}

/** Every line of a build's log, as far as it goes by now; none where the log was deleted. */
async function wholeLog(look: Look, buildId: string): Promise<string[]> {
  const lines: string[] = [];
  let after: string | undefined;
  try {
    for (;;) {
      const page = await readBuildLog(look, buildId, after);
      lines.push(...page.lines.map(({ text }) => text));
      // "GetLogEvents": at the end of the stream it answers the same token again.
      if (page.lines.length === 0 || page.next === undefined || page.next === after) return lines;
      after = page.next;
    }
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return lines;
    throw error;
  }
}
