import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, operation, type Scope } from '../../kernel/service.ts';
import { checkMode, type DefinitionInput, definitionOf } from './definitions.ts';
import type { Engine } from './engine.ts';
import { definitionMembers, deploymentConfig, newStackName, queryBoolean, queryList, queryNumber, stackName, token } from './inputs.ts';
import { plan } from './plan.ts';
import { existingStack, newStackId, onStack } from './stack-lookup.ts';
import type { StackDefinition, StackOperation, StackRecord, StackStore } from './stack-store.ts';
import { validationError } from './validation-error.ts';

/** States from which an update may begin (CloudFormation User Guide, "Understand stack status codes"). */
const UPDATABLE = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'UPDATE_FAILED', 'CREATE_FAILED']);

type OnFailure = StackOperation['onFailure'];

/** Create, change, delete and roll back stacks. */
export function stackOperations(engine: Engine, storeOf: (scope: Scope) => StackStore) {
  return {
    CreateStack: operation({
      input: z.strictObject({
        ...definitionMembers,
        StackName: newStackName,
        DisableRollback: queryBoolean.optional(),
        OnFailure: z.enum(['ROLLBACK', 'DELETE', 'DO_NOTHING']).optional(),
        EnableTerminationProtection: queryBoolean.optional(),
        ClientRequestToken: token,
        TimeoutInMinutes: queryNumber.optional(),
        RollbackConfiguration: z.strictObject({}).optional(),
      }),
      authorize: (input, context) => onStack('CreateStack', storeOf(context), context, input.StackName, input.RoleARN),
      run: async (input, context) => {
        if (input.TimeoutInMinutes !== undefined) throw new NotCarriedOut('the member "TimeoutInMinutes" of cloudformation:CreateStack');
        if (input.OnFailure !== undefined && input.DisableRollback !== undefined) {
          throw validationError('You can specify either OnFailure or DisableRollback, but not both');
        }
        const store = storeOf(context);
        const existing = store.stack(input.StackName);
        if (existing !== undefined) {
          throw new AwsError('AlreadyExistsException', `Stack [${input.StackName}] already exists`);
        }
        const onFailure = input.OnFailure ?? onFailureOf(input.DisableRollback);
        const { stack } = await wantedStack(engine, store, input, context, input.StackName, undefined);
        const created = {
          ...stack,
          disableRollback: onFailure === 'DO_NOTHING',
          terminationProtection: input.EnableTerminationProtection ?? false,
        };
        // Another request may have come first while parameters were fetched.
        if (store.stack(input.StackName) !== undefined)
          throw new AwsError('AlreadyExistsException', `Stack [${input.StackName}] already exists`);
        engine.begin(context, created, newOperation('create', context, onFailure, input.ClientRequestToken));
        return { StackId: stack.id, OperationId: store.stack(stack.id)?.lastOperationId };
      },
    }),

    UpdateStack: operation({
      input: z.strictObject({
        ...definitionMembers,
        StackName: stackName,
        UsePreviousTemplate: queryBoolean.optional(),
        DisableRollback: queryBoolean.optional(),
        ClientRequestToken: token,
        RollbackConfiguration: z.strictObject({}).optional(),
      }),
      authorize: (input, context) => onStack('UpdateStack', storeOf(context), context, input.StackName, input.RoleARN),
      run: async (input, context) => {
        const store = storeOf(context);
        const before = updatableStack(store, input.StackName);
        const { stack, hasChanges } = await wantedStack(engine, store, input, context, before.name, before);
        if (!hasChanges) throw validationError('No updates are to be performed.');
        updatableStack(store, input.StackName);
        const onFailure = onFailureOf(input.DisableRollback ?? false);
        engine.begin(context, stack, newOperation('update', context, onFailure, input.ClientRequestToken));
        return { StackId: stack.id, OperationId: store.stack(stack.id)?.lastOperationId };
      },
    }),

    DeleteStack: operation({
      input: z.strictObject({
        StackName: stackName,
        RetainResources: queryList(z.string()).optional(),
        RoleARN: z.string().optional(),
        ClientRequestToken: token,
        DeletionMode: z.literal('STANDARD', 'only STANDARD is carried out').optional(),
        DeploymentConfig: deploymentConfig.optional(),
      }),
      authorize: (input, context) => onStack('DeleteStack', storeOf(context), context, input.StackName, input.RoleARN),
      run: async (input, context) => {
        checkMode(input.DeploymentConfig?.Mode);
        const store = storeOf(context);
        const found = store.stack(input.StackName);
        if (found === undefined || found.status === 'DELETE_COMPLETE' || found.status === 'DELETE_IN_PROGRESS') return {};
        if (found.terminationProtection) {
          throw validationError(`Stack [${found.name}] cannot be deleted while TerminationProtection is enabled`);
        }
        const keep = input.RetainResources ?? [];
        if (keep.length > 0 && found.status !== 'DELETE_FAILED') {
          throw validationError('Invalid operation on stack. RetainResources is allowed only for stacks in the DELETE_FAILED state');
        }
        // A create may be given up for a delete; an update may not.
        if (found.status === 'CREATE_IN_PROGRESS' || found.status === 'ROLLBACK_IN_PROGRESS') await engine.interrupt(found.id);
        else if (found.operation !== undefined) {
          throw validationError(`Stack [${found.id}] is in ${found.status} state and can not be deleted`);
        }
        const { operation: _, ...stack } = existingStack(store, found.id);
        const deleted = { ...stack, ...(input.RoleARN === undefined ? {} : { roleArn: input.RoleARN }) };
        engine.begin(context, deleted, { ...newOperation('delete', context, 'DO_NOTHING', input.ClientRequestToken), keep });
        return {};
      },
    }),

    RollbackStack: operation({
      input: z.strictObject({
        StackName: stackName,
        RoleARN: z.string().optional(),
        ClientRequestToken: token,
        RetainExceptOnCreate: queryBoolean.optional(),
      }),
      authorize: (input, context) => onStack('RollbackStack', storeOf(context), context, input.StackName, input.RoleARN),
      run: (input, context) =>
        rollBack(engine, storeOf(context), context, input, ['CREATE_FAILED', 'UPDATE_FAILED'], [], input.RetainExceptOnCreate === true),
    }),

    ContinueUpdateRollback: operation({
      input: z.strictObject({
        StackName: stackName,
        RoleARN: z.string().optional(),
        ClientRequestToken: token,
        ResourcesToSkip: queryList(z.string()).optional(),
      }),
      authorize: (input, context) => onStack('ContinueUpdateRollback', storeOf(context), context, input.StackName, input.RoleARN),
      run: (input, context) => rollBack(engine, storeOf(context), context, input, ['UPDATE_ROLLBACK_FAILED'], input.ResourcesToSkip ?? []),
    }),

    UpdateTerminationProtection: operation({
      input: z.strictObject({ StackName: stackName, EnableTerminationProtection: queryBoolean }),
      authorize: (input, context) => onStack('UpdateTerminationProtection', storeOf(context), context, input.StackName),
      run: (input, context) => {
        const store = storeOf(context);
        const { id } = existingStack(store, input.StackName);
        store.changeStack(id, { terminationProtection: input.EnableTerminationProtection });
        return { StackId: id };
      },
    }),
  };
}

