import { z } from 'zod';
import { cfnTags, type ResourceContext, type ResourceType, resourceType, unlessCode } from '../../kernel/resource-type.ts';

const unlessGone = unlessCode('RepositoryDoesNotExistException');

const repositoryProperties = z.strictObject({
  RepositoryName: z.string(),
  RepositoryDescription: z.string().optional(),
  KmsKeyId: z.string().optional(),
  Tags: cfnTags.optional(),
});
type RepositoryProperties = z.output<typeof repositoryProperties>;

interface Metadata {
  readonly repositoryId: string;
  readonly repositoryName: string;
  readonly cloneUrlHttp: string;
  readonly Arn: string;
}

/** AWS::CodeCommit::Repository (CloudFormation Template Reference): Ref is the repository's id. Code (a seed in S3) and Triggers are refused. */
const repositoryType = resourceType({
  type: 'AWS::CodeCommit::Repository',
  properties: repositoryProperties,
  inert: { KmsKeyId: 'nothing is encrypted at rest on a laptop' },
  create: async (properties, context) => {
    const tags = tagsOf(properties, context);
    const { repositoryMetadata } = await context.call<{ repositoryMetadata: Metadata }>('codecommit', 'CreateRepository', {
      repositoryName: properties.RepositoryName,
      ...(properties.RepositoryDescription === undefined ? {} : { repositoryDescription: properties.RepositoryDescription }),
      ...(Object.keys(tags).length === 0 ? {} : { tags }),
    });
    return stateOf(repositoryMetadata);
  },
  update: async (_id, properties, previous, context) => {
    const { RepositoryName: repositoryName, RepositoryDescription: repositoryDescription } = properties;
    if (repositoryName !== previous.RepositoryName)
      await context.call('codecommit', 'UpdateRepositoryName', { oldName: previous.RepositoryName, newName: repositoryName });
    if (repositoryDescription !== previous.RepositoryDescription)
      await context.call('codecommit', 'UpdateRepositoryDescription', {
        repositoryName,
        ...(repositoryDescription === undefined ? {} : { repositoryDescription }),
      });
    const { repositoryMetadata } = await context.call<{ repositoryMetadata: Metadata }>('codecommit', 'GetRepository', { repositoryName });
    const tags = tagsOf(properties, context);
    const resourceArn = repositoryMetadata.Arn;
    const tagKeys = Object.keys(tagsOf(previous, context)).filter((key) => !Object.hasOwn(tags, key));
    if (tagKeys.length > 0) await context.call('codecommit', 'UntagResource', { resourceArn, tagKeys });
    if (Object.keys(tags).length > 0) await context.call('codecommit', 'TagResource', { resourceArn, tags });
    return stateOf(repositoryMetadata);
  },
  delete: async (_id, { RepositoryName }, context) => {
    await unlessGone(context.call('codecommit', 'DeleteRepository', { repositoryName: RepositoryName }));
  },
});

function stateOf(metadata: Metadata) {
  return {
    physicalId: metadata.repositoryId,
    attributes: { Arn: metadata.Arn, CloneUrlHttp: metadata.cloneUrlHttp, Name: metadata.repositoryName },
  };
}

function tagsOf({ Tags = [] }: RepositoryProperties, { stackTags }: ResourceContext): Record<string, string> {
  return { ...stackTags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) };
}

export const codecommitResourceTypes: readonly ResourceType[] = [repositoryType];
