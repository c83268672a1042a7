import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller, Scope } from '../../kernel/service.ts';
import { assumeRole } from '../iam/role-sessions.ts';
import { CustomResources } from './custom-resource.ts';
import { Deployment } from './deployment.ts';
import { type Evaluation, evaluate } from './evaluation.ts';
import { exportsOf } from './exports.ts';
import { Interrupted } from './failure.ts';
import { findResourceType, type Provider, providerOf } from './provider.ts';
import { ResourceWork } from './resource-work.ts';
import { failedStatus, StackRun } from './stack-run.ts';
import type { StackDefinition, StackOperation, StackRecord, StackStore } from './stack-store.ts';
import { readTemplate } from './template.ts';
import { validationError } from './validation-error.ts';

/** Runs the operations on stacks in the background, one at a time for each stack, and finishes them after a restart. */
export class Engine {
  readonly customResources: CustomResources;
  readonly #cloud: Cloud;
  readonly #storeOf: (scope: Scope) => StackStore;
  readonly #running = new Map<string, { done: Promise<void>; stop: AbortController }>();

  constructor(cloud: Cloud, storeOf: (scope: Scope) => StackStore) {
    this.#cloud = cloud;
    this.#storeOf = storeOf;
    this.customResources = new CustomResources(cloud);
  }

  /**
   * Begins an operation on a stack whose record says what to reach. Returns when the first event is written; the rest
   * goes on in the background. Throws ValidationError when the stack's role can't be assumed.
   */
  begin(scope: Scope, stack: StackRecord, operation: StackOperation): void {
    const stop = new AbortController();
    const run = this.#run(scope, stack, operation, stop);
    this.#storeOf(scope).putStack({ ...stack, operation, lastOperationId: operation.id });
    run.status(firstStatus(stack, operation), 'User Initiated');
    this.#background(stack.id, run, stop, run.go());
  }

  /**
   * Finishes what was going on when the process ended: an interrupted create or update is rolled back (or, with rollback
   * disabled, left as CREATE_FAILED or UPDATE_FAILED), an interrupted rollback, clean-up or delete goes on. Whatever
   * can't be finished ends in a failed state, from which the next deployment or delete begins.
   */
  recover(): void {
    for (const scope of this.#cloud.state.scopesOf('cloudformation')) {
      for (const stack of this.#storeOf(scope).livingStacks()) {
        if (stack.operation === undefined || !stack.status.endsWith('_IN_PROGRESS')) continue;
        try {
          const stop = new AbortController();
          const run = this.#run(scope, stack, stack.operation, stop);
          this.#background(stack.id, run, stop, run.recover());
        } catch (error) {
          const statusReason = error instanceof Error ? error.message : String(error);
          this.#storeOf(scope).changeStack(stack.id, { status: failedStatus(stack.status), statusReason, operation: undefined });
        }
      }
    }
  }

