import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { personas } from '@enstratus/contract';
import { expect, it } from 'vitest';

const page = readFileSync(join(import.meta.dirname, '..', 'personas.md'), 'utf8');

it('the personas of the page are those of the contract, the most powerful first', () => {
  const [, table = ''] = /\| persona \|.*\n\| --- .*\n([\s\S]*?)\n\n/.exec(page) ?? [];
  expect([...table.matchAll(/^\| (\w+) \|/gm)].map(([, name]) => name)).toEqual([...personas]);
  expect(/^\| what \| (.*?) \| shown by \|$/m.exec(page)?.[1]?.split(' | ')).toEqual([...personas]);
});
