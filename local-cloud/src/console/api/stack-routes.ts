import type { StackDetail, StackList } from '../shapes/stacks.ts';
import { type Look, route } from './route.ts';

interface Stack {
  readonly StackName: string;
  readonly Description?: string;
  readonly StackStatus: string;
  readonly StackStatusReason?: string;
  readonly CreationTime: Date;
  readonly LastUpdatedTime?: Date;
  readonly Parameters?: readonly { ParameterKey: string; ParameterValue: string; ResolvedValue?: string }[];
  readonly Outputs?: readonly { OutputKey: string; OutputValue: string; Description?: string }[];
}

interface Resource {
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceType: string;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
  readonly Timestamp: Date;
}

/** Stacks, and of one its resources, outputs and latest events. Values of NoEcho parameters are CloudFormation's asterisks. */
export const stackRoutes = [
  route({
    pattern: '/stacks',
    handle: async (look): Promise<StackList> => {
      const { Stacks } = await look.call<{ Stacks: Stack[] }>('cloudformation', 'DescribeStacks');
      return { stacks: await Promise.all(Stacks.map(async (stack) => summary(stack, (await resourcesOf(look, stack.StackName)).length))) };
    },
  }),
  route({
    pattern: '/stacks/:name',
    handle: async (look, { params }): Promise<StackDetail> => {
      const StackName = params['name'] ?? '';
      const [{ Stacks }, resources, { StackEvents }] = await Promise.all([
        look.call<{ Stacks: Stack[] }>('cloudformation', 'DescribeStacks', { StackName }),
        resourcesOf(look, StackName),
        look.call<{ StackEvents: Resource[] }>('cloudformation', 'DescribeStackEvents', { StackName }),
      ]);
      const [stack] = Stacks;
      if (stack === undefined) throw new Error(`CloudFormation described ${StackName} by no stack`);
      return {
        ...summary(stack, resources.length),
        parameters: (stack.Parameters ?? []).map(({ ParameterKey, ParameterValue, ResolvedValue }) => ({
          key: ParameterKey,
          value: ResolvedValue ?? ParameterValue,
        })),
        outputs: (stack.Outputs ?? []).map(({ OutputKey, OutputValue, Description }) => ({
          key: OutputKey,
          value: OutputValue,
          ...(Description === undefined ? {} : { description: Description }),
        })),
        resources_of: resources.map((resource) => ({ ...eventOf(resource), physical_id: resource.PhysicalResourceId ?? '' })),
        events: StackEvents.map(eventOf),
      };
    },
  }),
];

async function resourcesOf(look: Look, StackName: string): Promise<Resource[]> {
  return (await look.call<{ StackResources: Resource[] }>('cloudformation', 'DescribeStackResources', { StackName })).StackResources;
}

function eventOf({ LogicalResourceId, ResourceType, ResourceStatus, ResourceStatusReason, Timestamp }: Resource) {
  return {
    at: Timestamp.toISOString(),
    logical_id: LogicalResourceId,
    type: ResourceType,
    status: ResourceStatus,
    ...(ResourceStatusReason === undefined ? {} : { reason: ResourceStatusReason }),
  };
}

function summary(stack: Stack, resources: number) {
  return {
    name: stack.StackName,
    ...(stack.Description === undefined ? {} : { description: stack.Description }),
    status: stack.StackStatus,
    ...(stack.StackStatusReason === undefined ? {} : { reason: stack.StackStatusReason }),
    created_at: stack.CreationTime.toISOString(),
    ...(stack.LastUpdatedTime === undefined ? {} : { updated_at: stack.LastUpdatedTime.toISOString() }),
    resources,
  };
}
