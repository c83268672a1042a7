import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope, Service } from '../../kernel/service.ts';
import { applicationOperations } from './application-operations.ts';
import { codeDeployResourceTypes } from './codedeploy-resource-types.ts';
import { codeDeployStores } from './codedeploy-store.ts';
import { configOperations } from './config-operations.ts';
import { deploymentOperations } from './deployment-operations.ts';
import { isOver } from './deployment-record.ts';
import { DeploymentRun, type RunOptions } from './deployment-run.ts';
import { groupOperations } from './group-operations.ts';

/** Five minutes of a canary would be five minutes of waiting in front of a laptop. */
const CANARY_MINUTE_MS = 3_000;

/** AWS CodeDeploy for Lambda: shifts aliases from one version to another, and back when an alarm goes off. */
export function createCodeDeploy(cloud: Cloud, options: Partial<RunOptions> = {}): Service {
  const storeOf = codeDeployStores(cloud);
  const runOptions: RunOptions = { canaryMinute_ms: options.canaryMinute_ms ?? CANARY_MINUTE_MS };
  const runs = new Map<string, { run: DeploymentRun; done: Promise<void> }>();
  const keyOf = ({ account, region }: Scope, id: string) => `${account}/${region}/${id}`;
  let stopped = false;
  const begin = (scope: Scope, id: string): void => {
    // What begins while the cloud stops is on disk, and goes on at the next start.
    if (stopped) return;
    const run = new DeploymentRun(cloud, scope, storeOf(scope), id, runOptions, (rollback) => begin(scope, rollback));
    const done = run
      .go()
      .catch((error: unknown) => console.error(`codedeploy: deployment ${id} could not be carried on:`, error))
      .finally(() => runs.delete(keyOf(scope, id)));
    runs.set(keyOf(scope, id), { run, done });
  };

  return {
    name: 'codedeploy',
    protocol: { kind: 'json', version: '1.1', target: 'CodeDeploy_20141006' },
    operations: {
      ...applicationOperations(cloud, storeOf),
      ...groupOperations(cloud, storeOf),
      ...configOperations(cloud, storeOf),
      ...deploymentOperations(cloud, storeOf, { begin, running: (scope, id) => runs.get(keyOf(scope, id))?.run }),
    },
    resourceTypes: codeDeployResourceTypes,
    start: () => {
      for (const scope of cloud.state.scopesOf('codedeploy')) {
        for (const record of storeOf(scope).deployments()) if (!isOver(record)) begin(scope, record.id);
      }
    },
    stop: async () => {
      stopped = true;
      for (const { run } of runs.values()) run.interrupt();
      await Promise.all([...runs.values()].map(({ done }) => done));
    },
  };
}
