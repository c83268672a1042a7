import { z } from 'zod';
import { changedProperties, isSame } from './changed-properties.ts';
import { CustomResources } from './custom-resource.ts';
import { type Graph, inOrder, reversed } from './dependencies.ts';
import { type Evaluation, evaluateOutputs, type ResourceValues } from './evaluation.ts';
import { Interrupted, ResourceFailure, reasonOf } from './failure.ts';
import { resolve } from './intrinsics.ts';
import type { Provider } from './provider.ts';
import { newToken, type ResourceWork } from './resource-work.ts';
import type { ResourceRecord, ResourceSnapshot, StackOutput, StackStore } from './stack-store.ts';
import type { TemplateResource } from './template.ts';
import { validationError } from './validation-error.ts';

export interface DeploymentOptions {
  readonly store: StackStore;
  readonly stackId: string;
  readonly work: ResourceWork;
  readonly stackTags: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Called at the first failure: what waits for others to answer gives up. */
  readonly onFailure: () => void;
  readonly clock: () => number;
  provider(type: string): Provider;
}

/** Logical ids by what failed, for the stack's status reason. */
export type Failures = ReadonlyMap<string, unknown>;

const updatePolicy = z.object({ applicationName: z.string(), deploymentGroupName: z.string() });
type Wanted = Omit<ResourceSnapshot, 'attributes' | 'physicalId'> & Pick<ResourceRecord, 'updatePolicy'>;

/** The steps of deploying, rolling back and deleting the resources of one stack; the stack's own status is not its business. */
export class Deployment {
  readonly #options: DeploymentOptions;

  constructor(options: DeploymentOptions) {
    this.#options = options;
  }

  /** Creates and changes what the template says, in order. What it no longer says is only marked, for `cleanUp`. */
  async apply(evaluation: Evaluation): Promise<Failures> {
    const failures = await this.#inOrder(evaluation.graph, (logicalId) => this.#applyOne(logicalId, evaluation));
    if (failures.size > 0) return failures;
    for (const record of this.#records()) {
      if (!Object.hasOwn(evaluation.resources, record.logicalId)) this.#put({ ...record, removed: true });
    }
    return failures;
  }

  outputs(evaluation: Evaluation): StackOutput[] {
    return evaluateOutputs(evaluation, this.#values(true));
  }

  async #applyOne(logicalId: string, evaluation: Evaluation): Promise<void> {
    const resource = evaluation.resources[logicalId];
    if (resource === undefined) throw new Error(`${logicalId} is not in the template`);
    const record = this.#options.store.resource(this.#options.stackId, logicalId);
    const wanted = this.#wantedOrEvent(resource, evaluation, logicalId, record === undefined);
    if (record === undefined || (record.physicalId === undefined && record.before === undefined)) {
      await this.#create(logicalId, wanted);
      return;
    }
    const provider = this.#options.provider(resource.type);
    // A replacement that failed before, and is now tried again.
    const existing = record.physicalId === undefined && record.before !== undefined ? { ...record, ...record.before } : record;
    const changed = changedProperties(existing.properties, wanted.properties);
    const hasItsTags = isSame(existing.stackTags, wanted.stackTags) || !provider.takesTags;
    const before = record.before ?? snapshotOf(record);
    if (changed.length === 0 && hasItsTags && !record.status.endsWith('_FAILED')) {
      // The properties are the same; policies and metadata may not be, and a rollback brings the old ones back.
      this.#put({ ...existing, ...wanted, token: existing.token, before, removed: false });
    } else if (provider.canUpdate && !changed.some((name) => provider.replaceOn.includes(name))) {
      const next = { ...existing, ...wanted, token: existing.token, before, change: record.change ?? ('update' as const), removed: false };
      const updated = await this.#options.work.update(next, existing);
      // A custom resource that answers with another id has made a new one: the old one is deleted in the clean-up.
      if (updated.physicalId !== existing.physicalId) this.#put({ ...updated, change: 'replace' });
    } else {
      await this.#options.work.create({ logicalId, ...wanted, ...fresh(this.#options.clock()), change: 'replace', before });
    }
  }

