import { posix } from 'node:path';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { readCommit, resolveCommit } from './commits.ts';
import { runGit } from './git-program.ts';
import { commitId, onRepository, page, repositoryName } from './inputs.ts';
import { repositoriesOf } from './repositories.ts';
import { fileMode, listTree } from './trees.ts';

/** CodeCommit User Guide, "Quotas in AWS CodeCommit": what GetFile and GetBlob answer, in bytes. */
const MAX_FILE_BYTES = 6 * 1024 * 1024;
/** git's own id of the tree without anything in it. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** Commits and what is in them (CodeCommit API Reference, "GetCommit", "GetFile", "GetFolder", "GetDifferences"). */
export function contentOperations(cloud: Cloud): Record<string, Operation<never, unknown>> {
  const on = (action: string) => (input: { readonly repositoryName: string }, context: CallContext) => [
    onRepository(action, input.repositoryName, context),
  ];

  return {
    GetCommit: operation({
      input: z.strictObject({ repositoryName, commitId }),
      authorize: on('GetCommit'),
      run: async (input, context) => {
        const store = repositoriesOf(cloud, context);
        return { commit: await readCommit(store, store.get(input.repositoryName), input.commitId) };
      },
    }),

    GetFile: operation({
      input: z.strictObject({ repositoryName, commitSpecifier: z.string().optional(), filePath: z.string().min(1) }),
      authorize: on('GetFile'),
      run: async (input, context) => {
        const store = repositoriesOf(cloud, context);
        const repository = store.get(input.repositoryName);
        const commit = await resolveCommit(store, repository, input.commitSpecifier);
        const path = normalized(input.filePath);
        const directory = store.directory(repository);
        const [entry] = await listTree(directory, commit, '--', path);
        if (entry === undefined || entry.type !== 'blob' || entry.path !== path)
          throw new AwsError('FileDoesNotExistException', `The file ${input.filePath} does not exist in commit ${commit}.`);
        const fileSize = entry.size ?? 0;
        if (fileSize > MAX_FILE_BYTES) throw new AwsError('FileTooLargeException', `The file ${path} is over ${MAX_FILE_BYTES} bytes.`);
        return {
          commitId: commit,
          blobId: entry.id,
          filePath: path,
          fileMode: fileMode(entry.mode),
          fileSize,
          fileContent: await runGit(directory, ['cat-file', 'blob', entry.id]),
        };
      },
    }),

    GetFolder: operation({
      input: z.strictObject({ repositoryName, commitSpecifier: z.string().optional(), folderPath: z.string() }),
      authorize: on('GetFolder'),
      run: async (input, context) => {
        const store = repositoriesOf(cloud, context);
        const repository = store.get(input.repositoryName);
        const commit = await resolveCommit(store, repository, input.commitSpecifier);
        const directory = store.directory(repository);
        const folder = normalized(input.folderPath);
        const treeId = folder === '' ? (await readCommit(store, repository, commit)).treeId : await treeOf(directory, commit, folder);
        const entries = (await listTree(directory, treeId)).map((entry) => ({
          ...entry,
          absolutePath: folder === '' ? entry.path : `${folder}/${entry.path}`,
          relativePath: entry.path,
        }));
        const paths = ({ absolutePath, relativePath }: (typeof entries)[number]) => ({ absolutePath, relativePath });
        const blobs = entries
          .filter(({ type }) => type === 'blob')
          .map((entry) => ({ blobId: entry.id, ...paths(entry), fileMode: fileMode(entry.mode) }));
        return {
          commitId: commit,
          folderPath: folder,
          treeId,
          subFolders: entries.filter(({ type }) => type === 'tree').map((entry) => ({ treeId: entry.id, ...paths(entry) })),
          files: blobs.filter((blob) => blob.fileMode !== 'SYMLINK'),
          symbolicLinks: blobs.filter((blob) => blob.fileMode === 'SYMLINK'),
          subModules: entries.filter(({ type }) => type === 'commit').map((entry) => ({ commitId: entry.id, ...paths(entry) })),
        };
      },
    }),

    GetDifferences: operation({
      // The two paging members are the only ones of this API with capitals.
      input: z.strictObject({
        repositoryName,
        beforeCommitSpecifier: z.string().optional(),
        afterCommitSpecifier: z.string(),
        beforePath: z.string().optional(),
        afterPath: z.string().optional(),
        MaxResults: z.number().int().min(1).max(1000).default(1000),
        NextToken: z.string().optional(),
      }),
      authorize: on('GetDifferences'),
      run: async (input, context) => {
        const store = repositoriesOf(cloud, context);
        const repository = store.get(input.repositoryName);
        const after = await resolveCommit(store, repository, input.afterCommitSpecifier);
        const before =
          input.beforeCommitSpecifier === undefined ? EMPTY_TREE : await resolveCommit(store, repository, input.beforeCommitSpecifier);
        const text = await runGit(store.directory(repository), [
          'diff-tree',
          '-r',
          '-z',
          '--no-renames',
          '--raw',
          '--no-abbrev',
          before,
          after,
        ]);
        const all = parseDifferences(text.toString('utf8')).filter(({ path }) =>
          [input.beforePath, input.afterPath].every((wanted) => wanted === undefined || isWithin(path, normalized(wanted))),
        );
        const { items, nextToken } = page(all, input.NextToken, input.MaxResults);
        return { differences: items.map(({ path: _, ...difference }) => difference), NextToken: nextToken };
      },
    }),
  };
}

/** Throws FolderDoesNotExistException. */
async function treeOf(directory: string, commit: string, folder: string): Promise<string> {
  const [entry] = await listTree(directory, commit, '--', folder);
  if (entry?.type === 'tree' && entry.path === folder) return entry.id;
  throw new AwsError('FolderDoesNotExistException', `The folder ${folder} does not exist in commit ${commit}.`);
}

/** A path from the top of the repository. Throws InvalidPathException for one that leads out of it. */
function normalized(path: string): string {
  const clean = posix.normalize(`/${path}`).replace(/^\/|\/$/g, '');
  if (path.split('/').includes('..') || path.includes('\0'))
    throw new AwsError('InvalidPathException', `The specified path is not valid: ${path}`);
  return clean;
}

function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** git's documentation, "git-diff", "Raw output format", with `-z`. */
function parseDifferences(text: string) {
  const fields = text.split('\0');
  const found = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [beforeMode = '', afterMode = '', beforeId = '', afterId = '', change = ''] = (fields[index] ?? '').slice(1).split(' ');
    const path = fields[index + 1] ?? '';
    found.push({
      path,
      ...(change === 'A' ? {} : { beforeBlob: { blobId: beforeId, path, mode: beforeMode } }),
      ...(change === 'D' ? {} : { afterBlob: { blobId: afterId, path, mode: afterMode } }),
      // A file that became a link, or the other way round, is T to git.
      changeType: change === 'T' ? 'M' : change,
    });
  }
  return found;
}
