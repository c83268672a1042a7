import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { ROLE_WITHOUT_POLICIES } from '../../testing/role-without-policies.ts';
import { exportCommit } from './export-commit.ts';
import { CodeCommitBench } from './testing/codecommit-bench.ts';

let bench: CodeCommitBench;
beforeAll(async () => {
  bench = await CodeCommitBench.start();
});
afterAll(() => bench.stop());

async function entriesOf(zip: Buffer): Promise<Record<string, [mode: string, text: string]>> {
  const file = await fromBufferPromise(zip);
  const found: Record<string, [string, string]> = {};
  for await (const entry of file.eachEntry()) {
    const content = await buffer(await file.openReadStreamPromise(entry));
    found[entry.fileName] = [(entry.externalFileAttributes >>> 16).toString(8), content.toString('latin1')];
  }
  return found;
}

it('is a zip of the commit’s tree with the files’ modes, for whoever may upload archives', async () => {
  const repositoryName = await bench.repository();
  const clone = await bench.git.clone(bench.url(repositoryName), repositoryName);
  symlinkSync('a.txt', join(clone, 'link'));
  const binary = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  await bench.git.commit(clone, {
    'a.txt': 'a\n',
    'bin/run': 'x',
    'bin/data': binary,
    'empty.txt': '',
    '.gitattributes': 'a.txt export-ignore\n',
  });
  await bench.git.run(clone, 'update-index', '--chmod=+x', 'bin/run');
  await bench.git.run(clone, 'commit', '--quiet', '-m', 'Run it');
  const commitId = await bench.git.head(clone);
  await bench.git.commit(clone, { 'later.txt': 'later' });
  await bench.git.run(clone, 'push', '--quiet', 'origin', 'main');

  const { cloud } = bench.cloud;
  expect(await entriesOf(await exportCommit(cloud, { repositoryName, commitId }, bench.cloud.caller()))).toEqual({
    '.gitattributes': ['100644', 'a.txt export-ignore\n'],
    'a.txt': ['100644', 'a\n'],
    'bin/data': ['100644', binary.toString('latin1')],
    'bin/run': ['100755', 'x'],
    'empty.txt': ['100644', ''],
    link: ['120000', 'a.txt'],
  });
  await expect(exportCommit(cloud, { repositoryName, commitId }, bench.cloud.caller(ROLE_WITHOUT_POLICIES))).rejects.toMatchObject({
    code: 'AccessDeniedException',
    message: expect.stringContaining('codecommit:UploadArchive'),
  });
  await expect(exportCommit(cloud, { repositoryName, commitId: 'f'.repeat(40) }, bench.cloud.caller())).rejects.toMatchObject({
    code: 'CommitDoesNotExistException',
  });
});
