import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { apiOperations } from './api-operations.ts';
import { Apis } from './apis.ts';
import { appsyncProtocol } from './appsync-protocol.ts';
import { appsyncResourceTypes } from './appsync-resource-types.ts';
import { dataSourceOperations } from './data-source-operations.ts';
import { GraphqlEndpoint } from './graphql-endpoint.ts';
import { resolverOperations } from './resolver-operations.ts';
import { schemaOperations } from './schema-operations.ts';

/** AWS AppSync: GraphQL APIs with unit resolvers on functions, and their subscriptions. */
export function createAppSync(cloud: Cloud): Service {
  const apis = new Apis(cloud);
  const endpoint = new GraphqlEndpoint(apis, () => undefined);
  return {
    name: 'appsync',
    protocol: appsyncProtocol,
    operations: { ...apiOperations(apis), ...schemaOperations(apis), ...dataSourceOperations(apis), ...resolverOperations(apis) },
    resourceTypes: appsyncResourceTypes,
    openPaths: [endpoint],
    start: () => apis.load(),
  };
}
