import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdStateKind } from './state-kind.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'state-kind-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('what a directory holds', () => {
  it('stays what it was begun as', () => {
    holdStateKind(directory, 'pipelines', 'reset');
    expect(() => holdStateKind(directory, 'pipelines', 'reset')).not.toThrow();
    expect(() => holdStateKind(directory, 'one account', 'forget it')).toThrow(
      /begun with --pipelines or --pipeline\. Start it so, .*or forget it/,
    );
  });

  it('is one account where it is older than that', () => {
    writeFileSync(join(directory, 'deployed.json'), '{}');
    expect(() => holdStateKind(directory, 'pipelines', 'reset')).toThrow(/begun without --pipelines/);
    expect(() => holdStateKind(directory, 'one account', 'reset')).not.toThrow();
  });
});
