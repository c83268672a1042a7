import type { Cloud } from '../../kernel/cloud.ts';
import { administratorOf } from '../../kernel/principal.ts';
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

interface Counted {
  readonly scope: Scope;
  readonly at_ms: number;
}
const FRESH_MS = 30_000;
const mainScopes = new WeakMap<Cloud, Counted>();

/**
 * Where one looks unless told otherwise: of several accounts with something deployed the one whose tables hold the most items, because the field's devices
 * and people belong to one of them.
 */
export async function mainScope(cloud: Cloud): Promise<Scope | undefined> {
  const scopes = scopesOf(cloud);
  const known = mainScopes.get(cloud);
  if (scopes.length < 2 || cloud.service('dynamodb') === undefined) return scopes[0];
  if (known !== undefined && Date.now() - known.at_ms < FRESH_MS) return known.scope;
  const counted = await Promise.all(scopes.map(async (scope) => ({ scope, items: await itemsIn(cloud, scope) })));
  const most = counted.reduce((best, one) => (one.items > best.items ? one : best)).scope;
  mainScopes.set(cloud, { scope: most, at_ms: Date.now() });
  return most;
}

async function itemsIn(cloud: Cloud, { account, region }: Scope): Promise<number> {
  if (!cloud.state.scopesOf('dynamodb').some((one) => one.account === account && one.region === region)) return 0;
  const caller = { principal: administratorOf(account), account, region };
  const { TableNames } = await cloud.call<{ TableNames: string[] }>('dynamodb', 'ListTables', {}, caller);
  const counts = await Promise.all(
    TableNames.map(async (TableName) => {
      const { Table } = await cloud.call<{ Table: { ItemCount?: number } }>('dynamodb', 'DescribeTable', { TableName }, caller);
      return Table.ItemCount ?? 0;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
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
