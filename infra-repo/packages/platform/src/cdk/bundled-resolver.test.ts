import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { bundledResolver } from './bundled-resolver.ts';

const sources = {
  'say.resolver.ts': `import { util } from '@aws-appsync/utils';
import { words } from './words.ts';
export const request = (ctx: { args: { name: string } }) => ({ payload: words(ctx.args.name) });
export function response(): string {
  return util.autoId();
}`,
  'words.ts': `export const words = (name: string): string => 'good morning, ' + name;`,
};

function bundle(): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text);
  return bundledResolver(join(folder, 'say.resolver.ts'));
}

it('makes one module with everything in it, which imports only what the runtime has', () => {
  const code = bundle();
  expect(code).toContain('good morning');
  expect(code.match(/\bfrom "[^"]+"/g)).toEqual(['from "@aws-appsync/utils"']);
  expect(code).toMatch(/export \{\s*request,\s*response\s*\};/);
});

it('is the same text wherever the repo lies, and names no folder', () => {
  expect(bundle()).toBe(bundle());
  expect(bundle()).not.toMatch(/sourceMappingURL|\/tmp\/|say\.resolver/);
});
