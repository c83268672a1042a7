import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { createAuthorizer, usedGrants } from './authorizer.ts';
import { iamResourceTypes } from './iam-resource-types.ts';
import { managedPolicyOperations } from './managed-policy-operations.ts';
import { roleOperations } from './role-operations.ts';

/** IAM: roles and their policies, and the decision about every request to every service. Users and groups: not here. */
export function createIam(cloud: Cloud): Service {
  cloud.authorizer = createAuthorizer(cloud);
  return {
    name: 'iam',
    protocol: { kind: 'query', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
    operations: { ...roleOperations, ...managedPolicyOperations },
    resourceTypes: iamResourceTypes,
    openPaths: [
      {
        matches: ({ path }) => path === '/_local/grants',
        handle: async () => ({ status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(usedGrants(cloud)) }),
      },
    ],
  };
}
