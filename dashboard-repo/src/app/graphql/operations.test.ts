import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generate, generatedFile } from './generate.ts';

// That schema.graphql is the one of the repo that carries it out is held by the workspace's own tests.
it('has generated operations that fit the schema (npm run codegen)', async () => {
  expect(readFileSync(generatedFile, 'utf8')).toBe(await generate());
});
