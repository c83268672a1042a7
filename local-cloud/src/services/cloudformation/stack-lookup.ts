import { randomUUID } from 'node:crypto';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Authorization, Scope } from '../../kernel/service.ts';
import { passRole } from '../iam/pass-role.ts';
import type { ChangeSetRecord, StackRecord, StackStore } from './stack-store.ts';
import { validationError } from './validation-error.ts';

/** `arn:aws:cloudformation:<region>:<account>:stack/<name>/<uuid>` */
export function newStackId({ account, region }: Scope, name: string): string {
  return `arn:aws:cloudformation:${region}:${account}:stack/${name}/${randomUUID()}`;
}

export function newChangeSetId({ account, region }: Scope, name: string): string {
  return `arn:aws:cloudformation:${region}:${account}:changeSet/${name}/${randomUUID()}`;
}

/**
 * What IAM decides about for an action on a stack (Service Authorization Reference, "Actions, resources, and condition
 * keys for AWS CloudFormation"); without a name the action is on all stacks. Handing over a role needs iam:PassRole.
 */
export function onStack(action: string, store: StackStore, scope: Scope, nameOrId: string | undefined, roleArn?: string): Authorization[] {
  const { account, region } = scope;
  const arn = nameOrId === undefined || nameOrId.startsWith('arn:') ? nameOrId : store.stack(nameOrId)?.id;
  const resource = arn ?? (nameOrId === undefined ? '*' : `arn:aws:cloudformation:${region}:${account}:stack/${nameOrId}/*`);
  return [
    { action: `cloudformation:${action}`, resource },
    ...(roleArn === undefined ? [] : [passRole(roleArn, 'cloudformation.amazonaws.com')]),
  ];
}

/** The stack of this name or id; deleted ones only by id. Throws what DescribeStacks answers for a missing one. */
export function describedStack(store: StackStore, nameOrId: string): StackRecord {
  const stack = store.stack(nameOrId);
  if (stack === undefined) throw validationError(`Stack with id ${nameOrId} does not exist`);
  return stack;
}

/** The stack to be changed. Throws what most operations answer for a missing one. */
export function existingStack(store: StackStore, nameOrId: string): StackRecord {
  const stack = store.stack(nameOrId);
  if (stack === undefined || stack.status === 'DELETE_COMPLETE') throw validationError(`Stack [${nameOrId}] does not exist`);
  return stack;
}

/** By its own ARN, or by its name and the stack's. */
export function existingChangeSet(store: StackStore, nameOrId: string, stackNameOrId: string | undefined): ChangeSetRecord {
  const found = findChangeSet(store, nameOrId, stackNameOrId);
  if (found === undefined) throw new AwsError('ChangeSetNotFound', `ChangeSet [${nameOrId}] does not exist`, 404);
  return found;
}

export function findChangeSet(store: StackStore, nameOrId: string, stackNameOrId: string | undefined): ChangeSetRecord | undefined {
  if (nameOrId.startsWith('arn:')) return store.changeSetById(nameOrId);
  if (stackNameOrId === undefined) throw validationError('StackName must be specified if ChangeSetName is not specified as an ARN.');
  return store.changeSet(existingStack(store, stackNameOrId).id, nameOrId);
}
