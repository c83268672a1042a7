import { type Organization, organizationNamed } from '@enstratus/platform/delivery';

/** The organization whose accounts a local cloud with pipelines has: the one that the repos' pipelines are synthesized for where nothing is said. */
export const deliveryOrganization = (): Organization => organizationNamed('enfusion');

/** Where the field's devices are: the last stage's account, as in the world. */
export function fieldAccount(): string {
  const last = deliveryOrganization().stages.at(-1);
  if (last === undefined) throw new Error('the organization has no stage');
  return last.account;
}
