import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller, Scope } from '../../kernel/service.ts';
import { assumeRole } from '../iam/role-sessions.ts';

/** Throws InvalidRoleException when CodeDeploy can't assume the role of a deployment group. */
export function checkServiceRole(cloud: Cloud, roleArn: string): void {
  try {
    assumeRole(cloud, { roleArn, sessionName: 'check', servicePrincipal: 'codedeploy.amazonaws.com', durationSeconds: 1 });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError('InvalidRoleException', `AWS CodeDeploy does not have the permissions required to assume the role ${roleArn}.`);
  }
}

/** One deployment's session of its group's role, opened anew before it ends. */
export class ServiceRoleSession {
  readonly #cloud: Cloud;
  readonly #scope: Scope;
  readonly #roleArn: string;
  readonly #name: string;
  #caller: Caller | undefined;
  #renew_ms = 0;

  constructor(cloud: Cloud, scope: Scope, roleArn: string, name: string) {
    this.#cloud = cloud;
    this.#scope = scope;
    this.#roleArn = roleArn;
    this.#name = name;
  }

  /** Throws AccessDenied when the role is gone or no longer trusts CodeDeploy. */
  caller(): Caller {
    const now = this.#cloud.clock();
    if (this.#caller !== undefined && now < this.#renew_ms) return this.#caller;
    const { principal, expiration } = assumeRole(this.#cloud, {
      roleArn: this.#roleArn,
      sessionName: this.#name,
      servicePrincipal: 'codedeploy.amazonaws.com',
    });
    this.#renew_ms = now + (expiration.getTime() - now) / 2;
    this.#caller = { account: this.#scope.account, region: this.#scope.region, principal };
    return this.#caller;
  }
}
