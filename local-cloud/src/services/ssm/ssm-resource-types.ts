import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type ResourceContext, type ResourceState, resourceType } from '../../kernel/resource-type.ts';

const parameterProperties = z.strictObject({
  Name: z.string().optional(),
  // CloudFormation makes no SecureString (CloudFormation Template Reference, "AWS::SSM::Parameter").
  Type: z.enum(['String', 'StringList']),
  Value: z.string(),
  Description: z.string().optional(),
  AllowedPattern: z.string().optional(),
  Tier: z.enum(['Standard', 'Advanced']).optional(),
  DataType: z.literal('text').optional(),
  Tags: z.record(z.string(), z.string()).optional(),
});
type ParameterProperties = z.output<typeof parameterProperties>;

const parameter = resourceType({
  type: 'AWS::SSM::Parameter',
  properties: parameterProperties,
  replaceOn: ['Name'],
  create: async (properties, context) => {
    const name = properties.Name ?? context.uniqueName();
    const tags = { ...context.stackTags, ...properties.Tags };
    await context.call('ssm', 'PutParameter', {
      ...putInput(name, properties),
      ...(Object.keys(tags).length === 0 ? {} : { Tags: tagList(tags) }),
    });
    return state(name, properties);
  },
  update: async (name, properties, previous, context) => {
    await context.call('ssm', 'PutParameter', { ...putInput(name, properties), Overwrite: true });
    await retag(name, properties, previous, context);
    return state(name, properties);
  },
  delete: async (name, _properties, context) => {
    try {
      await context.call('ssm', 'DeleteParameter', { Name: name });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ParameterNotFound') throw error;
    }
  },
});

export const ssmResourceTypes = [parameter];

function putInput(name: string, { Name: _name, Tags: _tags, ...rest }: ParameterProperties) {
  return { Name: name, ...rest };
}

function state(name: string, properties: ParameterProperties): ResourceState {
  return { physicalId: name, attributes: { Type: properties.Type, Value: properties.Value } };
}

async function retag(
  name: string,
  properties: ParameterProperties,
  previous: ParameterProperties,
  context: ResourceContext,
): Promise<void> {
  const tags = properties.Tags ?? {};
  const resource = { ResourceType: 'Parameter', ResourceId: name };
  const gone = Object.keys(previous.Tags ?? {}).filter((key) => !Object.hasOwn(tags, key));
  const changed = Object.fromEntries(Object.entries(tags).filter(([key, value]) => previous.Tags?.[key] !== value));
  if (gone.length > 0) await context.call('ssm', 'RemoveTagsFromResource', { ...resource, TagKeys: gone });
  if (Object.keys(changed).length > 0) await context.call('ssm', 'AddTagsToResource', { ...resource, Tags: tagList(changed) });
}

function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
