import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { unzipTo, zipFiles } from './archive.ts';
import { selectFiles } from './artifacts.ts';
import type { ArtifactSpec } from './buildspec.ts';

let source: string;
beforeEach(() => {
  source = mkdtempSync(join(tmpdir(), 'artifacts-'));
});
afterEach(() => rmSync(source, { recursive: true, force: true }));

const spec = (members: Partial<ArtifactSpec>): ArtifactSpec => ({
  files: ['**/*'],
  name: undefined,
  'discard-paths': false,
  'base-directory': '.',
  'exclude-paths': [],
  ...members,
});
const names = async (members: Partial<ArtifactSpec>) =>
  (await selectFiles(source, spec(members), () => undefined)).map(({ name }) => name).toSorted();
const write = (path: string) => {
  mkdirSync(join(source, dirname(path)), { recursive: true });
  writeFileSync(join(source, path), path);
};

it('chooses as the examples of the reference do ("Build specification reference for CodeBuild", artifacts/base-directory)', async () => {
  for (const path of ['my-build1/my-file1.txt', 'my-build2/my-file2.txt', 'my-build2/my-subdirectory/my-file3.txt']) write(path);
  expect(await names({ files: ['*/my-file3.txt'], 'base-directory': 'my-build2' })).toEqual(['my-subdirectory/my-file3.txt']);
  expect(await names({ 'base-directory': 'my-build*', 'discard-paths': true })).toEqual(['my-file1.txt', 'my-file2.txt', 'my-file3.txt']);
  expect(await names({ files: ['./my-build1/my-file1.txt', 'my-build2/*'] })).toEqual(['my-build1/my-file1.txt', 'my-build2/my-file2.txt']);
});

it('follows links, and comes to an end where they lead back', async () => {
  write('packages/a/x');
  mkdirSync(join(source, 'node_modules'));
  symlinkSync('../packages/a', join(source, 'node_modules/a'));
  symlinkSync('../..', join(source, 'packages/a/back'));
  expect(await names({ files: ['node_modules/a/x'] })).toEqual(['node_modules/a/x']);
  expect(await names({})).toEqual(expect.arrayContaining(['node_modules/a/x', 'packages/a/x']));
});

const segment = fc.stringMatching(/^[a-z._][a-z0-9._-]{0,5}$/).filter((name) => !/^\.+$/.test(name));
const tree = fc
  .uniqueArray(fc.array(segment, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12, selector: (path) => path.join('/') })
  .map((paths) => paths.map((path) => path.join('/')))
  // No file where another one has a folder.
  .map((paths) => paths.filter((path) => !paths.some((other) => other.startsWith(`${path}/`))));

it('**/* is every file, hidden ones too, and comes out of the zip as it went in', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (paths) => {
      rmSync(source, { recursive: true, force: true });
      for (const path of paths) write(path);
      expect(await names({})).toEqual(paths.toSorted());
      const last = paths.map((path) => path.split('/').at(-1) ?? '');
      expect(await names({ 'discard-paths': true })).toEqual([...new Set(last)].toSorted());
      const zip = await zipFiles(await selectFiles(source, spec({}), () => undefined));
      rmSync(source, { recursive: true, force: true });
      await unzipTo(zip, source);
      expect(await names({})).toEqual(paths.toSorted());
    }),
    { numRuns: 40 },
  );
});
