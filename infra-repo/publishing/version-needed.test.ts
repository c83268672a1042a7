import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addition, breaking } from './finding.ts';
import { sharedPackages } from './pack-package.ts';
import { changeOf, isAtLeast, versionNeeded } from './version-needed.ts';

describe('the version that a change takes', () => {
  it.each([
    ['1.4.2', 'breaking', '2.0.0'],
    ['1.4.2', 'addition', '1.5.0'],
    ['1.4.2', 'content', '1.4.3'],
    ['1.4.2', 'none', '1.4.2'],
    ['0.4.2', 'breaking', '0.5.0'],
    ['0.4.2', 'addition', '0.4.3'],
    ['0.4.2', 'content', '0.4.3'],
  ] as const)('after %s, %s: %s', (published, change, needed) => {
    expect(versionNeeded(published, change)).toBe(needed);
  });

  it('goes by the greatest of what was found', () => {
    expect(changeOf([addition('a', ''), breaking('b', '')], false)).toBe('breaking');
    expect(changeOf([addition('a', '')], false)).toBe('addition');
    expect(changeOf([], false)).toBe('content');
    expect(changeOf([], true)).toBe('none');
  });

  it('may be a later one', () => {
    expect(['0.1.0', '0.2.0', '0.1.1', '1.0.0', '0.10.0'].filter((version) => isAtLeast(version, '0.1.1'))).toEqual([
      '0.2.0',
      '0.1.1',
      '1.0.0',
      '0.10.0',
    ]);
  });
});

describe('this repo', () => {
  it('pins the versions of the packages that it holds: npm would fetch another one from the registry', () => {
    const read = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const { dependencies } = read(join(import.meta.dirname, '..'));
    for (const { name, version } of sharedPackages.map(read)) expect([name, dependencies[name]]).toEqual([name, version]);
  });
});
