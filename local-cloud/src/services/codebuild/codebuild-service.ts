import { rmSync } from 'node:fs';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { buildOperations } from './build-operations.ts';
import { BuildQueue, type QueueOptions } from './build-queue.ts';
import { cacheFolder } from './build-run.ts';
import { buildStores } from './build-store.ts';
import { codeBuildResourceTypes } from './codebuild-resource-types.ts';
import { pipelineBuilds } from './pipeline-build.ts';
import { projectOperations } from './project-operations.ts';
import { ServiceRoles } from './service-role.ts';
import { BuildStarter } from './start-build.ts';

/** AWS CodeBuild: runs the commands of buildspecs on this machine, each build in a folder and an environment of its own. */
export function createCodeBuild(cloud: Cloud, options: QueueOptions = {}): Service {
  const storeOf = buildStores(cloud);
  const roles = new ServiceRoles(cloud);
  const queue = new BuildQueue(cloud, storeOf, roles, options);
  const starter = new BuildStarter(cloud, storeOf, queue);
  pipelineBuilds.set(cloud, starter);
  return {
    name: 'codebuild',
    protocol: { kind: 'json', version: '1.1', target: 'CodeBuild_20161006' },
    operations: {
      ...projectOperations(cloud, storeOf, (scope, name) => {
        rmSync(cacheFolder(cloud.state.directory(scope, 'codebuild'), name), { recursive: true, force: true });
      }),
      ...buildOperations(storeOf, starter, queue),
    },
    resourceTypes: codeBuildResourceTypes,
    openPaths: [{ matches: (request) => roles.matches(request), handle: (request) => roles.handle(request) }],
    start: async () => {
      for (const scope of cloud.state.scopesOf('codebuild')) await queue.resume(scope);
    },
    stop: () => queue.close(),
  };
}
