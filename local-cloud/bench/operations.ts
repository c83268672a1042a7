import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from './plan.ts';

/** The dashboard's GraphQL operations as its pages send them, by name; read as text, because repos share no code. */
export function dashboardOperations(root: string): Plan['operations'] {
  const text = readFileSync(join(root, 'dashboard-repo', 'src', 'app', 'graphql', 'operations.generated.ts'), 'utf8');
  const found = [...text.matchAll(/export const (\w+)Document =\s*'([^']*)'/g)].map(([, name = '', query = '']) => [name, { name, query }]);
  if (found.length === 0) throw new Error('the dashboard has no generated operations');
  return Object.fromEntries(found);
}
