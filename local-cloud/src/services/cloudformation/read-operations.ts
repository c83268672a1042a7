import { z } from 'zod';
import { operation, type Scope } from '../../kernel/service.ts';
import { describeParameters, requiredCapabilities, templateTextOf } from './definitions.ts';
import type { Engine } from './engine.ts';
import { checkReferences } from './evaluation.ts';
import { exportsOf, importersOf } from './exports.ts';
import { queryBoolean, queryList, stackName } from './inputs.ts';
import { describedStack, existingChangeSet, existingStack, onStack } from './stack-lookup.ts';
import type { ResourceRecord, StackEvent, StackRecord, StackStore } from './stack-store.ts';
import { readTemplate, type Template } from './template.ts';
import { validationError } from './validation-error.ts';

/**
 * How long a description waits for a deployment to end. Clients ask again after five seconds (CDK CLI) or more, which is
 * longer than a local deployment takes.
 */
const SETTLING_MS = 2000;

/** How many events one answer holds; the API's own page size isn't documented. */
const EVENTS_PER_PAGE = 100;

const templateInput = { TemplateBody: z.string().min(1).optional(), TemplateURL: z.string().min(1).optional() };
const NOT_CHECKED = { StackDriftStatus: 'NOT_CHECKED' };

/** What is there: stacks, resources, events, templates, exports. */
export function readOperations(engine: Engine, storeOf: (scope: Scope) => StackStore) {
  return {
    DescribeStacks: operation({
      input: z.strictObject({ StackName: stackName.optional(), NextToken: z.undefined().optional() }),
      authorize: (input, context) => onStack('DescribeStacks', storeOf(context), context, input.StackName),
      run: async (input, context) => {
        const store = storeOf(context);
        if (input.StackName !== undefined) await engine.settled(describedStack(store, input.StackName).id, SETTLING_MS, context.signal);
        const stacks = input.StackName === undefined ? newestFirst(store.livingStacks()) : [describedStack(store, input.StackName)];
        return { Stacks: stacks.map(describeStack) };
      },
    }),

    ListStacks: operation({
      input: z.strictObject({ StackStatusFilter: queryList(z.string()).optional(), NextToken: z.undefined().optional() }),
      authorize: (_input, context) => onStack('ListStacks', storeOf(context), context, undefined),
      run: (input, context) => {
        const stacks = newestFirst(storeOf(context).stacks()).filter(({ status }) => input.StackStatusFilter?.includes(status) ?? true);
        return {
          StackSummaries: stacks.map((stack) => ({
            StackId: stack.id,
            StackName: stack.name,
            TemplateDescription: stack.description,
            CreationTime: new Date(stack.createdAt_ms),
            LastUpdatedTime: date(stack.updatedAt_ms),
            DeletionTime: date(stack.deletedAt_ms),
            StackStatus: stack.status,
            StackStatusReason: stack.statusReason,
            DriftInformation: NOT_CHECKED,
          })),
        };
      },
    }),

    DescribeStackEvents: operation({
      input: z.strictObject({ StackName: stackName.optional(), NextToken: z.string().optional() }),
      authorize: (input, context) => onStack('DescribeStackEvents', storeOf(context), context, input.StackName),
      run: (input, context) => {
        const store = storeOf(context);
        const stack = store.stack(input.StackName ?? '');
        if (stack === undefined) throw validationError(`Stack [${input.StackName}] does not exist`);
        const { events, nextToken } = eventPage(store, stack, input.NextToken);
        return {
          StackEvents: events.map((event) => ({ ...describeEvent(stack, event), StackName: stack.name })),
          NextToken: nextToken,
        };
      },
    }),

    DescribeEvents: operation({
      input: z.strictObject({
        StackName: stackName.optional(),
        ChangeSetName: z.string().optional(),
        OperationId: z.string().optional(),
        Filters: z.strictObject({ FailedEvents: queryBoolean.optional() }).optional(),
        NextToken: z.string().optional(),
      }),
      authorize: (input, context) => onStack('DescribeEvents', storeOf(context), context, input.StackName),
      run: (input, context) => {
        const store = storeOf(context);
        if (input.ChangeSetName !== undefined) {
          // A template that can't be deployed is refused before its change set is made, so none has events of its own.
          existingChangeSet(store, input.ChangeSetName, input.StackName);
          return { OperationEvents: [] };
        }
        if (input.StackName === undefined) throw validationError('StackName must be specified.');
        const stack = describedStack(store, input.StackName);
        const { events, nextToken } = eventPage(store, stack, input.NextToken);
        const shown = events.filter(
          ({ operationId, status }) =>
            (input.OperationId === undefined || operationId === input.OperationId) &&
            (input.Filters?.FailedEvents !== true || status.endsWith('_FAILED')),
        );
        return {
          OperationEvents: shown.map((event) => ({
            ...describeEvent(stack, event),
            OperationId: event.operationId,
            EventType: event.status.endsWith('_FAILED') ? 'PROVISIONING_ERROR' : 'STACK_EVENT',
          })),
          NextToken: nextToken,
        };
      },
    }),

    DescribeStackResources: operation({
      input: z.strictObject({
        StackName: stackName.optional(),
        LogicalResourceId: z.string().optional(),
        PhysicalResourceId: z.string().optional(),
      }),
      authorize: (input, context) => onStack('DescribeStackResources', storeOf(context), context, input.StackName),
      run: (input, context) => {
        const store = storeOf(context);
        const stack = input.StackName === undefined ? ownerOf(store, input.PhysicalResourceId) : describedStack(store, input.StackName);
        const resources = store
          .resources(stack.id)
          .filter(({ logicalId }) => input.LogicalResourceId === undefined || logicalId === input.LogicalResourceId);
        return {
          StackResources: resources.map((resource) => ({
            ...describeResource(stack, resource),
            Timestamp: new Date(resource.changedAt_ms),
          })),
        };
      },
    }),

    DescribeStackResource: operation({
      input: z.strictObject({ StackName: stackName, LogicalResourceId: z.string() }),
      authorize: (input, context) => onStack('DescribeStackResource', storeOf(context), context, input.StackName),
      run: (input, context) => {
        const store = storeOf(context);
        const stack = describedStack(store, input.StackName);
        const resource = store.resource(stack.id, input.LogicalResourceId);
        if (resource === undefined) throw validationError(`Resource ${input.LogicalResourceId} does not exist for stack ${stack.name}`);
        return {
          StackResourceDetail: {
            ...describeResource(stack, resource),
            LastUpdatedTimestamp: new Date(resource.changedAt_ms),
            Metadata: resource.metadata === undefined ? undefined : JSON.stringify(resource.metadata),
          },
        };
      },
    }),

    ListStackResources: operation({
      input: z.strictObject({ StackName: stackName, NextToken: z.undefined().optional() }),
      authorize: (input, context) => onStack('ListStackResources', storeOf(context), context, input.StackName),
      run: (input, context) => {
        const store = storeOf(context);
        const stack = describedStack(store, input.StackName);
        return {
          StackResourceSummaries: store.resources(stack.id).map((resource) => {
            const { StackId: _, StackName: __, ...summary } = describeResource(stack, resource);
            return { ...summary, LastUpdatedTimestamp: new Date(resource.changedAt_ms) };
          }),
        };
      },
    }),

    GetTemplate: operation({
      input: z.strictObject({
        StackName: stackName.optional(),
        ChangeSetName: z.string().optional(),
        TemplateStage: z.enum(['Original', 'Processed']).optional(),
      }),
      authorize: (input, context) => onStack('GetTemplate', storeOf(context), context, input.StackName),
      run: (input, context) => {
        const store = storeOf(context);
        const stages = { StagesAvailable: ['Original', 'Processed'] };
        if (input.ChangeSetName !== undefined) {
          return { TemplateBody: existingChangeSet(store, input.ChangeSetName, input.StackName).definition.templateText, ...stages };
        }
        const stack = store.stack(input.StackName ?? '');
        if (stack === undefined) throw validationError(`Stack with id ${input.StackName} does not exist`);
        return { TemplateBody: stack.templateText, ...stages };
      },
    }),

    ValidateTemplate: operation({
      input: z.strictObject(templateInput),
      authorize: (_input, context) => onStack('ValidateTemplate', storeOf(context), context, undefined),
      run: async (input, context) => {
        const template = readTemplate(await templateTextOf(input, context));
        checkReferences(template);
        return {
          Description: template.description,
          Parameters: Object.entries(template.parameters).map(([key, declaration]) => ({
            ParameterKey: key,
            DefaultValue: declaration.default,
            NoEcho: declaration.noEcho,
            Description: declaration.description,
          })),
          ...capabilitiesOf(template),
        };
      },
    }),

    GetTemplateSummary: operation({
      input: z.strictObject({ ...templateInput, StackName: stackName.optional() }),
      authorize: (input, context) => onStack('GetTemplateSummary', storeOf(context), context, input.StackName),
      run: async (input, context) => {
        const text =
          input.StackName === undefined
            ? await templateTextOf(input, context)
            : existingStack(storeOf(context), input.StackName).templateText;
        const template = readTemplate(text);
        return {
          Description: template.description,
          Version: '2010-09-09',
          Metadata: template.metadata === undefined ? undefined : JSON.stringify(template.metadata),
          ResourceTypes: [...new Set(Object.values(template.resources).map(({ type }) => type))],
          Parameters: Object.entries(template.parameters).map(([key, declaration]) => ({
            ParameterKey: key,
            ParameterType: declaration.type,
            DefaultValue: declaration.default,
            NoEcho: declaration.noEcho,
            Description: declaration.description,
            ParameterConstraints: { AllowedValues: declaration.allowedValues ?? [] },
          })),
          ...capabilitiesOf(template),
        };
      },
    }),

    ListExports: operation({
      input: z.strictObject({ NextToken: z.undefined().optional() }),
      authorize: (_input, context) => onStack('ListExports', storeOf(context), context, undefined),
      run: (_input, context) => ({
        Exports: [...exportsOf(storeOf(context))]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, { stackId, value }]) => ({ ExportingStackId: stackId, Name: name, Value: value })),
      }),
    }),

    ListImports: operation({
      input: z.strictObject({ ExportName: z.string(), NextToken: z.undefined().optional() }),
      authorize: (_input, context) => onStack('ListImports', storeOf(context), context, undefined),
      run: (input, context) => {
        const importers = importersOf(storeOf(context), input.ExportName);
        if (importers.length === 0) throw validationError(`Export '${input.ExportName}' is not imported by any stack.`);
        return { Imports: importers.map(({ name }) => name) };
      },
    }),
  };
}

