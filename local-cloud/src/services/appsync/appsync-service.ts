import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { apiOperations } from './api-operations.ts';
import { Apis } from './apis.ts';
import { appsyncProtocol } from './appsync-protocol.ts';
import { appsyncResourceTypes } from './appsync-resource-types.ts';
import { dataSourceOperations } from './data-source-operations.ts';
import { GraphqlEndpoint } from './graphql-endpoint.ts';
import { RealtimeEndpoint } from './realtime/realtime-endpoint.ts';
import { Subscriptions } from './realtime/subscriptions.ts';
import { openSpan } from './request-spans.ts';
import { resolverOperations } from './resolver-operations.ts';
import { schemaOperations } from './schema-operations.ts';

/** AWS AppSync: GraphQL APIs with unit resolvers on functions, and their subscriptions. `keepAlive_ms`: between `ka` messages, for tests. */
export function createAppSync(cloud: Cloud, options: { keepAlive_ms?: number } = {}): Service {
  const apis = new Apis(cloud);
  const subscriptions = new Subscriptions();
  const endpoint = new GraphqlEndpoint(apis, (runtime, field, value, traceHeader) => {
    const span = openSpan(cloud, runtime.scope, `Mutation.${field.name}`, traceHeader);
    const told = subscriptions.publish(runtime, field, value);
    // Nobody told, nothing to tell of.
    if (told > 0) span.end({ operation: 'real-time delivery', attributes: { messages: told } });
  });
  const realtime = new RealtimeEndpoint(apis, subscriptions, options);
  return {
    name: 'appsync',
    protocol: appsyncProtocol,
    operations: { ...apiOperations(apis), ...schemaOperations(apis), ...dataSourceOperations(apis), ...resolverOperations(apis) },
    resourceTypes: appsyncResourceTypes,
    openPaths: [endpoint],
    socketPaths: [realtime],
    start: () => apis.load(),
    stop: () => realtime.stop(),
  };
}
