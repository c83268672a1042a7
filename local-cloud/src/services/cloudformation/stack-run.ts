import { randomUUID } from 'node:crypto';
import { CustomResources } from './custom-resource.ts';
import type { Deployment, Failures } from './deployment.ts';
import type { Evaluation } from './evaluation.ts';
import { exportsOf, importersOf } from './exports.ts';
import { reasonOf } from './failure.ts';
import { uniqueName } from './resource-work.ts';
import type { StackOperation, StackOutput, StackRecord, StackStore } from './stack-store.ts';

export interface StackRunOptions {
  readonly store: StackStore;
  readonly stackId: string;
  readonly operation: StackOperation;
  readonly clock: () => number;
  evaluate(stack: StackRecord): Evaluation;
  /** For what is asked for. */
  readonly forward: Deployment;
  /** For the rollback of what failed. */
  readonly backward: Deployment;
}

const INTERRUPTED = 'The local cloud was stopped while this was going on.';

/** One operation on one stack, from its first status to its last (CloudFormation User Guide, "Understand stack status codes"). */
export class StackRun {
  readonly #options: StackRunOptions;

  constructor(options: StackRunOptions) {
    this.#options = options;
  }

  /** Sets the stack's status and writes the event of it. */
  status(status: string, reason?: string, changes: { [K in keyof StackRecord]?: StackRecord[K] | undefined } = {}): StackRecord {
    const { store, stackId, operation, clock } = this.#options;
    const stack = store.changeStack(stackId, { ...changes, status, statusReason: reason });
    store.addEvent(stackId, {
      eventId: randomUUID(),
      operationId: operation.id,
      logicalId: stack.name,
      physicalId: stackId,
      type: 'AWS::CloudFormation::Stack',
      time_ms: clock(),
      status,
      ...(reason === undefined ? {} : { reason }),
      ...(operation.token === undefined ? {} : { token: operation.token }),
    });
    return stack;
  }

  /** Does the operation; its first status is set already. */
  async go(): Promise<void> {
    const { operation } = this.#options;
    if (operation.kind === 'delete') await this.#delete();
    else if (operation.kind === 'rollback') await this.#rollBack();
    else await this.#deploy();
  }

  /** Finishes an operation that the end of the process interrupted; see Engine.recover. */
  async recover(): Promise<void> {
    const { status } = this.#stack();
    if (status === 'CREATE_IN_PROGRESS' || status === 'UPDATE_IN_PROGRESS') {
      const inFlight = this.#failInFlight();
      await this.#fail(`${INTERRUPTED} Resource(s) in progress: [${inFlight.join(', ')}].`);
    } else if (status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') await this.#cleanUpUpdate();
    else if (status === 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS') await this.#cleanUpRollback();
    else if (status === 'DELETE_IN_PROGRESS') await this.#delete();
    else await this.#rollBack();
  }

  /** Ends in the failed state of whatever was going on, so that a new deployment or delete can begin. */
  giveUp(error: unknown): void {
    const { status } = this.#stack();
    if (status.endsWith('_IN_PROGRESS')) this.status(failedStatus(status), reasonOf(error), { operation: undefined });
  }

  async #deploy(): Promise<void> {
    const { forward, store, stackId } = this.#options;
    const isUpdate = this.#options.operation.kind === 'update';
    const evaluation = this.#options.evaluate(this.#stack());
    const failures = await forward.apply(evaluation);
    if (failures.size > 0) {
      await this.#fail(this.#failureReason(failures));
      return;
    }
    let outputs: StackOutput[];
    try {
      outputs = forward.outputs(evaluation);
      this.#checkExports(outputs);
    } catch (error) {
      await this.#fail(error instanceof Error ? error.message : String(error));
      return;
    }
    store.changeStack(stackId, { outputs, imports: evaluation.imports });
    if (isUpdate) {
      this.status('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', undefined, { previous: undefined });
      await this.#cleanUpUpdate();
    } else {
      forward.settle();
      this.status('CREATE_COMPLETE', undefined, { operation: undefined });
    }
  }

  async #cleanUpUpdate(): Promise<void> {
    await this.#options.forward.cleanUp('forward');
    this.#options.forward.settle();
    this.status('UPDATE_COMPLETE', undefined, { operation: undefined });
  }

