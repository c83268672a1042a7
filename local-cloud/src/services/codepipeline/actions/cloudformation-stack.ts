import { z } from 'zod';
import { AwsError } from '../../../kernel/aws-error.ts';
import { ActionFailed, type ActionRun, pause } from './action-run.ts';

/** DescribeStacks waits for a running operation by itself; between two of them there needn't be much. */
const POLL_ms = 200;

const stacksAnswer = z.object({
  Stacks: z.array(
    z.object({
      StackId: z.string(),
      StackStatus: z.string(),
      StackStatusReason: z.string().optional(),
      Outputs: z.array(z.object({ OutputKey: z.string(), OutputValue: z.string() })).default([]),
    }),
  ),
});
export type Stack = z.output<typeof stacksAnswer>['Stacks'][number];

const changeSetAnswer = z.object({
  ChangeSetId: z.string(),
  Status: z.string(),
  StatusReason: z.string().optional(),
  ExecutionStatus: z.string(),
});
export type ChangeSet = z.output<typeof changeSetAnswer>;

const eventsAnswer = z.object({
  StackEvents: z.array(
    z.object({ LogicalResourceId: z.string(), ResourceStatus: z.string(), ResourceStatusReason: z.string().optional() }),
  ),
});

/** The stack that an action is about, with the rights of the action's role in that role's account. */
export class ActionStack {
  readonly #run: ActionRun;
  readonly name: string;

  constructor(run: ActionRun, name: string) {
    this.#run = run;
    this.name = name;
  }

  call(operation: string, input: object): Promise<unknown> {
    return this.#run.cloud.call('cloudformation', operation, input, this.#run.caller);
  }

  /** By name, or by id, under which deleted ones are found too. Undefined for none. */
  async describe(nameOrId = this.name): Promise<Stack | undefined> {
    try {
      // Looks are no part of the trace.
      const { traceHeader: _, ...untraced } = this.#run.caller;
      const answer = await this.#run.cloud.call('cloudformation', 'DescribeStacks', { StackName: nameOrId }, untraced);
      return stacksAnswer.parse(answer).Stacks[0];
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ValidationError' && error.message.includes('does not exist')) return undefined;
      throw error;
    }
  }

  async changeSet(name: string): Promise<ChangeSet | undefined> {
    try {
      return changeSetAnswer.parse(await this.call('DescribeChangeSet', { StackName: this.name, ChangeSetName: name }));
    } catch (error) {
      if (error instanceof AwsError && /does not exist/.test(error.message)) return undefined;
      throw error;
    }
  }

  /** Waits until nothing is going on with the stack; undefined when it is gone. */
  async settled(nameOrId = this.name): Promise<Stack | undefined> {
    for (;;) {
      const stack = await this.describe(nameOrId);
      if (stack === undefined || !stack.StackStatus.endsWith('_IN_PROGRESS') || stack.StackStatus === 'REVIEW_IN_PROGRESS') return stack;
      await pause(POLL_ms, this.#run.signal);
    }
  }

  /** The stack once nothing is going on with it; throws ActionFailed when it is gone. */
  async standing(nameOrId = this.name): Promise<Stack> {
    const stack = await this.settled(nameOrId);
    if (stack === undefined) throw new ActionFailed('JobFailed', `Stack ${this.name} does not exist any more`);
    return stack;
  }

  /** The stack once it is deployed; throws ActionFailed with the reason when it isn't. */
  async deployed(nameOrId = this.name): Promise<Stack> {
    const stack = await this.standing(nameOrId);
    if (stack.StackStatus !== 'CREATE_COMPLETE' && stack.StackStatus !== 'UPDATE_COMPLETE') {
      throw new ActionFailed('JobFailed', await this.#failure(stack));
    }
    return stack;
  }

  async #failure(stack: Stack): Promise<string> {
    // The resource's own reason says more than that some resources failed.
    const reason = (await this.#firstFailure(stack.StackId)) ?? stack.StackStatusReason;
    return `Stack ${this.name} is in ${stack.StackStatus} state.${reason === undefined ? '' : ` ${reason}`}`;
  }

  /** What failed first in the last operation, if the role may read it. */
  async #firstFailure(stackId: string): Promise<string | undefined> {
    try {
      const { StackEvents } = eventsAnswer.parse(await this.call('DescribeStackEvents', { StackName: stackId }));
      const began = StackEvents.findIndex(
        ({ LogicalResourceId, ResourceStatus }) => LogicalResourceId === this.name && /^(CREATE|UPDATE)_IN_PROGRESS$/.test(ResourceStatus),
      );
      const failed = StackEvents.slice(0, began < 0 ? undefined : began)
        .toReversed()
        .find(({ ResourceStatus, ResourceStatusReason }) => ResourceStatus.endsWith('_FAILED') && ResourceStatusReason !== undefined);
      return failed === undefined ? undefined : `${failed.LogicalResourceId}: ${failed.ResourceStatusReason}`;
    } catch (error) {
      if (error instanceof AwsError && error.httpStatus === 403) return undefined;
      throw error;
    }
  }
}

/** A change set that failed because there is nothing to change, which is no failure of the pipeline. */
export function isEmpty({ Status, StatusReason = '' }: ChangeSet): boolean {
  return Status === 'FAILED' && /didn't contain changes|No updates are to be performed/.test(StatusReason);
}
