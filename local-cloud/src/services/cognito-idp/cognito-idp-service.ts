import type { Cloud } from '../../kernel/cloud.ts';
import type { Service } from '../../kernel/service.ts';
import { accountOperations } from './account-operations.ts';
import { clientOperations } from './client-operations.ts';
import { cognitoIdpResourceTypes } from './cognito-idp-resource-types.ts';
import { groupOperations } from './group-operations.ts';
import { CORS_HEADERS, openPaths } from './open-paths.ts';
import { TRIGGER_TIMEOUT_MS } from './pre-token-generation.ts';
import { SignIn } from './sign-in.ts';
import { signInOperations } from './sign-in-operations.ts';
import { Tokens } from './tokens.ts';
import { userOperations } from './user-operations.ts';
import { userPoolOperations } from './user-pool-operations.ts';
import { userPoolsOf } from './user-pools.ts';

export interface CognitoIdpOptions {
  /** A shorter wait for a trigger's answer, for tests; AWS's 5 seconds by default. */
  readonly triggerTimeout_ms?: number;
}

/** Amazon Cognito user pools: for administrators, and for the people who sign in. */
export function createCognitoIdp(cloud: Cloud, { triggerTimeout_ms = TRIGGER_TIMEOUT_MS }: CognitoIdpOptions = {}): Service {
  const pools = userPoolsOf(cloud);
  const tokens = new Tokens(cloud, pools, triggerTimeout_ms);
  return {
    name: 'cognito-idp',
    protocol: { kind: 'json', version: '1.1', target: 'AWSCognitoIdentityProviderService' },
    operations: {
      ...userPoolOperations(pools),
      ...clientOperations(pools),
      ...groupOperations(pools),
      ...userOperations(pools),
      ...signInOperations(pools, new SignIn(cloud, pools, tokens)),
      ...accountOperations(cloud, pools, tokens),
    },
    resourceTypes: cognitoIdpResourceTypes,
    openPaths: openPaths(cloud, pools),
    headers: CORS_HEADERS,
  };
}
