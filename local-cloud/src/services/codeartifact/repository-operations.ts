import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type Authorization, type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { domainArn, onDomain, onRepository, type RepositoryInput, repositoryArn, storeOf } from './artifact-arns.ts';
import { type ArtifactStore, artifactsOf, notFound, type Repository } from './artifact-store.ts';
import { checkRevision, newPolicy, shownPolicy } from './domain-operations.ts';
import { format, inDomain, inRepository, page, paging, policyText, tagRecord, tags } from './inputs.ts';
import { npmEndpoint } from './npm-endpoint.ts';

const description = z.string().max(1000);

/** Repositories (CodeArtifact API Reference). Upstreams and external connections are refused by name. */
export function repositoryOperations(cloud: Cloud): Record<string, Operation<never, unknown>> {
  const on = (action: string) => (input: RepositoryInput, context: CallContext) => [onRepository(cloud, action, input, context)];
  const located = (input: RepositoryInput, context: CallContext): { store: ArtifactStore; found: Repository; arn: string } => {
    const store = storeOf(cloud, input, context);
    return {
      store,
      found: store.repository(input.domain, input.repository),
      arn: repositoryArn(input.domain, input.repository, store.scope),
    };
  };

  return {
    CreateRepository: operation({
      input: z.strictObject({ ...inRepository, description: description.optional(), tags: tags.optional() }),
      authorize: (input, context) => [
        // There is no repository yet whose policy could allow it; the domain's does for other accounts.
        inNewRepository(cloud, input, context),
        ...(input.tags === undefined ? [] : on('TagResource')(input, context)),
      ],
      run: (input, context) => {
        const store = storeOf(cloud, input, context);
        store.domain(input.domain);
        if (store.findRepository(input.domain, input.repository) !== undefined) {
          const members = { resourceId: input.repository, resourceType: 'repository' };
          throw new AwsError(
            'ConflictException',
            `Repository '${input.repository}' already exists in domain '${input.domain}'.`,
            409,
            members,
          );
        }
        const made: Repository = {
          domain: input.domain,
          name: input.repository,
          description: input.description,
          administrator: context.account,
          created_ms: cloud.clock(),
          tags: tagRecord(input.tags),
        };
        store.putRepository(made);
        return { repository: described(store, made) };
      },
    }),

    DescribeRepository: operation({
      input: z.strictObject(inRepository),
      authorize: on('DescribeRepository'),
      run: (input, context) => {
        const { store, found } = located(input, context);
        return { repository: described(store, found) };
      },
    }),

    UpdateRepository: operation({
      input: z.strictObject({ ...inRepository, description: description.optional() }),
      authorize: on('UpdateRepository'),
      run: (input, context) => {
        const { store, found } = located(input, context);
        const changed = { ...found, description: input.description };
        store.putRepository(changed);
        return { repository: described(store, changed) };
      },
    }),

    DeleteRepository: operation({
      input: z.strictObject(inRepository),
      authorize: on('DeleteRepository'),
      run: (input, context) => {
        const { store, found } = located(input, context);
        store.deleteRepository(found);
        return { repository: described(store, found) };
      },
    }),

    ListRepositoriesInDomain: operation({
      input: z.strictObject({ ...inDomain, ...paging, repositoryPrefix: z.string().optional() }),
      authorize: (input, context) => [onDomain(cloud, 'ListRepositoriesInDomain', input, context)],
      run: (input, context) => {
        const store = storeOf(cloud, input, context);
        const all = store.repositories(store.domain(input.domain).name).filter(({ name }) => name.startsWith(input.repositoryPrefix ?? ''));
        const { items, nextToken } = page(all, input);
        return { repositories: items.map((one) => summary(store, one)), nextToken };
      },
    }),

    GetRepositoryEndpoint: operation({
      input: z.strictObject({ ...inRepository, format }),
      authorize: on('GetRepositoryEndpoint'),
      run: (input, context) => {
        const { store, found } = located(input, context);
        return { repositoryEndpoint: npmEndpoint(cloud, found, store.scope) };
      },
    }),

    PutRepositoryPermissionsPolicy: operation({
      input: z.strictObject({ ...inRepository, policyRevision: z.string().optional(), policyDocument: policyText }),
      authorize: on('PutRepositoryPermissionsPolicy'),
      run: (input, context) => {
        const { store, found, arn } = located(input, context);
        const policy = newPolicy(found.policy, input);
        store.putRepository({ ...found, policy });
        return { policy: shownPolicy(policy, arn) };
      },
    }),

    GetRepositoryPermissionsPolicy: operation({
      input: z.strictObject(inRepository),
      authorize: on('GetRepositoryPermissionsPolicy'),
      run: (input, context) => {
        const { found, arn } = located(input, context);
        return { policy: shownPolicy(found.policy, arn) };
      },
    }),

    DeleteRepositoryPermissionsPolicy: operation({
      input: z.strictObject({ ...inRepository, policyRevision: z.string().optional() }),
      authorize: on('DeleteRepositoryPermissionsPolicy'),
      run: (input, context) => {
        const { store, found, arn } = located(input, context);
        const policy = shownPolicy(found.policy, arn);
        checkRevision(found.policy, input.policyRevision);
        store.putRepository({ ...found, policy: undefined });
        return { policy };
      },
    }),

    ...tagOperations(cloud),
  };
}