function capabilitiesOf(template: Template): { Capabilities: string[]; CapabilitiesReason?: string } {
  const capabilities = requiredCapabilities(template);
  if (capabilities.length === 0) return { Capabilities: [] };
  const types = [...new Set(Object.values(template.resources).map(({ type }) => type))].filter((type) => type.startsWith('AWS::IAM::'));
  return { Capabilities: capabilities, CapabilitiesReason: `The following resource(s) require capabilities: [${types.join(', ')}]` };
}

function describeStack(stack: StackRecord): unknown {
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: stack.description,
    Parameters: stack.status === 'REVIEW_IN_PROGRESS' ? [] : describeParameters(stack),
    CreationTime: new Date(stack.createdAt_ms),
    LastUpdatedTime: date(stack.updatedAt_ms),
    DeletionTime: date(stack.deletedAt_ms),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: stack.disableRollback,
    NotificationARNs: [],
    Capabilities: stack.capabilities,
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
    RoleARN: stack.roleArn,
    Tags: stack.tags,
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: NOT_CHECKED,
  };
}

function describeResource(stack: StackRecord, resource: ResourceRecord) {
  return {
    StackId: stack.id,
    StackName: stack.name,
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.statusReason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

function describeEvent(stack: StackRecord, event: StackEvent) {
  return {
    StackId: stack.id,
    EventId: event.eventId,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: new Date(event.time_ms),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties,
    ClientRequestToken: event.token,
  };
}

function eventPage(store: StackStore, stack: StackRecord, nextToken: string | undefined) {
  const before = nextToken === undefined ? undefined : Number(nextToken);
  if (before !== undefined && !Number.isSafeInteger(before)) throw validationError('Invalid NextToken');
  const page = store.events(stack.id, EVENTS_PER_PAGE, before);
  const last = page.at(-1);
  return {
    events: page.map(({ event }) => event),
    nextToken: page.length === EVENTS_PER_PAGE && last !== undefined ? String(last.number) : undefined,
  };
}

function ownerOf(store: StackStore, physicalId: string | undefined): StackRecord {
  const owner = store.livingStacks().find(({ id }) => store.resources(id).some((resource) => resource.physicalId === physicalId));
  if (physicalId === undefined || owner === undefined) throw validationError(`Stack for ${physicalId} does not exist`);
  return owner;
}

function newestFirst(stacks: readonly StackRecord[]): StackRecord[] {
  return stacks.toSorted((a, b) => b.createdAt_ms - a.createdAt_ms);
}

function date(time_ms: number | undefined): Date | undefined {
  return time_ms === undefined ? undefined : new Date(time_ms);
}
