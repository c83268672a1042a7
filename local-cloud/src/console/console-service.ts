import type { Cloud } from '../kernel/cloud.ts';
import type { Service } from '../kernel/service.ts';
import type { LambdaService } from '../services/lambda/lambda-service.ts';
import { alarmRoutes } from './api/alarm-routes.ts';
import { billRoutes } from './api/bill-routes.ts';
import { bucketRoutes } from './api/bucket-routes.ts';
import { functionRoutes } from './api/function-routes.ts';
import { listsOf } from './api/lists.ts';
import { logRoutes } from './api/log-routes.ts';
import { pictureRoutes } from './api/picture-routes.ts';
import { pipelineChanges } from './api/pipeline-changes.ts';
import { pipelineRoutes } from './api/pipeline-routes.ts';
import { queueRoutes } from './api/queue-routes.ts';
import type { Route } from './api/route.ts';
import { API, answerApi } from './api/router.ts';
import { scopeRoutes } from './api/scopes.ts';
import { stackRoutes } from './api/stack-routes.ts';
import { tableRoutes } from './api/table-routes.ts';
import { answerInvocations, INVOCATIONS } from './invocations/invocation-answers.ts';
import { type InvocationBounds, InvocationStore } from './invocations/invocation-store.ts';
import { Page } from './page/serve-page.ts';
import { Traffic } from './picture/traffic.ts';

/**
 * No service of AWS: the developer's console. `/_local` is its page, `/_local/api/…` what the page reads, `/_local/invocations` every function's latest
 * invocations. It looks at everything as the account's administrator through the services' own operations, which counts as such in `/_local/usage`.
 */
export function createConsole(cloud: Cloud, bounds?: InvocationBounds): Service {
  const invocations = new InvocationStore(bounds);
  const traffic = new Traffic(cloud);
  const queues: readonly Route[] = queueRoutes(cloud);
  const routes: readonly Route[] = [
    ...scopeRoutes,
    ...pictureRoutes(cloud, traffic, listsOf(queues)),
    ...stackRoutes,
    ...functionRoutes(invocations),
    ...tableRoutes,
    ...logRoutes,
    ...alarmRoutes,
    ...queues,
    ...bucketRoutes,
    ...billRoutes,
    ...pipelineRoutes,
    ...pipelineChanges,
  ];
  const page = new Page();
  return {
    name: 'console',
    protocol: { kind: 'json', version: '1.1', target: 'LocalConsole' },
    operations: {},
    start: () => {
      (cloud.service('lambda') as LambdaService | undefined)?.onInvocation((record) => invocations.add(record));
      traffic.start(cloud);
    },
    openPaths: [
      { matches: (request) => page.matches(request), handle: (request) => page.handle(request) },
      { matches: ({ path }) => path.startsWith(`${API}/`), handle: (request) => answerApi(cloud, routes, request) },
      {
        matches: ({ method, path }) => method === 'GET' && (path === INVOCATIONS || path.startsWith(`${INVOCATIONS}/`)),
        handle: async (request) => answerInvocations(invocations, request),
      },
    ],
  };
}
