import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';

const PATH = '/_local/timings';

/** How often something was done since the start, and how long it took in all. */
interface Timing {
  count: number;
  total_ms: number;
}

/**
 * No service of AWS: `GET /_local/timings` tells by `<service>:<operation>` how many calls were carried out since the start and how many milliseconds
 * they took in all, from parsed input to result. Calls within calls count for themselves: a function's DynamoDB calls lie within its Invoke.
 */
export function createTimings(cloud: Cloud): Service {
  const timings = new Map<string, Timing>();
  cloud.onCall(({ service, operation, duration_ms }) => {
    const name = `${service}:${operation}`;
    const timing = timings.get(name);
    if (timing === undefined) timings.set(name, { count: 1, total_ms: duration_ms });
    else {
      timing.count += 1;
      timing.total_ms += duration_ms;
    }
  });
  return {
    name: 'timings',
    protocol: { kind: 'json', version: '1.1', target: 'LocalTimings' },
    operations: {},
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
