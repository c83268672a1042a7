import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { onGraphqlRequest } from '../appsync/timings.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';

const PATH = '/_local/timings';

/** How often something was done since the start, and how long it took in all. */
interface Timing {
  count: number;
  total_ms: number;
}

/**
 * No service of AWS: `GET /_local/timings` tells by name how often something was done since the start and how many milliseconds it took in all:
 * `<service>:<operation>` for every call, from parsed input to result; `appsync <operation>` for every GraphQL request, and `appsync, …` for the parts
 * that it is the sum of; `function <name>` for what its environment ran, without the wait for one. Lines lie within each other: a function's DynamoDB
 * calls within its run, its run within the Invoke, the Invoke within the GraphQL request's resolvers.
 */
export function createTimings(cloud: Cloud): Service {
  const timings = new Map<string, Timing>();
  const note = (name: string, duration_ms: number) => {
    const timing = timings.get(name);
    if (timing === undefined) timings.set(name, { count: 1, total_ms: duration_ms });
    else {
      timing.count += 1;
      timing.total_ms += duration_ms;
    }
  };
  cloud.onCall(({ service, operation, duration_ms }) => note(`${service}:${operation}`, duration_ms));
  onGraphqlRequest(cloud, (record) => {
    note(`appsync ${record.operation}`, record.duration_ms);
    note('appsync, authorization', record.authorization_ms);
    note('appsync, parsing and validating', record.plan_ms);
    note('appsync, resolvers', record.resolvers_ms);
    note('appsync, completing the answer', record.completion_ms);
  });
  return {
    name: 'timings',
    protocol: { kind: 'json', version: '1.1', target: 'LocalTimings' },
    operations: {},
    start: () => {
      (cloud.service('lambda') as LambdaService | undefined)?.onInvocation(({ functionArn, duration_ms }) =>
        note(
          `function ${functionArn
            .split(':')
            .at(-1)
            ?.replace(/-[A-Za-z0-9]+$/, '')}`,
          duration_ms,
        ),
      );
    },
    openPaths: [
      {
        matches: ({ method, path }) => method === 'GET' && path === PATH,
        handle: async () => ({
          status: 200,
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(Object.fromEntries([...timings].sort(([a], [b]) => (a < b ? -1 : 1)))),
        }),
      },
    ],
  };
}