  /** Ends what is going on at the next resource; the next start finishes it. */
  async stop(): Promise<void> {
    for (const { stop } of this.#running.values()) stop.abort(new Interrupted());
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  /** Resolves when nothing is going on with the stack, at the latest after `longest_ms` or when the caller has gone. */
  async settled(stackId: string, longest_ms: number, signal: AbortSignal | undefined): Promise<void> {
    const running = this.#running.get(stackId);
    if (running === undefined) return;
    const waited = new AbortController();
    const timer = setTimeout(() => waited.abort(), longest_ms);
    const ends = [waited.signal, ...(signal === undefined ? [] : [signal])].map(
      (end) => new Promise<void>((resolve) => end.addEventListener('abort', () => resolve(), { once: true })),
    );
    await Promise.race([running.done, ...ends]);
    clearTimeout(timer);
  }

  /** Writes the first event of a stack that has only a change set so far. */
  reviewEvent(store: StackStore, stack: StackRecord, time_ms: number): void {
    const event = { logicalId: stack.name, physicalId: stack.id, type: 'AWS::CloudFormation::Stack', time_ms };
    store.addEvent(stack.id, {
      ...event,
      eventId: randomUUID(),
      operationId: randomUUID(),
      status: 'REVIEW_IN_PROGRESS',
      reason: 'User Initiated',
    });
  }

  /** Ends what is going on with one stack, for another operation to take over. */
  async interrupt(stackId: string): Promise<void> {
    const running = this.#running.get(stackId);
    running?.stop.abort(new Interrupted());
    await running?.done;
  }

  /** The resource type of this name, or undefined when no service provides it. `signal` ends the wait of custom resources. */
  provider(type: string, signal: AbortSignal = new AbortController().signal): Provider | undefined {
    if (CustomResources.isCustom(type)) return this.customResources.provider(type, signal);
    const resourceType = findResourceType(this.#cloud, type);
    return resourceType === undefined ? undefined : providerOf(resourceType);
  }

  evaluate(scope: Scope, definition: StackDefinition, stack: { id: string; name: string }): Evaluation {
    const exports = exportsOf(this.#storeOf(scope));
    const identity = { account: scope.account, region: scope.region, stackId: stack.id, stackName: stack.name };
    return evaluate(readTemplate(definition.templateText), definition.parameters, identity, (name) => exports.get(name)?.value);
  }

  /** With whose rights a stack's resources are made: its role's, or its caller's. */
  caller({ account, region }: Scope, roleArn: string | undefined, principal: Caller['principal']): Caller {
    if (roleArn === undefined) return { account, region, principal };
    try {
      const session = assumeRole(this.#cloud, {
        roleArn,
        sessionName: 'AWSCloudFormation',
        servicePrincipal: 'cloudformation.amazonaws.com',
      });
      return { account, region, principal: session.principal };
    } catch {
      throw validationError(`Role ${roleArn} is invalid or cannot be assumed`);
    }
  }

  #run(scope: Scope, stack: StackRecord, operation: StackOperation, stop: AbortController): StackRun {
    const caller = this.caller(scope, stack.roleArn, operation.principal);
    // Custom resources that wait for an answer give up when another resource has failed; the rollback asks anew.
    const giveUp = new AbortController();
    stop.signal.addEventListener('abort', () => giveUp.abort(stop.signal.reason), { once: true });
    return new StackRun({
      store: this.#storeOf(scope),
      stackId: stack.id,
      operation,
      clock: this.#cloud.clock,
      evaluate: (record) => this.evaluate(scope, record, record),
      forward: this.#deployment(scope, stack, operation, caller, stop.signal, giveUp),
      backward: this.#deployment(scope, stack, operation, caller, stop.signal),
    });
  }

  #deployment(
    scope: Scope,
    stack: StackRecord,
    operation: StackOperation,
    caller: Caller,
    signal: AbortSignal,
    giveUp?: AbortController,
  ): Deployment {
    const store = this.#storeOf(scope);
    const provider = (type: string): Provider => {
      const found = this.provider(type, giveUp?.signal ?? signal);
      if (found === undefined) throw new Error(`no service of this local cloud provides the resource type ${type}`);
      return found;
    };
    const { id: stackId, name: stackName } = stack;
    const { id: operationId, token } = operation;
    const work = new ResourceWork({
      cloud: this.#cloud,
      store,
      stackId,
      stackName,
      operationId,
      token,
      caller,
      signal: giveUp?.signal ?? signal,
      provider,
    });
    return new Deployment({
      store,
      stackId,
      work,
      stackTags: Object.fromEntries(stack.tags.map(({ Key, Value }) => [Key, Value])),
      signal,
      onFailure: () => giveUp?.abort(),
      clock: this.#cloud.clock,
      provider,
    });
  }

  #background(stackId: string, run: StackRun, stop: AbortController, work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => {
        if (error instanceof Interrupted) return;
        console.error(`the operation on stack ${stackId} failed inside the local cloud:`, error);
        run.giveUp(error);
      })
      .finally(() => this.#running.delete(stackId));
    this.#running.set(stackId, { done, stop });
  }
}

function firstStatus(stack: StackRecord, operation: StackOperation): string {
  if (operation.kind === 'create') return 'CREATE_IN_PROGRESS';
  if (operation.kind === 'update') return 'UPDATE_IN_PROGRESS';
  if (operation.kind === 'delete') return 'DELETE_IN_PROGRESS';
  return stack.previous === undefined ? 'ROLLBACK_IN_PROGRESS' : 'UPDATE_ROLLBACK_IN_PROGRESS';
}
