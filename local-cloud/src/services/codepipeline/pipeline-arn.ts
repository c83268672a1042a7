import type { Authorization, Scope } from '../../kernel/service.ts';

/** `arn:aws:codepipeline:<region>:<account>:<pipeline>` (Service Authorization Reference, "AWS CodePipeline", resource types). */
export function pipelineArn({ account, region }: Scope, pipeline: string): string {
  return `arn:aws:codepipeline:${region}:${account}:${pipeline}`;
}

/**
 * The right to an action on a pipeline, on one of its stages (`<pipeline>/<stage>`) or on an action of it
 * (`<pipeline>/<stage>/<action>`), whichever the "Service Authorization Reference" has for it.
 */
export function onPipeline(action: string, scope: Scope, pipeline: string, stage?: string, ofStage?: string): Authorization {
  const path = [pipeline, stage, ofStage].filter((part) => part !== undefined).join('/');
  return { action: `codepipeline:${action}`, resource: pipelineArn(scope, path) };
}
