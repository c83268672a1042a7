import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import {
  BatchGetRepositoriesCommand,
  CreateBranchCommand,
  CreateRepositoryCommand,
  DeleteBranchCommand,
  DeleteRepositoryCommand,
  GetBranchCommand,
  GetCommitCommand,
  GetDifferencesCommand,
  GetFileCommand,
  GetFolderCommand,
  GetRepositoryCommand,
  ListBranchesCommand,
  ListRepositoriesCommand,
  UpdateDefaultBranchCommand,
  UpdateRepositoryNameCommand,
} from '@aws-sdk/client-codecommit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodeCommitBench } from './testing/codecommit-bench.ts';

let bench: CodeCommitBench;
let name: string;
let clone: string;
let first: string;
let second: string;
beforeAll(async () => {
  bench = await CodeCommitBench.start();
  name = await bench.repository();
  clone = await bench.git.clone(bench.url(name), name);
  symlinkSync('README.md', join(clone, 'link'));
  first = await bench.git.commit(
    clone,
    { 'README.md': 'first\n', 'src/run.sh': '#!/bin/sh\n', 'src/deep/a b.txt': 'ä' },
    'First\n\nWith a body.',
  );
  chmodSync(join(clone, 'src/run.sh'), 0o755);
  second = await bench.git.commit(clone, { 'README.md': 'second\n', 'new.txt': 'new' }, 'Second');
  await bench.git.run(clone, 'push', '--quiet', 'origin', 'main');
});
afterAll(() => bench.stop());