  async #fail(reason: string): Promise<void> {
    const { previous } = this.#stack();
    const { onFailure, kind } = this.#options.operation;
    const isUpdate = previous !== undefined;
    if (onFailure === 'DO_NOTHING') {
      this.status(kind === 'update' ? 'UPDATE_FAILED' : 'CREATE_FAILED', reason, { operation: undefined });
    } else if (onFailure === 'DELETE' && !isUpdate) {
      this.status('DELETE_IN_PROGRESS', `${reason} Delete requested by user.`);
      await this.#delete();
    } else {
      const status = isUpdate ? 'UPDATE_ROLLBACK_IN_PROGRESS' : 'ROLLBACK_IN_PROGRESS';
      this.status(status, isUpdate ? reason : `${reason} Rollback requested by user.`);
      await this.#rollBack();
    }
  }

  async #rollBack(): Promise<void> {
    const { backward, operation } = this.#options;
    const { previous } = this.#stack();
    if (previous === undefined) {
      const failures = await backward.removeAll(true, operation.keep, operation.deletesNew);
      if (failures.size > 0) this.status('ROLLBACK_FAILED', failedToDelete(failures), { operation: undefined });
      else this.status('ROLLBACK_COMPLETE', undefined, { operation: undefined });
      return;
    }
    const failures = await backward.restore(operation.keep);
    if (failures.size > 0) {
      this.status('UPDATE_ROLLBACK_FAILED', this.#failureReason(failures), { operation: undefined });
      return;
    }
    this.status('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', undefined, {
      description: undefined,
      ...previous,
      previous: undefined,
    });
    await this.#cleanUpRollback();
  }

  async #cleanUpRollback(): Promise<void> {
    await this.#options.backward.cleanUp('rollback', this.#options.operation.deletesNew);
    this.#options.backward.settle();
    this.status('UPDATE_ROLLBACK_COMPLETE', undefined, { operation: undefined });
  }

  async #delete(): Promise<void> {
    const { store, stackId, backward, operation, clock } = this.#options;
    this.#failInFlight();
    const inUse = this.#exportsInUse(this.#stack(), []);
    if (inUse !== undefined) {
      this.status('DELETE_FAILED', `Delete canceled. ${inUse}`, { operation: undefined });
      return;
    }
    const failures = await backward.removeAll(false, operation.keep);
    if (failures.size > 0) {
      this.status('DELETE_FAILED', failedToDelete(failures), { operation: undefined });
      return;
    }
    for (const { id } of store.changeSets(stackId)) store.deleteChangeSet(id);
    this.status('DELETE_COMPLETE', undefined, { operation: undefined, deletedAt_ms: clock(), outputs: [], imports: [] });
  }

  #checkExports(outputs: readonly StackOutput[]): void {
    const stack = this.#stack();
    const exports = exportsOf(this.#options.store);
    for (const { exportName } of outputs) {
      const other = exportName === undefined ? undefined : exports.get(exportName);
      if (other !== undefined && other.stackId !== stack.id) {
        throw new Error(`Export with name ${exportName} is already exported by stack ${other.stackName}. Rollback requested by user.`);
      }
    }
    const inUse = this.#exportsInUse(stack, outputs);
    if (inUse !== undefined) throw new Error(inUse);
  }

  /** Why an export of the stack that isn't among `remaining` as it is must stay; undefined when nobody imports it. */
  #exportsInUse(stack: StackRecord, remaining: readonly StackOutput[]): string | undefined {
    for (const { exportName, value } of stack.previous?.outputs ?? stack.outputs) {
      if (exportName === undefined) continue;
      const importers = importersOf(this.#options.store, exportName).filter(({ id }) => id !== stack.id);
      if (importers.length === 0) continue;
      const names = importers.map(({ name }) => name).join(' and ');
      const now = remaining.find((output) => output.exportName === exportName);
      if (now === undefined) return `Cannot delete export ${exportName} as it is in use by ${names}`;
      if (now.value !== value) return `Cannot update export ${exportName} as it is in use by ${names}`;
    }
    return undefined;
  }

  #failInFlight(): string[] {
    const { store, stackId, clock } = this.#options;
    const inFlight = store.resources(stackId).filter(({ status }) => status.endsWith('_IN_PROGRESS'));
    for (const record of inFlight) {
      const status = record.status.replace('_IN_PROGRESS', '_FAILED');
      // A custom resource was asked and may have done its work: it is asked to delete it, under an id made up here.
      const wasAsked = record.physicalId === undefined && CustomResources.isCustom(record.type);
      const physicalId = wasAsked ? uniqueName(this.#stack().name, record.logicalId, record.token) : undefined;
      store.putResource(stackId, {
        ...record,
        ...(physicalId === undefined ? {} : { physicalId }),
        status,
        statusReason: INTERRUPTED,
        changedAt_ms: clock(),
      });
    }
    return inFlight.map(({ logicalId }) => logicalId);
  }

  #failureReason(failures: Failures): string {
    const { store, stackId } = this.#options;
    const failed = [...failures.keys()].map((logicalId) => ({
      logicalId,
      status: store.resource(stackId, logicalId)?.status ?? 'CREATE_FAILED',
    }));
    const created = failed.filter(({ status }) => status === 'CREATE_FAILED').map(({ logicalId }) => logicalId);
    const updated = failed.filter(({ status }) => status !== 'CREATE_FAILED').map(({ logicalId }) => logicalId);
    return [
      ...(created.length === 0 ? [] : [`The following resource(s) failed to create: [${created.join(', ')}].`]),
      ...(updated.length === 0 ? [] : [`The following resource(s) failed to update: [${updated.join(', ')}].`]),
    ].join(' ');
  }

  #stack(): StackRecord {
    const stack = this.#options.store.stack(this.#options.stackId);
    if (stack === undefined) throw new Error(`stack ${this.#options.stackId} is gone`);
    return stack;
  }
}

function failedToDelete(failures: Failures): string {
  return `The following resource(s) failed to delete: [${[...failures.keys()].join(', ')}].`;
}

/** The failed state that belongs to a state in progress. */
export function failedStatus(inProgress: string): string {
  if (inProgress === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') return 'UPDATE_FAILED';
  if (inProgress.startsWith('UPDATE_ROLLBACK')) return 'UPDATE_ROLLBACK_FAILED';
  return inProgress.replace(/_IN_PROGRESS$/, '_FAILED');
}
