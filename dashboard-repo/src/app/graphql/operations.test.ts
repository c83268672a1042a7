import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { generate, generatedFile } from './generate.ts';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');

it('has generated operations that fit the schema (npm run codegen)', async () => {
  expect(readFileSync(generatedFile, 'utf8')).toBe(await generate());
});

const interfaceRepo = '../../../../appsync-lambda-repo/schema.graphql';
// A copy of this repo alone has nothing to compare with.
it.runIf(existsSync(fileURLToPath(new URL(interfaceRepo, import.meta.url))))('has the schema of the repo that carries it out', () => {
  expect(read('../../../schema.graphql')).toBe(read(interfaceRepo));
});
