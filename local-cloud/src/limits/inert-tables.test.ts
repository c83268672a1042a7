import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withInertTable } from './inert-tables.ts';

it('LIMITS.md lists every resource type and property that is accepted without effect', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'LIMITS.md'), 'utf8');
  expect(text, 'npm run limits').toBe(withInertTable(text));
});
