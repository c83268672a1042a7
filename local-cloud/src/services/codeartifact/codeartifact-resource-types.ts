import { z } from 'zod';
import { cfnTags, type ResourceContext, type ResourceType, resourceType, unlessCode } from '../../kernel/resource-type.ts';

const unlessGone = unlessCode('ResourceNotFoundException');
const document = z.record(z.string(), z.unknown());

interface Tagged {
  readonly Tags?: { Key: string; Value: string }[] | undefined;
}

/** AWS::CodeArtifact::Domain (CloudFormation Template Reference): Ref is the ARN. */
const domainType = resourceType({
  type: 'AWS::CodeArtifact::Domain',
  properties: z.strictObject({
    DomainName: z.string(),
    EncryptionKey: z.string().optional(),
    PermissionsPolicyDocument: document.optional(),
    Tags: cfnTags.optional(),
  }),
  inert: { EncryptionKey: 'nothing is encrypted at rest on a laptop' },
  replaceOn: ['DomainName', 'EncryptionKey'],
  create: async (properties, context) => {
    const { domain } = await context.call<{ domain: { arn: string } }>('codeartifact', 'CreateDomain', {
      domain: properties.DomainName,
      ...tagsInput(properties, context),
    });
    await putPolicy('Domain', { domain: properties.DomainName }, properties, {}, context);
    return domainState(properties.DomainName, domain.arn, context);
  },
  update: async (arn, properties, previous, context) => {
    await putPolicy('Domain', { domain: properties.DomainName }, properties, previous, context);
    await retag(arn, properties, previous, context);
    return domainState(properties.DomainName, arn, context);
  },
  delete: async (_arn, { DomainName }, context) => {
    await context.call('codeartifact', 'DeleteDomain', { domain: DomainName });
  },
});

function domainState(name: string, arn: string, { account }: ResourceContext) {
  return { physicalId: arn, attributes: { Arn: arn, Name: name, Owner: account } };
}

/** AWS::CodeArtifact::Repository: Ref is the ARN. ExternalConnections and Upstreams are refused: public packages come from npm's own registry. */
const repositoryType = resourceType({
  type: 'AWS::CodeArtifact::Repository',
  properties: z.strictObject({
    DomainName: z.string(),
    DomainOwner: z.string().optional(),
    RepositoryName: z.string(),
    Description: z.string().optional(),
    PermissionsPolicyDocument: document.optional(),
    Tags: cfnTags.optional(),
  }),
  replaceOn: ['DomainName', 'DomainOwner', 'RepositoryName'],
  create: async (properties, context) => {
    const which = repositoryInput(properties);
    const { repository } = await context.call<{ repository: { arn: string } }>('codeartifact', 'CreateRepository', {
      ...which,
      ...(properties.Description === undefined ? {} : { description: properties.Description }),
      ...tagsInput(properties, context),
    });
    await putPolicy('Repository', which, properties, {}, context);
    return repositoryState(properties, repository.arn, context);
  },
  update: async (arn, properties, previous, context) => {
    const which = repositoryInput(properties);
    const description = properties.Description === undefined ? {} : { description: properties.Description };
    if (properties.Description !== previous.Description)
      await context.call('codeartifact', 'UpdateRepository', { ...which, ...description });
    await putPolicy('Repository', which, properties, previous, context);
    await retag(arn, properties, previous, context);
    return repositoryState(properties, arn, context);
  },
  delete: async (_arn, properties, context) => {
    await unlessGone(context.call('codeartifact', 'DeleteRepository', repositoryInput(properties)));
  },
});

interface RepositoryProperties {
  readonly DomainName: string;
  readonly DomainOwner?: string | undefined;
  readonly RepositoryName: string;
}

function repositoryInput({ DomainName, DomainOwner, RepositoryName }: RepositoryProperties) {
  return { domain: DomainName, repository: RepositoryName, ...(DomainOwner === undefined ? {} : { domainOwner: DomainOwner }) };
}

function repositoryState({ DomainName, DomainOwner, RepositoryName }: RepositoryProperties, arn: string, { account }: ResourceContext) {
  return { physicalId: arn, attributes: { Arn: arn, Name: RepositoryName, DomainName, DomainOwner: DomainOwner ?? account } };
}

interface Governed {
  readonly PermissionsPolicyDocument?: Readonly<Record<string, unknown>> | undefined;
}

async function putPolicy(
  kind: 'Domain' | 'Repository',
  which: object,
  wanted: Governed,
  previous: Governed,
  context: ResourceContext,
): Promise<void> {
  const policy = wanted.PermissionsPolicyDocument;
  if (policy !== undefined)
    await context.call('codeartifact', `Put${kind}PermissionsPolicy`, { ...which, policyDocument: JSON.stringify(policy) });
  else if (previous.PermissionsPolicyDocument !== undefined)
    await unlessGone(context.call('codeartifact', `Delete${kind}PermissionsPolicy`, which));
}

function tagsOf({ Tags = [] }: Tagged, { stackTags }: ResourceContext): Record<string, string> {
  return { ...stackTags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) };
}

function tagsInput(properties: Tagged, context: ResourceContext) {
  const tags = Object.entries(tagsOf(properties, context)).map(([key, value]) => ({ key, value }));
  return tags.length === 0 ? {} : { tags };
}

async function retag(resourceArn: string, properties: Tagged, previous: Tagged, context: ResourceContext): Promise<void> {
  const wanted = tagsOf(properties, context);
  const tagKeys = Object.keys(tagsOf(previous, context)).filter((key) => !Object.hasOwn(wanted, key));
  if (tagKeys.length > 0) await context.call('codeartifact', 'UntagResource', { resourceArn, tagKeys });
  if (Object.keys(wanted).length > 0) await context.call('codeartifact', 'TagResource', { resourceArn, ...tagsInput(properties, context) });
}

export const codeartifactResourceTypes: readonly ResourceType[] = [domainType, repositoryType];
