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
 * The deployed custom resource behind which a function stands, with its properties as CloudFormation hands them over. Rejects with ToolError when no stack has one, and
 * for an intrinsic function in its properties that isn't carried out here.
 *
 * @param functionName As Lambda knows it.
 * @param parameter Reads a parameter of SSM.
 */
export async function customResourceOf(
  endpoint: AwsEndpoint,
  functionName: string,
  parameter: (name: string) => Promise<string>,
): Promise<KnownCustomResource> {
  const client = new CloudFormationClient(clientOptions(endpoint));
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) {
    for (const { StackName = '', StackId = '' } of Stacks) {
      const resources: StackResourceSummary[] = [];
      for await (const page of paginateListStackResources({ client }, { StackName }))
        resources.push(...(page.StackResourceSummaries ?? []));
      const fn = resources.find(({ PhysicalResourceId }) => PhysicalResourceId === functionName);
      if (fn === undefined) continue;
      const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName }));
      const template = templateShape.parse(JSON.parse(TemplateBody));
      for (const [logical_id, { Type: type, Properties }] of Object.entries(template.Resources)) {
        const { ServiceToken, ...properties } = Properties;
        const token = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }).safeParse(ServiceToken);
        if (token.data?.['Fn::GetAtt'][0] !== fn.LogicalResourceId) continue;
        return {
          type,
          stack_id: StackId,
          logical_id,
          physical_id: resources.find(({ LogicalResourceId }) => LogicalResourceId === logical_id)?.PhysicalResourceId ?? '',
          service_token: `arn:aws:lambda:${endpoint.region}:${endpoint.account}:function:${functionName}`,
          properties: (await evaluated(properties, { template, resources, type, parameter })) as Readonly<Record<string, unknown>>,
        };
      }
    }
  }
  throw new ToolError(`${functionName} stands behind no custom resource here.`);
}

interface Deployed {
  readonly template: Template;
  readonly resources: readonly StackResourceSummary[];
  readonly type: string;
  readonly parameter: (name: string) => Promise<string>;
}

/** Every scalar as text (CloudFormation User Guide, "Custom resource request objects"); what refers to a parameter of SSM or to a resource of the stack is that. */
async function evaluated(value: unknown, deployed: Deployed): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((entry) => evaluated(entry, deployed)));
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name = '', argument] = []] = Object.entries(value);
  if (name === 'Ref' && typeof argument === 'string') {
    const declared = deployed.template.Parameters[argument];
    if (declared?.Type.startsWith('AWS::SSM::Parameter::Value<') === true) return deployed.parameter(String(declared.Default));
    const resource = deployed.resources.find(({ LogicalResourceId }) => LogicalResourceId === argument);
    if (resource?.PhysicalResourceId !== undefined) return resource.PhysicalResourceId;
  }
  if (name === 'Ref' || name.startsWith('Fn::'))
    throw new ToolError(`What ${deployed.type} is told can't be made out: its template has ${name} ${JSON.stringify(argument)}.`);
  const fields = Object.entries(value).map(async ([key, field]) => [key, await evaluated(field, deployed)] as const);
  return Object.fromEntries(await Promise.all(fields));
}
