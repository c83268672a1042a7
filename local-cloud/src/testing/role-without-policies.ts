import type { RoleSession } from '../kernel/principal.ts';
import { ACCOUNT } from './test-cloud.ts';

/** For tests: a role that nothing allows anything. */
export const ROLE_WITHOUT_POLICIES: RoleSession = {
  kind: 'role-session',
  account: ACCOUNT,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/nobody/session`,
  userId: 'AROAEXAMPLEEXAMPLE123:session',
  roleArn: `arn:aws:iam::${ACCOUNT}:role/nobody`,
  roleName: 'nobody',
};
