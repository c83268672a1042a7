import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';
import { INERT_RESOURCE_TYPES } from '../inert/inert-resource-types.ts';
import { changeSetOperations } from './change-set-operations.ts';
import { RESPONSE_PATH } from './custom-resource.ts';
import { Engine } from './engine.ts';
import { readOperations } from './read-operations.ts';
import { stackOperations } from './stack-operations.ts';
import { StackStore } from './stack-store.ts';

/**
 * CloudFormation: stacks from JSON and YAML templates, change sets, events, exports, custom resources. Resource types are
 * those of every registered service. Register it last: it calls all others, so it has to stop before them.
 */
export function createCloudFormation(cloud: Cloud): Service {
  const storeOf = perScope((scope) => new StackStore(cloud.state.database(scope, 'cloudformation')));
  const engine = new Engine(cloud, storeOf);
  return {
    name: 'cloudformation',
    protocol: { kind: 'query', namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/' },
    operations: { ...stackOperations(engine, storeOf), ...changeSetOperations(engine, storeOf), ...readOperations(engine, storeOf) },
    resourceTypes: INERT_RESOURCE_TYPES,
    openPaths: [{ matches: ({ path }) => path.startsWith(RESPONSE_PATH), handle: (request) => engine.customResources.answer(request) }],
    start: () => engine.recover(),
    stop: () => engine.stop(),
  };
}
