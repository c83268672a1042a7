import type { Authorization } from '../../kernel/service.ts';

/**
 * The check that a service makes when it is handed a role: the caller needs iam:PassRole on it (IAM User Guide, "Grant a
 * user permissions to pass a role to an AWS service"). `service` is such as `lambda.amazonaws.com`.
 */
export function passRole(roleArn: string, service: string): Authorization {
  return { action: 'iam:PassRole', resource: roleArn, conditions: { 'iam:PassedToService': service } };
}
