import { randomInt } from 'node:crypto';

/** `d-` and nine letters and digits, as CodeDeploy makes them. */
export function newDeploymentId(): string {
  return `d-${Array.from({ length: 9 }, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[randomInt(36)]).join('')}`;
}
