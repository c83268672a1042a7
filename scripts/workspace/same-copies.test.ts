import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gathered } from '../gathered.mjs';
import { root } from './source-files.ts';

const read = (file: string): string | undefined => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined);

describe('what a repo holds as a copy of another’s, because it must build alone', () => {
  it('the dashboard’s schema is that of the API', () => {
    expect(read('dashboard-repo/schema.graphql')).toBe(read('appsync-lambda-repo/schema.graphql'));
  });

  it.each(gathered())('$copy is $original (npm run docs:gather)', ({ copy, original }) => {
    expect(read(copy)).toBe(read(original));
  });

  it('docs holds no page of a repo that has it no longer (npm run docs:gather)', () => {
    const there = globSync('**/*.md', { cwd: join(root, 'docs', 'gathered') }).map((file) => `docs/gathered/${file}`);
    expect(there.sort()).toEqual(
      gathered()
        .map(({ copy }) => copy)
        .sort(),
    );
  });
});