describe('repositories', () => {
  it('are made once, listed, renamed and deleted with what was in them', async () => {
    const { client } = bench;
    await client.send(new CreateRepositoryCommand({ repositoryName: 'one', repositoryDescription: 'The first', tags: { team: 'ingest' } }));
    await expect(client.send(new CreateRepositoryCommand({ repositoryName: 'one' }))).rejects.toMatchObject({
      name: 'RepositoryNameExistsException',
    });
    const { repositories = [] } = await client.send(new ListRepositoriesCommand({}));
    expect(repositories.map(({ repositoryName }) => repositoryName)).toContain('one');
    const { repositoryMetadata: before } = await client.send(new GetRepositoryCommand({ repositoryName: 'one' }));
    expect(before).toMatchObject({ Arn: bench.arn('one'), repositoryDescription: 'The first', creationDate: expect.any(Date) });

    const own = await bench.git.clone(bench.url('one'), 'one');
    await bench.git.commit(own, { 'a.txt': 'a' });
    await bench.git.run(own, 'push', '--quiet', 'origin', 'main');
    await client.send(new UpdateRepositoryNameCommand({ oldName: 'one', newName: 'uno' }));
    await bench.git.run(own, 'ls-remote', '--exit-code', bench.url('uno'), 'refs/heads/main');
    await expect(client.send(new GetRepositoryCommand({ repositoryName: 'one' }))).rejects.toMatchObject({
      name: 'RepositoryDoesNotExistException',
    });

    expect(await client.send(new DeleteRepositoryCommand({ repositoryName: 'uno' }))).toMatchObject({ repositoryId: before?.repositoryId });
    expect((await client.send(new DeleteRepositoryCommand({ repositoryName: 'uno' }))).repositoryId).toBeUndefined();
    await client.send(new CreateRepositoryCommand({ repositoryName: 'uno' }));
    expect((await client.send(new ListBranchesCommand({ repositoryName: 'uno' }))).branches).toEqual([]);
    expect(await client.send(new BatchGetRepositoriesCommand({ repositoryNames: ['uno', 'due'] }))).toMatchObject({
      repositories: [{ repositoryName: 'uno' }],
      repositoriesNotFound: ['due'],
    });
  });

  it.each(['x.git', '', 'a/b', 'a'.repeat(101)])('are not named %j', async (repositoryName) => {
    await expect(bench.client.send(new CreateRepositoryCommand({ repositoryName }))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('branches', () => {
  it('are made at a commit and deleted, and EventBridge is told of it', async () => {
    const at = { repositoryName: name, branchName: 'release/1' };
    await bench.client.send(new CreateBranchCommand({ ...at, commitId: first }));
    expect((await bench.client.send(new GetBranchCommand(at))).branch).toEqual({ branchName: 'release/1', commitId: first });
    expect((await bench.client.send(new ListBranchesCommand({ repositoryName: name }))).branches).toEqual(['main', 'release/1']);
    await expect(bench.client.send(new CreateBranchCommand({ ...at, commitId: first }))).rejects.toMatchObject({
      name: 'BranchNameExistsException',
    });
    expect((await bench.client.send(new DeleteBranchCommand(at))).deletedBranch).toEqual({ branchName: 'release/1', commitId: first });
    expect((await bench.client.send(new DeleteBranchCommand(at))).deletedBranch).toBeUndefined();
    expect(bench.told(name).slice(1)).toMatchObject([
      { event: 'referenceCreated', referenceName: 'release/1', commitId: first },
      { event: 'referenceDeleted', referenceName: 'release/1', oldCommitId: first },
    ]);
    await expect(bench.client.send(new GetBranchCommand(at))).rejects.toMatchObject({ name: 'BranchDoesNotExistException' });
  });

  it('are not made at a commit that there is not, and the default one is not deleted', async () => {
    const none = { repositoryName: name, branchName: 'none', commitId: `${'0'.repeat(39)}1` };
    await expect(bench.client.send(new CreateBranchCommand(none))).rejects.toMatchObject({ name: 'CommitDoesNotExistException' });
    const main = { repositoryName: name, branchName: 'main' };
    await expect(bench.client.send(new DeleteBranchCommand(main))).rejects.toMatchObject({ name: 'DefaultBranchCannotBeDeletedException' });
  });

  it('can become the default one', async () => {
    const repositoryName = await bench.repository();
    const own = await bench.git.clone(bench.url(repositoryName), repositoryName);
    await bench.git.commit(own, { 'a.txt': 'a' });
    await bench.git.run(own, 'push', '--quiet', 'origin', 'main', 'main:trunk');
    await bench.client.send(new UpdateDefaultBranchCommand({ repositoryName, defaultBranchName: 'trunk' }));
    await bench.client.send(new DeleteBranchCommand({ repositoryName, branchName: 'main' }));
    const again = await bench.git.clone(bench.url(repositoryName), `${repositoryName}-again`);
    expect((await bench.git.run(again, 'branch', '--show-current')).trim()).toBe('trunk');
  });

  it.each(['', '-x', 'a..b', 'a b', 'x.lock', '/x', 'x/', 'a~1', 'a:b', '@{x'])('are not named %j', async (branchName) => {
    await expect(bench.client.send(new GetBranchCommand({ repositoryName: name, branchName }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('what is in a repository', () => {
  it('is told of a commit', async () => {
    const { commit } = await bench.client.send(new GetCommitCommand({ repositoryName: name, commitId: first }));
    const person = { name: 'Dana', email: 'dana@example.com', date: expect.stringMatching(/^\d+ [+-]\d{4}$/) };
    expect(commit).toMatchObject({ commitId: first, parents: [], message: 'First\n\nWith a body.\n', author: person, committer: person });
    expect((await bench.client.send(new GetCommitCommand({ repositoryName: name, commitId: second }))).commit?.parents).toEqual([first]);
    const none = bench.client.send(new GetCommitCommand({ repositoryName: name, commitId: 'f'.repeat(40) }));
    await expect(none).rejects.toMatchObject({ name: 'CommitIdDoesNotExistException' });
  });

  it('is read by file, at a commit, a branch or the default one', async () => {
    const text = async (filePath: string, commitSpecifier?: string) => {
      const answer = await bench.client.send(
        new GetFileCommand({ repositoryName: name, filePath, ...(commitSpecifier === undefined ? {} : { commitSpecifier }) }),
      );
      return [answer.fileMode, answer.fileSize, Buffer.from(answer.fileContent ?? []).toString()];
    };
    expect(await text('README.md')).toEqual(['NORMAL', 7, 'second\n']);
    expect(await text('README.md', first)).toEqual(['NORMAL', 6, 'first\n']);
    expect(await text('src/run.sh', 'main')).toEqual(['EXECUTABLE', 10, '#!/bin/sh\n']);
    expect(await text('src/deep/a b.txt', 'refs/heads/main')).toEqual(['NORMAL', 2, 'ä']);
    expect(await text('link')).toEqual(['SYMLINK', 9, 'README.md']);
    await expect(text('missing')).rejects.toMatchObject({ name: 'FileDoesNotExistException' });
    await expect(text('src')).rejects.toMatchObject({ name: 'FileDoesNotExistException' });
    await expect(text('README.md', 'nowhere')).rejects.toMatchObject({ name: 'CommitDoesNotExistException' });
    for (const specifier of ['main~1', 'main^', ':/First', 'main..main']) {
      await expect(text('README.md', specifier)).rejects.toMatchObject({ name: 'CommitDoesNotExistException' });
    }
    await expect(text(':(glob)*.md')).rejects.toMatchObject({ name: 'FileDoesNotExistException' });
    await expect(text('README.md', '--all')).rejects.toMatchObject({ name: 'CommitDoesNotExistException' });
    await expect(text('../README.md')).rejects.toMatchObject({ name: 'InvalidPathException' });
  });

  it('is read by folder', async () => {
    const top = await bench.client.send(new GetFolderCommand({ repositoryName: name, folderPath: '/' }));
    expect(top.files?.map(({ absolutePath }) => absolutePath)).toEqual(['README.md', 'new.txt']);
    expect(top.subFolders?.map(({ absolutePath }) => absolutePath)).toEqual(['src']);
    expect(top.symbolicLinks?.map(({ absolutePath }) => absolutePath)).toEqual(['link']);
    const src = await bench.client.send(new GetFolderCommand({ repositoryName: name, folderPath: 'src' }));
    expect(src.files).toMatchObject([{ absolutePath: 'src/run.sh', relativePath: 'run.sh', fileMode: 'EXECUTABLE' }]);
    await expect(bench.client.send(new GetFolderCommand({ repositoryName: name, folderPath: 'README.md' }))).rejects.toMatchObject({
      name: 'FolderDoesNotExistException',
    });
  });

  it('is compared between commits, a page at a time', async () => {
    const between = { repositoryName: name, beforeCommitSpecifier: first, afterCommitSpecifier: 'main' };
    const { differences = [] } = await bench.client.send(new GetDifferencesCommand(between));
    expect(differences.map(({ changeType, beforeBlob, afterBlob }) => [changeType, beforeBlob?.path, afterBlob?.path])).toEqual([
      ['M', 'README.md', 'README.md'],
      ['A', undefined, 'new.txt'],
      ['M', 'src/run.sh', 'src/run.sh'],
    ]);
    const back = await bench.client.send(
      new GetDifferencesCommand({ ...between, beforeCommitSpecifier: 'main', afterCommitSpecifier: first, afterPath: 'new.txt' }),
    );
    expect(back.differences).toMatchObject([{ changeType: 'D', beforeBlob: { path: 'new.txt' } }]);
    const all = await bench.client.send(new GetDifferencesCommand({ repositoryName: name, afterCommitSpecifier: first, MaxResults: 3 }));
    expect(all.differences).toHaveLength(3);
    const rest = await bench.client.send(
      new GetDifferencesCommand({ repositoryName: name, afterCommitSpecifier: first, MaxResults: 3, NextToken: all.NextToken ?? '' }),
    );
    expect(rest.differences).toHaveLength(1);
    expect(rest.NextToken).toBeUndefined();
  });
});
