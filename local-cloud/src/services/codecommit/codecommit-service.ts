import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { branchOperations } from './branch-operations.ts';
import { codecommitResourceTypes } from './codecommit-resource-types.ts';
import { contentOperations } from './content-operations.ts';
import { GitDoor } from './git-door.ts';
import { pullRequestOperations } from './pull-request-operations.ts';
import { finishPushes } from './pushes.ts';
import { repositoryOperations } from './repository-operations.ts';

/** AWS CodeCommit: git repositories over HTTP, kept by this machine's git, and the API around them. */
export function createCodeCommit(cloud: Cloud): Service {
  return {
    name: 'codecommit',
    protocol: { kind: 'json', version: '1.1', target: 'CodeCommit_20150413' },
    operations: {
      ...repositoryOperations(cloud),
      ...branchOperations(cloud),
      ...contentOperations(cloud),
      ...pullRequestOperations(cloud),
    },
    resourceTypes: codecommitResourceTypes,
    streamPaths: [new GitDoor(cloud)],
    start: () => finishPushes(cloud),
  };
}
