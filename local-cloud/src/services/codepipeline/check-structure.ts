import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Scope } from '../../kernel/service.ts';
import { checkConfiguration } from './actions/configurations.ts';
import type { ActionDeclaration, PipelineDeclaration, StageDeclaration } from './pipeline-structure.ts';
import { referencesIn } from './variables.ts';

/**
 * Checks a structure as CreatePipeline and UpdatePipeline do (CodePipeline User Guide, "CodePipeline pipeline structure reference"). Throws
 * InvalidStructureException, InvalidStageDeclarationException, InvalidActionDeclarationException, or NotCarriedOut with what is missing here.
 */
export function checkStructure(pipeline: PipelineDeclaration, scope: Scope): void {
  if (pipeline.pipelineType !== 'V2') throw new NotCarriedOut(`pipelines of type ${pipeline.pipelineType}`);
  if (pipeline.executionMode !== 'SUPERSEDED') throw new NotCarriedOut(`the execution mode ${pipeline.executionMode} of pipelines`);
  const { stages } = pipeline;
  if (stages.length < 2)
    throw structureError(`Pipeline has ${stages.length} stage(s). There should be a minimum of 2 stages in a pipeline`);
  unique(
    stages.map(({ name }) => name),
    (name) =>
      new AwsError('InvalidStageDeclarationException', `Stage name ${name} is used more than once; it must be unique in the pipeline`),
  );
  const seen = new Seen();
  for (const [index, stage] of stages.entries()) checkStage(stage, index, seen, scope);
  if (stages[0]?.onFailure?.result === 'ROLLBACK') {
    throw new AwsError('InvalidStageDeclarationException', `Stage ${stages[0].name}: a source stage can't be rolled back`);
  }
}

/** What earlier actions produce. */
class Seen {
  readonly artifacts = new Set<string>();
  readonly namespaces = new Set<string>(['codepipeline']);
}

function checkStage(stage: StageDeclaration, index: number, seen: Seen, scope: Scope): void {
  unique(
    stage.actions.map(({ name }) => name),
    (name) => new AwsError('InvalidActionDeclarationException', `Action name ${name} must be unique within stage ${stage.name}`),
  );
  for (const action of stage.actions) {
    if ((index === 0) !== (action.actionTypeId.category === 'Source')) {
      throw structureError(
        index === 0
          ? `Pipeline should start with a stage that only contains source actions: ${action.name} is none`
          : 'Pipeline only allows source actions in the first stage',
      );
    }
  }
  const orders = [...new Set(stage.actions.map(({ runOrder }) => runOrder))].toSorted((a, b) => a - b);
  for (const order of orders) {
    const group = stage.actions.filter(({ runOrder }) => runOrder === order);
    for (const action of group) checkAction(action, stage, seen, scope);
    for (const action of group) remember(action, stage, seen);
  }
}

function checkAction(action: ActionDeclaration, stage: StageDeclaration, seen: Seen, scope: Scope): void {
  if (action.region !== undefined && action.region !== scope.region)
    throw new NotCarriedOut(`actions in another region (${action.region})`);
  if (action.timeoutInMinutes !== undefined && action.actionTypeId.category !== 'Approval') {
    throw actionError(action, stage, 'timeoutInMinutes is for manual approval actions alone');
  }
  checkConfiguration(action, (why) => actionError(action, stage, why));
  for (const { name } of action.inputArtifacts) {
    if (!seen.artifacts.has(name)) {
      throw structureError(`The input artifact ${name} of action ${action.name} in stage ${stage.name} is no output of an earlier action`);
    }
  }
  for (const [key, value] of Object.entries(action.configuration)) {
    for (const { namespace, text } of referencesIn(value)) {
      if (!seen.namespaces.has(namespace)) {
        throw actionError(
          action,
          stage,
          `Valid format for a pipeline execution variable reference is a namespace and a key separated by a period ('.'). The following pipeline execution variables are referencing a namespace that does not exist. StageName=[${stage.name}], ActionName=[${action.name}], ActionConfigurationKey=[${key}], VariableReferenceText=[${text}]`,
        );
      }
    }
  }
}

function remember(action: ActionDeclaration, stage: StageDeclaration, seen: Seen): void {
  for (const { name } of action.outputArtifacts) {
    if (seen.artifacts.has(name)) throw structureError(`Output artifact name ${name} must be unique within the pipeline`);
    seen.artifacts.add(name);
  }
  const { namespace } = action;
  if (namespace === undefined) return;
  if (seen.namespaces.has(namespace)) throw actionError(action, stage, `Namespace ${namespace} must be unique within the pipeline`);
  seen.namespaces.add(namespace);
}

function unique(names: readonly string[], error: (name: string) => AwsError): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw error(twice);
}

function structureError(message: string): AwsError {
  return new AwsError('InvalidStructureException', message);
}

function actionError(action: ActionDeclaration, stage: StageDeclaration, why: string): AwsError {
  return new AwsError('InvalidActionDeclarationException', `Action ${action.name} in stage ${stage.name}: ${why}`);
}
