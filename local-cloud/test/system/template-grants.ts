import { CloudFormationClient, DescribeStackResourcesCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { clientOptions } from '../../src/tools/running-system.ts';
import type { System } from './system.ts';

/** One action that a deployed template allows: to a role, or by a resource's own policy. */
export interface Grant {
  readonly stack: string;
  readonly logicalId: string;
  readonly action: string;
  /** Physical ids of the roles that hold it, or of the resources whose policy it is. */
  readonly holders: readonly string[];
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>>;
}

/** Every grant in the templates of these stacks as they are deployed. Trust policies and denials are none. */
export async function grantsOf(system: System, stacks: readonly string[]): Promise<Grant[]> {
  const client = new CloudFormationClient(clientOptions(system.endpoints));
  const grants: Grant[] = [];
  for (const stack of stacks) {
    const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName: stack }));
    const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: stack }));
    const physical = new Map(
      StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [LogicalResourceId, PhysicalResourceId]),
    );
    const { Resources } = JSON.parse(TemplateBody) as Template;
    for (const [logicalId, { Type, Properties = {} }] of Object.entries(Resources)) {
      for (const [actions, targets] of allowed(Type, Properties)) {
        const holders = targets.map((target) => physical.get(target) ?? target);
        for (const action of actions) grants.push({ stack, logicalId, action, holders });
      }
    }
  }
  return grants;
}

/** Actions and the logical ids of their holders, for each type of resource that allows something. */
function allowed(type: string, properties: Readonly<Record<string, unknown>>): [actions: readonly string[], holders: string[]][] {
  const statements = (document: unknown) =>
    (document as { Statement: Statement[] }).Statement.filter(({ Effect }) => Effect === 'Allow').map(({ Action }) => [Action].flat());
  switch (type) {
    case 'AWS::IAM::Policy':
      return statements(properties['PolicyDocument']).map((actions) => [actions, refs(properties['Roles'])]);
    case 'AWS::IAM::Role':
      return properties['Policies'] === undefined && properties['ManagedPolicyArns'] === undefined
        ? []
        : [[['an inline or managed policy of a role'], []]];
    case 'AWS::SQS::QueuePolicy':
      return statements(properties['PolicyDocument']).map((actions) => [actions, refs(properties['Queues'])]);
    case 'AWS::SNS::TopicPolicy':
      return statements(properties['PolicyDocument']).map((actions) => [actions, refs(properties['Topics'])]);
    case 'AWS::S3::BucketPolicy':
      return statements(properties['PolicyDocument']).map((actions) => [actions, refs([properties['Bucket']])]);
    case 'AWS::Lambda::Permission':
      return [[[String(properties['Action'])], refs([properties['FunctionName']])]];
    default:
      return [];
  }
}

/** The logical ids in a list of `Ref` and `Fn::GetAtt`. */
function refs(list: unknown): string[] {
  return (list as unknown[]).map((item) => {
    const { Ref, 'Fn::GetAtt': attribute } = item as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
    return Ref ?? attribute?.[0] ?? String(item);
  });
}
