import { z } from 'zod';
import { cfnTags, type ResourceContext, type ResourceType, resourceType } from '../../kernel/resource-type.ts';

/**
 * Resource types of the templates here that have no effect locally: each is accepted, said at deploy and listed in
 * LIMITS.md with its reason. Their properties are strict all the same, so that a slip is found on the laptop.
 */
export const INERT_RESOURCE_TYPES: readonly ResourceType[] = [
  resourceType({
    type: 'AWS::CDK::Metadata',
    inertType: 'CDK tells AWS with it which constructs a template was made of; nobody asks here',
    properties: z.strictObject({ Analytics: z.string().optional() }),
    create: async (_properties, context) => named(context.uniqueName()),
    update: async (physicalId) => named(physicalId),
    delete: async () => undefined,
  }),

  resourceType({
    type: 'AWS::ECR::Repository',
    inertType: "CDK's bootstrap template makes one for container images; this system deploys none",
    properties: z.strictObject({
      RepositoryName: z.string().optional(),
      ImageTagMutability: z.enum(['MUTABLE', 'IMMUTABLE']).optional(),
      LifecyclePolicy: z.strictObject({ LifecyclePolicyText: z.string().optional(), RegistryId: z.string().optional() }).optional(),
      RepositoryPolicyText: z.unknown().optional(),
      Tags: cfnTags.optional(),
    }),
    replaceOn: ['RepositoryName'],
    create: async (properties, context) => repository(properties.RepositoryName ?? context.uniqueName({ lowerCase: true }), context),
    update: async (physicalId, _properties, _previous, context) => repository(physicalId, context),
    delete: async () => undefined,
  }),
];

function named(physicalId: string) {
  return { physicalId, attributes: {} };
}

function repository(name: string, { account, region }: ResourceContext) {
  return {
    physicalId: name,
    attributes: {
      Arn: `arn:aws:ecr:${region}:${account}:repository/${name}`,
      RepositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
    },
  };
}
