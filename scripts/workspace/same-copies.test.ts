import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './source-files.ts';

/** What a repo holds as a copy of another's interface, because it must build alone: [copy, original]. */
const COPIES = [['dashboard-repo/schema.graphql', 'appsync-lambda-repo/schema.graphql']] as const;

it.each(COPIES)('%s is the same as %s', (copy, original) => {
  expect(readFileSync(join(root, copy), 'utf8')).toBe(readFileSync(join(root, original), 'utf8'));
});
