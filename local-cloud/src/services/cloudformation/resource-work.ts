import { randomBytes, randomUUID } from 'node:crypto';
import type { Cloud } from '../../kernel/cloud.ts';
import type { ResourceContext } from '../../kernel/resource-type.ts';
import type { Caller } from '../../kernel/service.ts';
import { resolveDynamicReferences } from './dynamic-references.ts';
import { handlerErrorCode, Interrupted, ResourceFailure, reasonOf } from './failure.ts';
import type { Provider, ProviderState } from './provider.ts';
import type { ResourceRecord, ResourceSnapshot, StackStore } from './stack-store.ts';

export interface WorkOptions {
  readonly cloud: Cloud;
  readonly store: StackStore;
  readonly stackId: string;
  readonly stackName: string;
  readonly operationId: string;
  readonly token: string | undefined;
  /** With whose rights resources are made. */
  readonly caller: Caller;
  /** Aborted when the operation is given up or the process stops. */
  readonly signal: AbortSignal;
  provider(type: string): Provider;
}

/** Makes, changes and deletes single resources: calls the resource type, keeps the record, writes the events. */
export class ResourceWork {
  readonly #options: WorkOptions;

  constructor(options: WorkOptions) {
    this.#options = options;
  }

  /** Makes a new resource; `record` has no physical id yet. Throws after the failure is recorded. */
  async create(record: ResourceRecord): Promise<void> {
    const isReplacement = record.change === 'replace';
    const verb = isReplacement ? 'UPDATE' : 'CREATE';
    let current = this.#put(
      { ...record, status: `${verb}_IN_PROGRESS` },
      isReplacement ? 'Requested update requires the creation of a new physical resource; hence creating one.' : undefined,
      record.before?.physicalId,
    );
    const { provider, context } = this.#tools(record, (partialIds) => {
      current = { ...current, partialIds };
      this.#options.store.putResource(this.#options.stackId, current);
    });
    try {
      const properties = await this.#resolved(record.properties);
      const state = await provider.create(properties, context);
      const { partialIds: _, ...made } = current;
      const inProgress = this.#put(
        withState(made, state),
        ['Resource creation Initiated', ...inertReasons(provider, properties)].join('; '),
      );
      this.#put({ ...inProgress, status: `${verb}_COMPLETE` });
    } catch (error) {
      const physicalId = error instanceof ResourceFailure ? error.physicalId : undefined;
      const known = physicalId === undefined ? current : { ...current, physicalId };
      throw this.#failed({ ...known, status: `${verb}_FAILED` }, error, isReplacement && handlerErrorCode(error) === 'AlreadyExists');
    }
  }

  /** Changes a resource in place from `previous` to what `record` says, `isRollback` back to what it was. Throws after the failure is recorded. */
  async update(record: ResourceRecord, previous: ResourceSnapshot, isRollback = false): Promise<ResourceRecord> {
    const physicalId = record.physicalId ?? '';
    const inProgress = { ...record, status: 'UPDATE_IN_PROGRESS' };
    const { provider, context: common } = this.#tools(record);
    const { updatePolicy } = record;
    const context =
      updatePolicy === undefined ? common : { ...common, aliasUpdate: { ...updatePolicy, isRollback, signal: this.#options.signal } };
    const properties = await this.#resolved(record.properties);
    this.#put(inProgress, inertReasons(provider, properties).join('; ') || undefined);
    try {
      const state = await provider.update(physicalId, properties, await this.#resolved(previous.properties), context);
      return this.#put({ ...withState(inProgress, state), status: 'UPDATE_COMPLETE' });
    } catch (error) {
      const isGivenUp = this.#options.signal.aborted && error === this.#options.signal.reason && !(error instanceof Interrupted);
      throw this.#failed({ ...record, status: 'UPDATE_FAILED' }, isGivenUp ? new ResourceFailure('Resource update cancelled') : error);
    }
  }

  /**
   * Deletes what a snapshot stands for; the record itself stays for the caller to settle. Throws after the failure is
   * written as an event.
   */
  async remove(logicalId: string, snapshot: ResourceSnapshot & { partialIds?: readonly string[] }): Promise<void> {
    if (snapshot.physicalId === undefined) {
      await this.#removePartial(logicalId, snapshot, snapshot.partialIds ?? []);
      return;
    }
    this.event(logicalId, snapshot, 'DELETE_IN_PROGRESS');
    const { provider, context } = this.#tools({ ...snapshot, logicalId });
    try {
      await provider.remove(snapshot.physicalId, await this.#resolved(snapshot.properties), context);
    } catch (error) {
      if (!(error instanceof Interrupted)) this.event(logicalId, snapshot, 'DELETE_FAILED', reasonOf(error));
      throw error;
    }
    this.event(logicalId, snapshot, 'DELETE_COMPLETE');
  }

  event(
    logicalId: string,
    resource: Pick<ResourceSnapshot, 'type' | 'properties' | 'physicalId'>,
    status: string,
    reason?: string,
    physicalId = resource.physicalId ?? '',
  ): void {
    const { store, stackId, operationId, token, cloud } = this.#options;
    const time_ms = cloud.clock();
    store.addEvent(stackId, {
      eventId: `${logicalId}-${status}-${new Date(time_ms).toISOString()}-${randomUUID().slice(0, 8)}`,
      operationId,
      logicalId,
      physicalId,
      type: resource.type,
      time_ms,
      status,
      ...(reason === undefined ? {} : { reason }),
      properties: JSON.stringify(resource.properties),
      ...(token === undefined ? {} : { token }),
    });
  }

  #put(record: ResourceRecord, reason?: string, physicalId?: string): ResourceRecord {
    const { statusReason: _, ...rest } = record;
    const changed = { ...rest, ...(reason === undefined ? {} : { statusReason: reason }), changedAt_ms: this.#options.cloud.clock() };
    this.#options.store.putResource(this.#options.stackId, changed);
    this.event(record.logicalId, changed, record.status, reason, physicalId ?? record.physicalId ?? '');
    return changed;
  }

  #failed(record: ResourceRecord, error: unknown, isNameTaken = false): unknown {
    // What was being done isn't known to have failed: the next start finds the record in progress.
    if (error instanceof Interrupted) return error;
    const taken = `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${record.properties['Name'] ?? record.before?.physicalId ?? record.logicalId} and update the stack again.`;
    this.#put(record, isNameTaken ? `${taken} ${reasonOf(error)}` : reasonOf(error));
    return error;
  }

  /** A create that failed half-way may have made something under one of these ids; deleting the others changes nothing. */
  async #removePartial(logicalId: string, snapshot: ResourceSnapshot, partialIds: readonly string[]): Promise<void> {
    if (partialIds.length === 0) return;
    this.event(logicalId, snapshot, 'DELETE_IN_PROGRESS');
    const { provider, context } = this.#tools({ ...snapshot, logicalId });
    const properties = await this.#resolved(snapshot.properties);
    for (const physicalId of partialIds) {
      await provider.remove(physicalId, properties, context).catch((error: unknown) => {
        if (error instanceof Interrupted) throw error;
      });
    }
    this.event(logicalId, snapshot, 'DELETE_COMPLETE');
  }

  #resolved(properties: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
    return resolveDynamicReferences(properties, (operation, input) =>
      this.#options.cloud.call('ssm', operation, input, this.#options.caller),
    );
  }

  #tools(
    resource: ResourceSnapshot & { readonly logicalId: string },
    onPartial: (ids: readonly string[]) => void = () => undefined,
  ): { provider: Provider; context: ResourceContext } {
    const { cloud, caller, stackId, stackName } = this.#options;
    const partialIds = new Set<string>();
    const context: ResourceContext = {
      account: caller.account,
      region: caller.region,
      stackName,
      stackId,
      logicalId: resource.logicalId,
      endpoint: cloud.endpoint,
      stackTags: {
        ...resource.stackTags,
        'aws:cloudformation:stack-name': stackName,
        'aws:cloudformation:stack-id': stackId,
        'aws:cloudformation:logical-id': resource.logicalId,
      },
      call: async <Out>(service: string, operation: string, input: unknown): Promise<Out> => {
        const output = await cloud.call<Out>(service, operation, input, caller);
        if (operation.startsWith('Create')) {
          for (const id of [...identifiersIn(output, /(Arn|Id|Url|UUID|Name)$/i), ...identifiersIn(input, /name$|^bucket$/i)])
            partialIds.add(id);
          onPartial([...partialIds]);
        }
        return output;
      },
      uniqueName: (options) => uniqueName(stackName, resource.logicalId, resource.token, options),
    };
    return { provider: this.#options.provider(resource.type), context };
  }
}

