import { ZipFile } from 'yazl';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller } from '../../kernel/service.ts';
import { resolveCommit } from './commits.ts';
import { runGit } from './git-program.ts';
import { repositoriesOf, repositoryArn } from './repositories.ts';
import { listTree } from './trees.ts';

/**
 * A zip of everything in a commit's tree, with the files' modes; submodules are left out. It is what AWS does for a source action and has no API
 * for: the caller needs `codecommit:UploadArchive` on the repository (CodeCommit User Guide, "CodeCommit permissions reference", "Permissions required
 * for actions in AWS CodePipeline"). Rejects with AccessDeniedException, RepositoryDoesNotExistException, CommitDoesNotExistException.
 */
export async function exportCommit(cloud: Cloud, wanted: { repositoryName: string; commitId: string }, caller: Caller): Promise<Buffer> {
  cloud.authorizer.authorize(caller, { action: 'codecommit:UploadArchive', resource: repositoryArn(wanted.repositoryName, caller) });
  const store = repositoriesOf(cloud, caller);
  const repository = store.get(wanted.repositoryName);
  const commit = await resolveCommit(store, repository, wanted.commitId);
  const directory = store.directory(repository);
  const files = (await listTree(directory, commit, '-r')).filter(({ type }) => type === 'blob');
  const contents = parseBatch(await runGit(directory, ['cat-file', '--batch'], files.map(({ id }) => `${id}\n`).join('')));
  const [seconds = '0'] = (await runGit(directory, ['show', '--no-patch', '--format=%ct', commit])).toString('utf8').split('\n');
  const mtime = new Date(Number(seconds) * 1000);
  const zip = new ZipFile();
  for (const [index, { mode, path }] of files.entries())
    zip.addBuffer(contents[index] ?? Buffer.alloc(0), path, { mtime, mode: Number.parseInt(mode, 8) });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** git's documentation, "git-cat-file", "Batch output": a line with id, type and size, the content, a line's end. */
function parseBatch(output: Buffer): Buffer[] {
  const contents: Buffer[] = [];
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const size = Number(output.toString('utf8', at, end).split(' ')[2]);
    contents.push(output.subarray(end + 1, end + 1 + size));
    at = end + size + 2;
  }
  return contents;
}
