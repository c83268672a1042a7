import type { Clock } from '../clock.ts';
import { MAX_LEDGER_BYTES } from '../documented.ts';
import { ApiError, badRequest, notFound } from '../http/api-error.ts';
import type { DeviceSessions } from '../sessions/device-sessions.ts';
import type { Session } from '../sessions/session.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { DeviceRecord, LedgerDefinition, LedgerInstance } from '../state/records.ts';

/** Cloud-to-device ledgers: what is set here reaches the devices at once when they are connected, else when they connect. */
export class Ledgers {
  readonly #state: ParticleState;
  readonly #sessions: DeviceSessions;
  readonly #clock: Clock;

  constructor(state: ParticleState, sessions: DeviceSessions, clock: Clock) {
    this.#state = state;
    this.#sessions = sessions;
    this.#clock = clock;
    sessions.greetWith((session) => this.#greet(session));
  }

  of(owner: string): LedgerDefinition[] {
    return [...this.#state.ledgers.values()].filter((ledger) => ledger.owner === owner);
  }

  definition(owner: string, name: string): LedgerDefinition {
    const ledger = this.#state.ledgers.get(key(owner, name));
    if (ledger === undefined) throw notFound(`Ledger ${name} not found`);
    return ledger;
  }

  create(fields: Pick<LedgerDefinition, 'name' | 'description' | 'scope' | 'direction' | 'owner'>): LedgerDefinition {
    if (this.#state.ledgers.get(key(fields.owner, fields.name)) !== undefined)
      throw new ApiError(409, { ok: false, error: 'conflict', error_description: `Ledger ${fields.name} exists already` });
    const now = this.#clock.now();
    return this.keep({ ...fields, created_at: now, updated_at: now, archived_at: null });
  }

  keep(ledger: LedgerDefinition): LedgerDefinition {
    return this.#state.ledgers.put(key(ledger.owner, ledger.name), ledger);
  }

  archive(ledger: LedgerDefinition): void {
    this.keep({ ...ledger, archived_at: this.#clock.now() });
  }

  instances({ owner, name }: LedgerDefinition): LedgerInstance[] {
    const prefix = `${key(owner, name)}/`;
    return [...this.#state.ledger_instances.values()].filter(({ ledger }) => `${ledger}/` === prefix);
  }

  instance(ledger: LedgerDefinition, scope_value: string): LedgerInstance {
    const instance = this.#state.ledger_instances.get(instanceKey(ledger, scope_value));
    if (instance === undefined) throw notFound(`Ledger ${ledger.name} has no instance ${scope_value}`);
    return instance;
  }

  /** Replaces the data, or merges its top-level fields into it; a device that is connected has it before this returns. */
  set(ledger: LedgerDefinition, scope_value: string, given: Readonly<Record<string, unknown>>, merge: boolean): LedgerInstance {
    if (ledger.archived_at !== null) throw badRequest(`Ledger ${ledger.name} is archived`);
    const before = this.#state.ledger_instances.get(instanceKey(ledger, scope_value));
    const data = merge ? { ...before?.data, ...given } : given;
    const size_bytes = Buffer.byteLength(JSON.stringify(data));
    if (size_bytes > MAX_LEDGER_BYTES) throw badRequest(`instance.data: ${size_bytes} bytes, more than ${MAX_LEDGER_BYTES}`);
    const now = this.#clock.now();
    const instance = {
      ledger: key(ledger.owner, ledger.name),
      scope_value,
      data,
      size_bytes,
      created_at: before?.created_at ?? now,
      updated_at: now,
    };
    this.#state.ledger_instances.put(instanceKey(ledger, scope_value), instance);
    for (const record of this.#devicesOf(ledger, scope_value)) {
      const session = this.#sessions.get(record.id);
      if (session?.alive === true) session.device.ledger(ledger.name, data);
    }
    return instance;
  }

  delete(ledger: LedgerDefinition, scope_value: string): void {
    this.instance(ledger, scope_value);
    this.#state.ledger_instances.delete(instanceKey(ledger, scope_value));
  }

  #greet({ device, record }: Session): void {
    const product = record.product_id === null ? undefined : this.#state.products.get(String(record.product_id));
    // "Ledger can only be used with devices in products" (Particle docs, "Ledger configuration").
    if (product === undefined) return;
    for (const ledger of this.of(product.owner)) {
      if (ledger.archived_at !== null) continue;
      const value = { Owner: this.#state.accounts.get(product.owner)?.user_id ?? '', Product: String(product.id), Device: record.id }[
        ledger.scope
      ];
      const instance = this.#state.ledger_instances.get(instanceKey(ledger, value));
      if (instance !== undefined) device.ledger(ledger.name, instance.data);
    }
  }

  #devicesOf({ scope, owner }: LedgerDefinition, scope_value: string): DeviceRecord[] {
    const inOwnersProduct = ({ product_id }: DeviceRecord) =>
      product_id !== null && this.#state.products.get(String(product_id))?.owner === owner;
    if (scope === 'Device')
      return [this.#state.devices.get(scope_value)].filter((record) => record !== undefined && inOwnersProduct(record)) as DeviceRecord[];
    return [...this.#state.devices.values()].filter(
      (record) => inOwnersProduct(record) && (scope === 'Owner' || String(record.product_id) === scope_value),
    );
  }
}

function key(owner: string, name: string): string {
  return `${owner}/${name}`;
}

function instanceKey({ owner, name }: LedgerDefinition, scope_value: string): string {
  return `${key(owner, name)}/${scope_value}`;
}