  async #create(logicalId: string, wanted: Wanted): Promise<void> {
    await this.#options.work.create({ logicalId, ...wanted, ...fresh(this.#options.clock()), change: 'create' });
  }

  #wanted(resource: TemplateResource, evaluation: Evaluation, logicalId: string): Wanted {
    const names = evaluation.names(this.#values(false));
    return {
      type: resource.type,
      properties: resolve(resource.properties, names) as Record<string, unknown>,
      stackTags: this.#options.stackTags,
      token: newToken(),
      dependsOn: [...(evaluation.graph.get(logicalId) ?? [])],
      deletionPolicy: resource.deletionPolicy,
      updateReplacePolicy: resource.updateReplacePolicy,
      ...(resource.metadata === undefined ? {} : { metadata: resource.metadata }),
      updatePolicy: resource.updatePolicy === undefined ? undefined : updatePolicy.parse(resolve(resource.updatePolicy, names)),
    };
  }

  /** What resources have now; `masked` hides what a custom resource asked to hide. */
  #values(masked: boolean): ResourceValues {
    const record = (logicalId: string) => {
      const found = this.#options.store.resource(this.#options.stackId, logicalId);
      if (found?.physicalId === undefined) throw validationError(`Template error: resource ${logicalId} does not exist`);
      return found;
    };
    return {
      ref: (logicalId) => record(logicalId).physicalId,
      attribute: (logicalId, attribute) => {
        const { attributes, type, noEcho } = record(logicalId);
        if (Object.hasOwn(attributes, attribute)) return masked && noEcho === true ? '****' : attributes[attribute];
        if (!CustomResources.isCustom(type)) {
          throw validationError(`Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt`);
        }
        throw new ResourceFailure(
          `CustomResource attribute error: Vendor response doesn't contain ${attribute} attribute in object ${logicalId}`,
        );
      },
    };
  }

  /**
   * Brings every resource back to what it was before the unfinished update. What the update made is left for
   * `cleanUp('rollback')`. `skip`: logical ids to leave as they are.
   */
  async restore(skip: readonly string[]): Promise<Failures> {
    const records = this.#records().filter(({ restored }) => restored !== true);
    const graph: Graph = new Map(records.map((record) => [record.logicalId, new Set((record.before ?? record).dependsOn)]));
    return this.#inOrder(graph, async (logicalId) => {
      const record = this.#options.store.resource(this.#options.stackId, logicalId);
      if (record === undefined) return;
      const { before, change, removed: _, ...current } = record;
      if (before === undefined) {
        if (change === 'create') this.#put({ ...record, removed: true, restored: true });
        else this.#put({ ...current, restored: true });
        return;
      }
      if (skip.includes(logicalId)) {
        this.#options.work.event(logicalId, before, 'UPDATE_COMPLETE', 'Resource skipped during UpdateRollback');
        this.#put({ ...current, ...before, restored: true, status: 'UPDATE_COMPLETE' });
        return;
      }
      if (change === undefined) this.#put({ ...current, ...before, restored: true });
      else if (change === 'replace') await this.#restoreReplaced(record, before);
      else await this.#restoreChanged(record, before);
    });
  }

  async #restoreReplaced(record: ResourceRecord, before: ResourceSnapshot): Promise<void> {
    const { partialIds, ...rest } = record;
    const made = { ...snapshotOf(record), ...(partialIds === undefined ? {} : { partialIds }) };
    const back = { ...withoutPhysicalId(rest), ...before };
    this.#options.work.event(record.logicalId, before, 'UPDATE_IN_PROGRESS');
    // A custom resource that changed its id in an update is told to change back; other types still have the old one.
    if (CustomResources.isCustom(record.type) && record.physicalId !== undefined) {
      const restored = await this.#options.work.update({ ...back, physicalId: record.physicalId }, record);
      this.#put({ ...restored, restored: true, change: 'replace', before: made });
      return;
    }
    this.#put({ ...back, status: 'UPDATE_COMPLETE', restored: true, change: 'replace', before: made });
    this.#options.work.event(record.logicalId, before, 'UPDATE_COMPLETE');
  }

  async #restoreChanged(record: ResourceRecord, before: ResourceSnapshot): Promise<void> {
    const { before: _, change: __, ...current } = record;
    const restored = await this.#options.work.update({ ...current, ...before }, record, true);
    const hasMoved = restored.physicalId !== record.physicalId;
    this.#put({ ...restored, restored: true, ...(hasMoved ? { change: 'replace', before: snapshotOf(record) } : {}) });
  }

  /**
   * Deletes what is superseded: after an update the old resources, after its rollback the new ones. A failure is written
   * as an event and forgotten, as AWS does: the stack completes and no longer knows the resource. `deletesNew`: a
   * rollback deletes new resources whatever their policy.
   */
  async cleanUp(direction: 'forward' | 'rollback', deletesNew = false): Promise<void> {
    const newPolicy = (policy: string) => (deletesNew ? 'Delete' : policy);
    const graph: Graph = new Map(
      this.#records().map((record) => [record.logicalId, new Set((record.removed ? record : (record.before ?? record)).dependsOn)]),
    );
    await this.#inOrder(
      reversed(graph),
      async (logicalId) => {
        const record = this.#options.store.resource(this.#options.stackId, logicalId);
        if (record === undefined) return;
        const { before, change, restored: _, removed, partialIds: __, ...rest } = record;
        if (change === 'replace' && before !== undefined && before.physicalId !== record.physicalId) {
          const policy = direction === 'forward' ? before.updateReplacePolicy : newPolicy(before.deletionPolicy);
          await this.#tryRemove(logicalId, before, policy, direction === 'rollback');
        }
        if (removed === true) {
          const policy = direction === 'forward' ? record.deletionPolicy : newPolicy(record.deletionPolicy);
          await this.#tryRemove(logicalId, record, policy, direction === 'rollback');
          this.#options.store.deleteResource(this.#options.stackId, logicalId);
        } else {
          this.#put(rest);
        }
      },
      true,
    );
  }

  async #tryRemove(logicalId: string, snapshot: ResourceSnapshot, policy: string, isNew = false): Promise<void> {
    if (isRetained(policy, isNew)) {
      this.#options.work.event(logicalId, snapshot, 'DELETE_SKIPPED');
      return;
    }
    try {
      await this.#options.work.remove(logicalId, snapshot);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
    }
  }

  /**
   * Deletes every resource. `isRollback`: of a create that failed, where `RetainExceptOnCreate` deletes too. `keep` is
   * left alone. What can't be deleted, and what it depends on, stays. `deletesNew` as in `cleanUp`.
   */
  async removeAll(isRollback: boolean, keep: readonly string[], deletesNew = false): Promise<Failures> {
    const graph: Graph = new Map(this.#records().map((record) => [record.logicalId, new Set(record.dependsOn)]));
    return this.#inOrder(
      reversed(graph),
      async (logicalId) => {
        const record = this.#options.store.resource(this.#options.stackId, logicalId);
        if (record === undefined) return;
        if (isRetained(deletesNew ? 'Delete' : record.deletionPolicy, isRollback) || keep.includes(logicalId)) {
          this.#options.work.event(logicalId, record, 'DELETE_SKIPPED');
        } else {
          const { before } = record;
          this.#put({ ...record, status: 'DELETE_IN_PROGRESS' });
          try {
            await this.#options.work.remove(logicalId, record);
            // An update that failed and wasn't rolled back left the old one of a replacement too.
            if (before?.physicalId !== undefined && before.physicalId !== record.physicalId)
              await this.#options.work.remove(logicalId, before);
          } catch (error) {
            if (!(error instanceof Interrupted)) this.#put({ ...record, status: 'DELETE_FAILED' });
            throw error;
          }
        }
        this.#options.store.deleteResource(this.#options.stackId, logicalId);
      },
      true,
    );
  }

  /** Like #wanted; a value that can't be told, such as an attribute that a resource doesn't have, is written as an event. */
  #wantedOrEvent(resource: TemplateResource, evaluation: Evaluation, logicalId: string, isNew: boolean) {
    try {
      return this.#wanted(resource, evaluation, logicalId);
    } catch (error) {
      const status = isNew ? 'CREATE_FAILED' : 'UPDATE_FAILED';
      this.#options.work.event(logicalId, { type: resource.type, properties: {} }, status, reasonOf(error));
      throw error;
    }
  }

  /** Forgets what the finished operation did. */
  settle(): void {
    for (const { before: _, change: __, restored: ___, removed: ____, partialIds: _____, ...record } of this.#records()) this.#put(record);
  }

  async #inOrder(graph: Graph, work: (logicalId: string) => Promise<void>, carryOn = false): Promise<Failures> {
    const { signal, onFailure } = this.#options;
    const failures = await inOrder(
      graph,
      async (logicalId) => {
        if (signal.aborted) throw new Interrupted();
        await work(logicalId);
      },
      { carryOn, ...(carryOn ? {} : { onFailure }) },
    );
    if (signal.aborted) throw new Interrupted();
    return failures;
  }

  #records(): ResourceRecord[] {
    return this.#options.store.resources(this.#options.stackId);
  }

  #put(record: ResourceRecord): void {
    this.#options.store.putResource(this.#options.stackId, record);
  }
}

function isRetained(policy: string, isNew: boolean): boolean {
  return policy === 'Retain' || (policy === 'RetainExceptOnCreate' && !isNew);
}

function fresh(now_ms: number) {
  return { attributes: {}, status: 'CREATE_IN_PROGRESS', changedAt_ms: now_ms };
}

function snapshotOf(record: ResourceRecord): ResourceSnapshot {
  const { type, physicalId, attributes, properties, stackTags, token, dependsOn, deletionPolicy, updateReplacePolicy, metadata, noEcho } =
    record;
  return {
    type,
    ...(physicalId === undefined ? {} : { physicalId }),
    attributes,
    properties,
    stackTags,
    token,
    dependsOn,
    deletionPolicy,
    updateReplacePolicy,
    ...(metadata === undefined ? {} : { metadata }),
    ...(noEcho === undefined ? {} : { noEcho }),
  };
}

function withoutPhysicalId(record: ResourceRecord): Omit<ResourceRecord, 'physicalId' | 'before' | 'change' | 'removed'> {
  const { physicalId: _, before: __, change: ___, removed: ____, ...rest } = record;
  return rest;
}