function inNewRepository(cloud: Cloud, input: RepositoryInput, context: CallContext): Authorization {
  const { resourcePolicy } = onDomain(cloud, 'CreateRepository', input, context);
  return { ...onRepository(cloud, 'CreateRepository', input, context), resourcePolicy };
}

/** Of the account's own domains and repositories. */
function tagOperations(cloud: Cloud): Record<string, Operation<never, unknown>> {
  const resourceArn = z.string();
  const on = (action: string) => (input: { readonly resourceArn: string }) => [
    { action: `codeartifact:${action}`, resource: input.resourceArn },
  ];
  const change = (
    arn: string,
    context: CallContext,
    changed: (tags: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
  ) => {
    const store = artifactsOf(cloud, context);
    const found = store.domains.list().find(({ name }) => domainArn(name, context) === arn);
    if (found !== undefined) {
      const tagsNow = changed(found.tags);
      store.domains.put(found.name, { ...found, tags: tagsNow });
      return tagsNow;
    }
    const [, domainName = '', name = ''] = /:repository\/([^/]+)\/([^/]+)$/.exec(arn) ?? [];
    const repository = repositoryArn(domainName, name, context) === arn ? store.findRepository(domainName, name) : undefined;
    if (repository === undefined) throw notFound(`The resource ${arn} does not exist.`);
    const tagsNow = changed(repository.tags);
    store.putRepository({ ...repository, tags: tagsNow });
    return tagsNow;
  };
  return {
    ListTagsForResource: operation({
      input: z.strictObject({ resourceArn }),
      authorize: on('ListTagsForResource'),
      run: (input, context) => ({
        tags: Object.entries(change(input.resourceArn, context, (now) => now)).map(([key, value]) => ({ key, value })),
      }),
    }),
    TagResource: operation({
      input: z.strictObject({ resourceArn, tags }),
      authorize: on('TagResource'),
      run: (input, context) => {
        change(input.resourceArn, context, (now) => ({ ...now, ...tagRecord(input.tags) }));
        return {};
      },
    }),
    UntagResource: operation({
      input: z.strictObject({ resourceArn, tagKeys: z.array(z.string()) }),
      authorize: on('UntagResource'),
      run: (input, context) => {
        change(input.resourceArn, context, (now) =>
          Object.fromEntries(Object.entries(now).filter(([key]) => !input.tagKeys.includes(key))),
        );
        return {};
      },
    }),
  };
}

function summary({ scope }: ArtifactStore, found: Repository) {
  return {
    name: found.name,
    administratorAccount: found.administrator,
    domainName: found.domain,
    domainOwner: scope.account,
    arn: repositoryArn(found.domain, found.name, scope),
    description: found.description,
    createdTime: new Date(found.created_ms),
  };
}

function described(store: ArtifactStore, found: Repository) {
  return { ...summary(store, found), upstreams: [], externalConnections: [] };
}
