import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { operation, type Scope } from '../../kernel/service.ts';
import { describeParameters } from './definitions.ts';
import type { Engine } from './engine.ts';
import { asNewStackName, definitionMembers, queryBoolean, stackName, token } from './inputs.ts';
import { existingChangeSet, existingStack, findChangeSet, newChangeSetId, onStack } from './stack-lookup.ts';
import { newOperation, onFailureOf, updatableStack, wantedStack, withDefinition } from './stack-operations.ts';
import type { ChangeSetRecord, StackRecord, StackStore } from './stack-store.ts';
import { validationError } from './validation-error.ts';

const NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set.";

const changeSetName = z.string().min(1).max(1600);

/** Change sets: what a deployment would do, kept until it is executed or deleted. */
export function changeSetOperations(engine: Engine, storeOf: (scope: Scope) => StackStore) {
  return {
    CreateChangeSet: operation({
      input: z.strictObject({
        ...definitionMembers,
        StackName: stackName,
        ChangeSetName: z
          .string()
          .max(128)
          .regex(/^[a-zA-Z][-a-zA-Z0-9]*$/),
        ChangeSetType: z.enum(['CREATE', 'UPDATE', 'IMPORT']).optional(),
        UsePreviousTemplate: queryBoolean.optional(),
        Description: z.string().max(8192).optional(),
        ClientToken: token,
        IncludeNestedStacks: queryBoolean.optional(),
        // Nothing is imported: a resource whose name is taken fails to create, and says so.
        ImportExistingResources: queryBoolean.optional(),
        OnStackFailure: z.enum(['ROLLBACK', 'DELETE', 'DO_NOTHING']).optional(),
        RollbackConfiguration: z.strictObject({}).optional(),
      }),
      authorize: (input, context) => onStack('CreateChangeSet', storeOf(context), context, input.StackName, input.RoleARN),
      run: async (input, context) => {
        if (input.ChangeSetType === 'IMPORT') throw new NotCarriedOut('change sets of type IMPORT');
        const store = storeOf(context);
        const kind = input.ChangeSetType ?? 'UPDATE';
        const target = () =>
          kind === 'CREATE' ? reviewedStack(store, input.StackName, input.ChangeSetName) : updatableStack(store, input.StackName);
        const before = target();
        if (before !== undefined && store.changeSet(before.id, input.ChangeSetName) !== undefined) {
          throw new AwsError(
            'AlreadyExistsException',
            `ChangeSet ${input.ChangeSetName} cannot be created due to a mismatch with existing attribute Description`,
          );
        }
        const name = before?.name ?? asNewStackName(input.StackName);
        const { stack, changes, hasChanges } = await wantedStack(engine, store, input, context, name, before);
        target();
        if (before === undefined) reviewStack(engine, store, stack, context.cloud.clock());
        const { templateText, description, parameters, tags, capabilities, outputs, imports } = stack;
        const changeSet: ChangeSetRecord = {
          id: newChangeSetId(context, input.ChangeSetName),
          name: input.ChangeSetName,
          stackId: stack.id,
          stackName: stack.name,
          kind,
          ...(hasChanges
            ? { status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE' }
            : { status: 'FAILED', executionStatus: 'UNAVAILABLE', statusReason: NO_CHANGES }),
          ...(input.Description === undefined ? {} : { description: input.Description }),
          createdAt_ms: context.cloud.clock(),
          definition: {
            templateText,
            ...(description === undefined ? {} : { description }),
            parameters,
            tags,
            capabilities,
            outputs,
            imports,
          },
          ...(stack.roleArn === undefined ? {} : { roleArn: stack.roleArn }),
          ...(input.OnStackFailure === undefined ? {} : { onFailure: input.OnStackFailure }),
          changes: changes as unknown as ChangeSetRecord['changes'],
        };
        store.putChangeSet(changeSet);
        return { Id: changeSet.id, StackId: changeSet.stackId };
      },
    }),

    DescribeChangeSet: operation({
      input: z.strictObject({
        ChangeSetName: changeSetName,
        StackName: stackName.optional(),
        IncludePropertyValues: queryBoolean.optional(),
        NextToken: z.undefined().optional(),
      }),
      authorize: (input, context) => onStack('DescribeChangeSet', storeOf(context), context, stackOf(input, storeOf(context))),
      run: (input, context) => {
        const store = storeOf(context);
        const changeSet = existingChangeSet(store, input.ChangeSetName, input.StackName);
        const { definition } = changeSet;
        return {
          ChangeSetName: changeSet.name,
          ChangeSetId: changeSet.id,
          StackId: changeSet.stackId,
          StackName: changeSet.stackName,
          Description: changeSet.description,
          Parameters: describeParameters(definition),
          CreationTime: new Date(changeSet.createdAt_ms),
          ExecutionStatus: executionStatus(store, changeSet),
          Status: changeSet.status,
          StatusReason: changeSet.statusReason,
          NotificationARNs: [],
          RollbackConfiguration: {},
          Capabilities: definition.capabilities,
          Tags: definition.tags,
          Changes: changeSet.changes.map((change) => ({
            Type: 'Resource',
            ResourceChange: input.IncludePropertyValues === true ? change : withoutValues(change),
          })),
          IncludeNestedStacks: false,
          OnStackFailure: changeSet.onFailure,
        };
      },
    }),

    ExecuteChangeSet: operation({
      input: z.strictObject({
        ChangeSetName: changeSetName,
        StackName: stackName.optional(),
        ClientRequestToken: token,
        DisableRollback: queryBoolean.optional(),
      }),
      authorize: (input, context) => onStack('ExecuteChangeSet', storeOf(context), context, stackOf(input, storeOf(context))),
      run: (input, context) => {
        const store = storeOf(context);
        const changeSet = existingChangeSet(store, input.ChangeSetName, input.StackName);
        const status = executionStatus(store, changeSet);
        if (status !== 'AVAILABLE') {
          throw new AwsError(
            'InvalidChangeSetStatus',
            `ChangeSet [${changeSet.id}] cannot be executed in its current execution status of [${status}]`,
          );
        }
        const before = changeSet.kind === 'CREATE' ? existingStack(store, changeSet.stackId) : updatableStack(store, changeSet.stackId);
        const onFailure = input.DisableRollback === undefined ? (changeSet.onFailure ?? 'ROLLBACK') : onFailureOf(input.DisableRollback);
        const stack = {
          ...withDefinition(before, changeSet.definition, changeSet.roleArn, context.cloud.clock()),
          changeSetId: changeSet.id,
          disableRollback: onFailure === 'DO_NOTHING',
        };
        engine.begin(
          context,
          stack,
          newOperation(changeSet.kind === 'CREATE' ? 'create' : 'update', context, onFailure, input.ClientRequestToken),
        );
        // They were made for what the stack was before (User Guide, "Execute a change set").
        for (const { id } of store.changeSets(stack.id)) if (id !== changeSet.id) store.deleteChangeSet(id);
        return {};
      },
    }),

    DeleteChangeSet: operation({
      input: z.strictObject({ ChangeSetName: changeSetName, StackName: stackName.optional() }),
      authorize: (input, context) => onStack('DeleteChangeSet', storeOf(context), context, stackOf(input, storeOf(context))),
      run: (input, context) => {
        const store = storeOf(context);
        const found = findChangeSet(store, input.ChangeSetName, input.StackName);
        if (found !== undefined && executionStatus(store, found) === 'EXECUTE_IN_PROGRESS') {
          throw new AwsError(
            'InvalidChangeSetStatus',
            `ChangeSet [${found.id}] cannot be deleted in its current execution status of [EXECUTE_IN_PROGRESS]`,
          );
        }
        if (found !== undefined) store.deleteChangeSet(found.id);
        return {};
      },
    }),

    ListChangeSets: operation({
      input: z.strictObject({ StackName: stackName, NextToken: z.undefined().optional() }),
      authorize: (input, context) => onStack('ListChangeSets', storeOf(context), context, input.StackName),
      run: (input, context) => {
        const store = storeOf(context);
        const changeSets = store.changeSets(existingStack(store, input.StackName).id);
        return {
          Summaries: changeSets.map((changeSet) => ({
            StackId: changeSet.stackId,
            StackName: changeSet.stackName,
            ChangeSetId: changeSet.id,
            ChangeSetName: changeSet.name,
            ExecutionStatus: executionStatus(store, changeSet),
            Status: changeSet.status,
            StatusReason: changeSet.statusReason,
            CreationTime: new Date(changeSet.createdAt_ms),
            Description: changeSet.description,
            IncludeNestedStacks: false,
          })),
        };
      },
    }),
  };
}

/** A stack that has only change sets so far, or none. */
function reviewedStack(store: StackStore, name: string, changeSet: string): StackRecord | undefined {
  const stack = store.stack(name);
  if (stack !== undefined && stack.status !== 'REVIEW_IN_PROGRESS') {
    throw validationError(`Stack [${stack.name}] already exists and cannot be created again with the changeSet [${changeSet}].`);
  }
  return stack;
}

function reviewStack(engine: Engine, store: StackStore, stack: StackRecord, now_ms: number): void {
  store.putStack({
    ...stack,
    templateText: '{}',
    parameters: {},
    tags: [],
    capabilities: [],
    outputs: [],
    imports: [],
    statusReason: 'User Initiated',
  });
  engine.reviewEvent(store, stack, now_ms);
}

function executionStatus(store: StackStore, changeSet: ChangeSetRecord): ChangeSetRecord['executionStatus'] {
  const stack = store.stack(changeSet.stackId);
  if (stack?.changeSetId !== changeSet.id) return changeSet.executionStatus;
  if (stack.operation !== undefined) return 'EXECUTE_IN_PROGRESS';
  return ['CREATE_COMPLETE', 'UPDATE_COMPLETE'].includes(stack.status) ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED';
}

function stackOf(input: { ChangeSetName: string; StackName?: string | undefined }, store: StackStore): string | undefined {
  return input.StackName ?? store.changeSetById(input.ChangeSetName)?.stackId;
}

/** Without what only IncludePropertyValues shows. */
function withoutValues(change: Readonly<Record<string, unknown>>): unknown {
  const { BeforeContext: _, AfterContext: __, Details: details, ...rest } = change;
  return {
    ...rest,
    Details: (details as { Target: Record<string, unknown> }[]).map((detail) => {
      const { BeforeValue: ___, AfterValue: ____, Path: _____, AttributeChangeType: ______, ...target } = detail.Target;
      return { ...detail, Target: target };
    }),
  };
}
