import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { codepipelineResourceTypes } from './codepipeline-resource-types.ts';
import { Engine } from './engine.ts';
import { executionOperations } from './execution-operations.ts';
import { PARTNERS, type Partners } from './partners.ts';
import { pipelineOperations } from './pipeline-operations.ts';
import { pipelineStores } from './pipeline-store.ts';
import { stageOperations } from './stage-operations.ts';

/**
 * AWS CodePipeline: pipelines of type V2 in mode SUPERSEDED, as CDK Pipelines synthesizes them. Register it behind what it calls, so that it stops
 * before them.
 */
export function createCodePipeline(cloud: Cloud, partners: Partners = PARTNERS): Service {
  const storeOf = pipelineStores(cloud);
  const engine = new Engine(cloud, storeOf, partners);
  return {
    name: 'codepipeline',
    protocol: { kind: 'json', version: '1.1', target: 'CodePipeline_20150709' },
    operations: { ...pipelineOperations(engine, storeOf), ...executionOperations(engine, storeOf), ...stageOperations(engine, storeOf) },
    resourceTypes: codepipelineResourceTypes,
    start: () => engine.recover(),
    stop: () => engine.stop(),
  };
}