/**
 * The record of a stack as a request wants it, checked to the last property, and whether that is a change. `before` is
 * the existing one; nothing is written.
 */
export async function wantedStack(
  engine: Engine,
  store: StackStore,
  input: DefinitionInput & { RoleARN?: string | undefined },
  context: CallContext,
  name: string,
  before: StackRecord | undefined,
): Promise<{ stack: StackRecord; hasChanges: boolean; changes: ReturnType<typeof plan>['changes'] }> {
  const roleArn = input.RoleARN ?? before?.roleArn;
  const role = engine.caller(context, roleArn, context.principal);
  const definition = await definitionOf(input, context, role, before);
  const id = before?.id ?? newStackId(context, name);
  const evaluation = engine.evaluate(context, definition, { id, name });
  const { changes, hasChanges } = plan({
    evaluation,
    records: store.resources(id),
    stackTags: Object.fromEntries(definition.tags.map(({ Key, Value }) => [Key, Value])),
    outputs: before?.outputs ?? [],
    provider: (type) => engine.provider(type),
  });
  const tagged = JSON.stringify(definition.tags) !== JSON.stringify(before?.tags ?? []);
  const now_ms = context.cloud.clock();
  const stack: StackRecord =
    before === undefined
      ? {
          ...definition,
          id,
          name,
          status: 'REVIEW_IN_PROGRESS',
          createdAt_ms: now_ms,
          terminationProtection: false,
          disableRollback: false,
          ...(roleArn === undefined ? {} : { roleArn }),
        }
      : withDefinition(before, definition, roleArn, now_ms);
  return { stack, changes, hasChanges: hasChanges || tagged };
}

/** The existing stack with what it shall become, and what a rollback returns to. */
export function withDefinition(before: StackRecord, definition: StackDefinition, roleArn: string | undefined, now_ms: number): StackRecord {
  const { description: _, operation: __, statusReason: ___, ...rest } = before;
  // After an update that failed without a rollback, the state to return to is still the one before it.
  const isFirst = before.status === 'CREATE_FAILED' || before.status === 'REVIEW_IN_PROGRESS';
  const previous = before.previous ?? (isFirst ? undefined : definitionPart(before));
  return {
    ...rest,
    ...definition,
    ...(previous === undefined ? {} : { previous }),
    ...(before.status === 'REVIEW_IN_PROGRESS' ? {} : { updatedAt_ms: now_ms }),
    ...(roleArn === undefined ? {} : { roleArn }),
  };
}

function definitionPart({ templateText, description, parameters, tags, capabilities, outputs, imports }: StackRecord): StackDefinition {
  return { templateText, ...(description === undefined ? {} : { description }), parameters, tags, capabilities, outputs, imports };
}

/** The stack, if its state allows an update. */
export function updatableStack(store: StackStore, nameOrId: string): StackRecord {
  const stack = existingStack(store, nameOrId);
  if (!UPDATABLE.has(stack.status)) throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
  return stack;
}

export function newOperation(
  kind: StackOperation['kind'],
  context: CallContext,
  onFailure: OnFailure,
  token: string | undefined,
): StackOperation {
  return { id: randomUUID(), kind, principal: context.principal, onFailure, keep: [], ...(token === undefined ? {} : { token }) };
}

export function onFailureOf(disableRollback: boolean | undefined): OnFailure {
  return disableRollback === true ? 'DO_NOTHING' : 'ROLLBACK';
}

function rollBack(
  engine: Engine,
  store: StackStore,
  context: CallContext,
  input: { StackName: string; RoleARN?: string | undefined; ClientRequestToken?: string | undefined },
  from: readonly string[],
  keep: readonly string[],
  deletesNew = false,
) {
  const stack = existingStack(store, input.StackName);
  if (!from.includes(stack.status)) throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`);
  const rolled = { ...stack, ...(input.RoleARN === undefined ? {} : { roleArn: input.RoleARN }) };
  engine.begin(context, rolled, { ...newOperation('rollback', context, 'ROLLBACK', input.ClientRequestToken), keep, deletesNew });
  return { StackId: stack.id, OperationId: store.stack(stack.id)?.lastOperationId };
}
