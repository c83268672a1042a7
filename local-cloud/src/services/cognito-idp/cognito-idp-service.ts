import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { clientOperations } from './client-operations.ts';
import { cognitoIdpResourceTypes } from './cognito-idp-resource-types.ts';
import { groupOperations } from './group-operations.ts';
import { CORS_HEADERS, openPaths } from './open-paths.ts';
import { userOperations } from './user-operations.ts';
import { userPoolOperations } from './user-pool-operations.ts';
import { userPoolsOf } from './user-pools.ts';

/** Amazon Cognito user pools, as an administrator sees them. */
export function createCognitoIdp(cloud: Cloud): Service {
  const pools = userPoolsOf(cloud);
  return {
    name: 'cognito-idp',
    protocol: { kind: 'json', version: '1.1', target: 'AWSCognitoIdentityProviderService' },
    operations: { ...userPoolOperations(pools), ...clientOperations(pools), ...groupOperations(pools), ...userOperations(pools) },
    resourceTypes: cognitoIdpResourceTypes,
    openPaths: openPaths(cloud, pools),
    headers: CORS_HEADERS,
  };
}
