import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as contract from '@enstratus/contract';
import { describe, expect, it } from 'vitest';

const page = readFileSync(join(import.meta.dirname, '..', 'access-patterns.md'), 'utf8');
const [, diagram = ''] = /```mermaid\n(erDiagram[\s\S]*?)```/.exec(page) ?? [];

/** `GAP_LEDGER` and `GapLedger` and `gapLedger` alike. */
const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** The entities of the contract: each has a function that makes its key. Indexes have keys too, and are none. */
const entities = Object.keys(contract)
  .flatMap((name) => /^(?!parse)(\w+)(?<!Sort)Key$/.exec(name)?.[1] ?? [])
  .filter((name) => name !== 'tree')
  .map(plain);

describe('the entities', () => {
  it('of the diagram are those of the contract', () => {
    const drawn = new Set([...diagram.matchAll(/\b[A-Z][A-Z_]+\b/g)].map(([name]) => plain(name)));
    expect([...drawn].sort()).toEqual([...new Set(entities)].sort());
  });

  it('of the table beside it are those of the contract', () => {
    const [, table = ''] = /\| entity \| pk[\s\S]*?\n\| --- .*\n([\s\S]*?)\n\n/.exec(page) ?? [];
    const listed = [...table.matchAll(/^\| (\w+) \|/gm)].map(([, name = '']) => plain(name));
    expect(listed.sort()).toEqual([...new Set(entities)].sort());
  });
});
