import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import type { ScopeList } from '../shapes/scopes.ts';
import { route } from './route.ts';

/** Every account and region in which something was deployed or logged; those with stacks first. */
export function scopesOf(cloud: Cloud): Scope[] {
  const found = new Map<string, Scope>();
  for (const service of ['cloudformation', 'lambda', 'dynamodb', 'sqs', 'logs', 'ssm', 's3'])
    for (const scope of cloud.state.scopesOf(service))
      found.set(`${scope.account}/${scope.region}`, found.get(`${scope.account}/${scope.region}`) ?? scope);
  return [...found.values()];
}

export const scopeRoutes = [
  route({
    pattern: '/scopes',
    handle: ({ cloud, caller }): ScopeList => ({
      current: { account: caller.account, region: caller.region },
      scopes: scopesOf(cloud).map(({ account, region }) => ({ account, region })),
      endpoint: cloud.endpoint,
    }),
  }),
];
