import {
  CloudFormationClient,
  GetTemplateCommand,
  paginateDescribeStacks,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { z } from 'zod';
import { type AwsEndpoint, clientOptions, ToolError } from '../../tools/running-system.ts';
import type { KnownCustomResource } from './surroundings.ts';

const templateShape = z.object({
  Parameters: z.record(z.string(), z.object({ Type: z.string(), Default: z.unknown().optional() })).default({}),
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) })),
});
type Template = z.output<typeof templateShape>;

/**
 * The deployed custom resource of a type, with its properties as CloudFormation handed them over. Rejects with ToolError when no stack has one, and for
 * an intrinsic function in its properties that isn't carried out here.
 *
 * @param parameter Reads a parameter of SSM.
 */
export async function customResourceOf(
  endpoint: AwsEndpoint,
  type: string,
  parameter: (name: string) => Promise<string>,
): Promise<KnownCustomResource> {
  const client = new CloudFormationClient(clientOptions(endpoint));
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) {
    for (const { StackName = '', StackId = '' } of Stacks) {
      const resources: StackResourceSummary[] = [];
      for await (const page of paginateListStackResources({ client }, { StackName }))
        resources.push(...(page.StackResourceSummaries ?? []));
      const found = resources.find(({ ResourceType }) => ResourceType === type);
      if (found === undefined) continue;
      const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName }));
      const template = templateShape.parse(JSON.parse(TemplateBody));
      const logical_id = found.LogicalResourceId ?? '';
      const { ServiceToken, ...properties } = template.Resources[logical_id]?.Properties ?? {};
      const token = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }).parse(ServiceToken);
      const functionName = resources.find(({ LogicalResourceId }) => LogicalResourceId === token['Fn::GetAtt'][0])?.PhysicalResourceId;
      return {
        stack_id: StackId,
        logical_id,
        physical_id: found.PhysicalResourceId ?? '',
        service_token: `arn:aws:lambda:${endpoint.region}:${endpoint.account}:function:${functionName}`,
        properties: (await evaluated(properties, template, type, parameter)) as Readonly<Record<string, unknown>>,
      };
    }
  }
  throw new ToolError(`No stack has a ${type} here.`);
}

/** Every scalar as text (CloudFormation User Guide, "Custom resource request objects"); what refers to a parameter of SSM has its value. */
async function evaluated(value: unknown, template: Template, type: string, parameter: (name: string) => Promise<string>): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((entry) => evaluated(entry, template, type, parameter)));
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name = '', argument] = []] = Object.entries(value);
  if (name === 'Ref' && typeof argument === 'string') {
    const declared = template.Parameters[argument];
    if (declared?.Type.startsWith('AWS::SSM::Parameter::Value<') === true) return parameter(String(declared.Default));
  }
  if (name === 'Ref' || name.startsWith('Fn::'))
    throw new ToolError(`What ${type} is told can't be made out: its template has ${name} ${JSON.stringify(argument)}.`);
  const fields = Object.entries(value).map(async ([key, field]) => [key, await evaluated(field, template, type, parameter)] as const);
  return Object.fromEntries(await Promise.all(fields));
}
