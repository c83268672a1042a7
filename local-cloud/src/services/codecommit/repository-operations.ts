import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type CallContext, type Operation, operation, type Scope } from '../../kernel/service.ts';
import { branchName, onRepository, page, repositoryName } from './inputs.ts';
import { setDefaultBranch } from './reference-changes.ts';
import { type Repository, repositoriesOf, repositoryArn } from './repositories.ts';

const description = z.string().max(1000);
const tags = z.record(z.string().min(1).max(128), z.string().max(256));

/** Repositories themselves (CodeCommit API Reference, "CreateRepository" and its neighbours). */
export function repositoryOperations(cloud: Cloud): Record<string, Operation<never, unknown>> {
  const on = (action: string) => (input: { readonly repositoryName: string }, context: CallContext) => [
    onRepository(action, input.repositoryName, context),
  ];
  const named = z.strictObject({ repositoryName });

  return {
    CreateRepository: operation({
      input: z.strictObject({ repositoryName, repositoryDescription: description.optional(), tags: tags.optional() }),
      authorize: (input, context) => [
        ...on('CreateRepository')(input, context),
        ...(input.tags === undefined ? [] : on('TagResource')(input, context)),
      ],
      run: async (input, context) => {
        const about = { description: input.repositoryDescription, tags: input.tags ?? {} };
        const repository = await repositoriesOf(cloud, context).create(input.repositoryName, about, cloud.clock());
        return { repositoryMetadata: metadata(cloud, repository, context) };
      },
    }),

    GetRepository: operation({
      input: named,
      authorize: on('GetRepository'),
      run: (input, context) => ({ repositoryMetadata: metadata(cloud, repositoriesOf(cloud, context).get(input.repositoryName), context) }),
    }),

    BatchGetRepositories: operation({
      input: z.strictObject({ repositoryNames: z.array(repositoryName).min(1).max(100) }),
      authorize: (input, context) => input.repositoryNames.map((name) => onRepository('BatchGetRepositories', name, context)),
      run: (input, context) => {
        const store = repositoriesOf(cloud, context);
        const known = input.repositoryNames.filter((name) => store.has(name));
        return {
          repositories: known.map((name) => metadata(cloud, store.get(name), context)),
          repositoriesNotFound: input.repositoryNames.filter((name) => !store.has(name)),
        };
      },
    }),

    ListRepositories: operation({
      input: z.strictObject({
        nextToken: z.string().optional(),
        sortBy: z.enum(['repositoryName', 'lastModifiedDate']).default('repositoryName'),
        order: z.enum(['ascending', 'descending']).default('ascending'),
      }),
      authorize: () => [{ action: 'codecommit:ListRepositories', resource: '*' }],
      run: ({ nextToken: token, sortBy, order }, context) => {
        const all = repositoriesOf(cloud, context).list();
        if (sortBy === 'lastModifiedDate') all.sort((a, b) => a.modified_ms - b.modified_ms);
        if (order === 'descending') all.reverse();
        const { items, nextToken } = page(all, token, 1000);
        return { repositories: items.map(({ id, name }) => ({ repositoryId: id, repositoryName: name })), nextToken };
      },
    }),

    DeleteRepository: operation({
      input: named,
      authorize: on('DeleteRepository'),
      run: (input, context) => {
        const store = repositoriesOf(cloud, context);
        // One that isn't there is no error, and has no id ("DeleteRepository").
        if (!store.has(input.repositoryName)) return {};
        const repository = store.get(input.repositoryName);
        store.delete(repository);
        return { repositoryId: repository.id };
      },
    }),

    UpdateRepositoryName: operation({
      input: z.strictObject({ oldName: repositoryName, newName: repositoryName }),
      authorize: ({ oldName, newName }, context) => [oldName, newName].map((name) => onRepository('UpdateRepositoryName', name, context)),
      run: ({ oldName, newName }, context) => {
        const store = repositoriesOf(cloud, context);
        store.rename(store.get(oldName), newName);
        return {};
      },
    }),

    UpdateRepositoryDescription: operation({
      input: z.strictObject({ repositoryName, repositoryDescription: description.optional() }),
      authorize: on('UpdateRepositoryDescription'),
      run: (input, context) => {
        const store = repositoriesOf(cloud, context);
        store.put({ ...store.get(input.repositoryName), description: input.repositoryDescription, modified_ms: cloud.clock() });
        return {};
      },
    }),

    UpdateDefaultBranch: operation({
      input: z.strictObject({ repositoryName, defaultBranchName: branchName }),
      authorize: on('UpdateDefaultBranch'),
      run: async (input, context) => {
        const store = repositoriesOf(cloud, context);
        const repository = store.get(input.repositoryName);
        await store.branch(repository, input.defaultBranchName);
        await setDefaultBranch(store, repository, input.defaultBranchName);
        return {};
      },
    }),

    ...tagOperations(cloud),
  };
}

function tagOperations(cloud: Cloud): Record<string, Operation<never, unknown>> {
  const resourceArn = z.string();
  const on = (action: string) => (input: { readonly resourceArn: string }) => [
    { action: `codecommit:${action}`, resource: input.resourceArn },
  ];
  const repositoryOf = (arn: string, context: CallContext): Repository => {
    const prefix = repositoryArn('', context);
    if (!arn.startsWith(prefix))
      throw new AwsError('InvalidResourceArnException', `${arn} is not the ARN of a repository of this account and region.`);
    return repositoriesOf(cloud, context).get(arn.slice(prefix.length));
  };
  return {
    ListTagsForResource: operation({
      input: z.strictObject({ resourceArn, nextToken: z.string().optional() }),
      authorize: on('ListTagsForResource'),
      run: (input, context) => ({ tags: repositoryOf(input.resourceArn, context).tags }),
    }),
    TagResource: operation({
      input: z.strictObject({ resourceArn, tags }),
      authorize: on('TagResource'),
      run: (input, context) => {
        const repository = repositoryOf(input.resourceArn, context);
        repositoriesOf(cloud, context).put({ ...repository, tags: { ...repository.tags, ...input.tags } });
        return {};
      },
    }),
    UntagResource: operation({
      input: z.strictObject({ resourceArn, tagKeys: z.array(z.string()) }),
      authorize: on('UntagResource'),
      run: (input, context) => {
        const repository = repositoryOf(input.resourceArn, context);
        const kept = Object.fromEntries(Object.entries(repository.tags).filter(([key]) => !input.tagKeys.includes(key)));
        repositoriesOf(cloud, context).put({ ...repository, tags: kept });
        return {};
      },
    }),
  };
}

/** `RepositoryMetadata`. There is no SSH here, so there is no `cloneUrlSsh`. */
function metadata(cloud: Cloud, repository: Repository, scope: Scope) {
  return {
    accountId: scope.account,
    repositoryId: repository.id,
    repositoryName: repository.name,
    repositoryDescription: repository.description,
    defaultBranch: repository.defaultBranch,
    lastModifiedDate: new Date(repository.modified_ms),
    creationDate: new Date(repository.created_ms),
    cloneUrlHttp: `${cloud.endpoint}/v1/repos/${repository.name}`,
    Arn: repositoryArn(repository.name, scope),
  };
}
