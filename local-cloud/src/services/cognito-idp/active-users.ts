import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';

/**
 * Counts users who are active: a user once in a calendar month (UTC), by a sign-in or a refresh (Amazon Cognito Pricing, "Monthly active users").
 * Whom a process before this one counted in the month is counted again.
 */
export class ActiveUsers {
  readonly #cloud: Cloud;
  readonly #counted = new Map<string, string>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  note({ account, region }: Scope, poolId: string, username: string): void {
    const month = new Date(this.#cloud.clock()).toISOString().slice(0, 7);
    const user = `${poolId}/${username}`;
    if (this.#counted.get(user) === month) return;
    this.#counted.set(user, month);
    this.#cloud.meter({ account, region, service: 'cognito-idp', operation: 'active-user', resource: poolId, units: { active_users: 1 } });
  }
}
