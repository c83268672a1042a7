import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, importedPackages, manifestIn, namedPaths, repos, root, sourceFiles } from './source-files.ts';

/**
 * Who may name the workspace itself, and why: its root or its .local, never a file of another repo. Each of them says what is missing, or does without, where its repo is
 * alone, and none is run by its repo's `npm test`.
 */
const MAY_NAME_THE_ROOT: Readonly<Record<string, string>> = {
  'local-cloud/bin/': 'starts, finds and forgets the system of the workspace',
  'local-cloud/bench/': 'measures the system of the workspace',
  'local-cloud/bill/': 'bills the system of the workspace',
  'local-cloud/conformance/': 'runs Vitest of the workspace over both targets',
  'local-cloud/fuzz/': 'has the system of the workspace to try',
  'local-cloud/test/': 'tests the system of the workspace',
  'local-cloud/src/tools/running-system.ts': 'finds the running system in the .local of the workspace',
};

const files = sourceFiles().map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
const repoOf = (file: string) => repos.find((repo) => file.startsWith(`${repo}/`)) ?? '';
const inWorkspace = new Set(readdirSync(root));

/** What a file names that is another's: below the workspace's root, as it stands there. A path to what no workspace has is text, such as a fuzzer's. */
function reachesOver(file: string, text: string): string[] {
  const mayNameRoot = Object.keys(MAY_NAME_THE_ROOT).some((who) => file.startsWith(who));
  return namedPaths(file, text)
    .filter(({ target }) => {
      const [first = ''] = relative(root, target).split('/');
      if (first === '' || first === '.local') return !mayNameRoot;
      return first !== repoOf(file) && inWorkspace.has(first);
    })
    .map((named) => `${file}: ${named.text}`);
}

describe('what a file names by a path', () => {
  it('is seen in an import, in a URL and in joined parts', () => {
    const seen = (text: string) => namedPaths('docs/journeys/a.ts', text).map(({ target }) => relative(root, target));
    expect(seen(`import a from '../../x-repo/a.ts'`)).toEqual(['x-repo/a.ts']);
    expect(seen(`new URL("../b.md", import.meta.url)`)).toEqual(['docs/b.md']);
    expect(seen(`join(import.meta.dirname, '..', '..', 'x-repo', 'a')`)).toEqual(['x-repo/a']);
    expect(seen(`read('./c.json'); const d = '...'`)).toEqual(['docs/journeys/c.json']);
  });

  it.each(repos)('lies in the repo: %s', (repo) => {
    expect(files.filter(({ file }) => repoOf(file) === repo).flatMap(({ file, text }) => reachesOver(file, text))).toEqual([]);
  });
});

describe('what a file imports', () => {
  it('is seen in each way of importing', () => {
    const text = `import a from 'a';\nimport 'b/c';\nexport * from '@d/e/f';\nimport {\n  g,\n} from 'g';\nconst h = await import('h');\nimport type { I } from 'i';\nimport fs from 'node:fs';\nrequire.resolve('j/package.json');\nimport k from './k.ts';`;
    expect(importedPackages(text).sort()).toEqual(['@d/e', 'a', 'b', 'g', 'h', 'i', 'j']);
  });

  it('stands in the package.json beside it', () => {
    const missing = files.flatMap(({ file, text }) => {
      const folder = folderOf(file) ?? '';
      const { name, dependencies, devDependencies, peerDependencies } = manifestIn(folder);
      const declared = { ...dependencies, ...devDependencies, ...peerDependencies };
      return importedPackages(text)
        .filter((imported) => imported !== name && declared[imported] === undefined && declared[`@types/${imported}`] === undefined)
        .map((imported) => `${file}: ${imported}`);
    });
    expect(missing).toEqual([]);
  });

  it('stands there at one exact version, the same in every repo', () => {
    const versions = new Map<string, Map<string, string[]>>();
    for (const folder of ['.', ...new Set(files.map(({ file }) => folderOf(file) ?? ''))])
      for (const [name, version] of Object.entries({ ...manifestIn(folder).dependencies, ...manifestIn(folder).devDependencies })) {
        const known = versions.get(name) ?? new Map<string, string[]>();
        versions.set(name, known.set(version, [...(known.get(version) ?? []), folder]));
      }
    const inexact = [...versions].flatMap(([name, known]) =>
      [...known.keys()].filter((version) => !/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version)).map((version) => `${name} ${version}`),
    );
    const different = [...versions].filter(([, known]) => known.size > 1).map(([name, known]) => `${name} ${[...known.keys()].join(', ')}`);
    expect([...inexact, ...different]).toEqual([]);
  });
});