/** Random part of a physical name, as CloudFormation has it. */
export function newToken(): string {
  return [...randomBytes(12)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[byte % 36]).join('');
}

/** `<stack>-<logicalId>-<random>`; where it is too long, stack and logical id are cut to like lengths. */
export function uniqueName(
  stackName: string,
  logicalId: string,
  token: string,
  { maxLength = 64, lowerCase = false, separator = '-' }: { maxLength?: number; lowerCase?: boolean; separator?: string } = {},
): string {
  const room = maxLength - token.length - 2 * separator.length;
  const half = Math.max(1, Math.floor(room / 2));
  const stackPart = stackName.slice(0, Math.max(half, room - logicalId.length));
  const idPart = logicalId.slice(0, Math.max(1, room - stackPart.length));
  const name = [stackPart.replace(/-+$/, ''), idPart, token].join(separator);
  return lowerCase ? name.toLowerCase() : name;
}

function withState<T extends ResourceRecord>(record: T, state: ProviderState): T {
  return { ...record, physicalId: state.physicalId, attributes: state.attributes, ...(state.noEcho === true ? { noEcho: true } : {}) };
}

function inertReasons(provider: Provider, properties: Readonly<Record<string, unknown>>): string[] {
  const inert = provider.inertIn(properties);
  return [
    ...(provider.inertType === undefined ? [] : [`accepted without effect: ${provider.inertType}`]),
    ...(inert.length === 0 ? [] : [`accepted without effect: ${inert.join(', ')}`]),
  ];
}

/** Texts under keys of this kind, at the top and one level below, such as `Role.RoleName`. */
function identifiersIn(value: unknown, key: RegExp, depth = 1): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    if (typeof member === 'string') return key.test(name) ? [member] : [];
    return depth > 0 ? identifiersIn(member, key, depth - 1) : [];
  });
}
