import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../../kernel/state.ts';
import { WRITE_BEHIND_MS } from '../chosen.ts';
import { Kept } from './kept.ts';
import type {
  AccessToken,
  Account,
  ApiUser,
  CompiledBinary,
  DeviceRecord,
  Integration,
  LedgerDefinition,
  LedgerInstance,
  OAuthClient,
  Product,
  ProductFirmware,
} from './records.ts';

/** Everything that outlives the process, in one SQLite file that only its owner may read: tokens stand in it. */
export class ParticleState {
  readonly accounts: Kept<Account>;
  readonly tokens: Kept<AccessToken>;
  readonly api_users: Kept<ApiUser>;
  readonly clients: Kept<OAuthClient>;
  readonly products: Kept<Product>;
  readonly devices: Kept<DeviceRecord>;
  readonly integrations: Kept<Integration>;
  readonly ledgers: Kept<LedgerDefinition>;
  readonly ledger_instances: Kept<LedgerInstance>;
  readonly firmware: Kept<ProductFirmware>;
  readonly compiled: Kept<CompiledBinary>;
  readonly #database: DatabaseSync;
  #timer: NodeJS.Timeout | undefined;

  /** `file`: a path, or `:memory:`. */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    if (file !== ':memory:') chmodSync(file, 0o600);
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
    this.accounts = new Kept(this.#database, 'accounts');
    this.tokens = new Kept(this.#database, 'tokens');
    this.api_users = new Kept(this.#database, 'api_users');
    this.clients = new Kept(this.#database, 'clients');
    this.products = new Kept(this.#database, 'products');
    this.devices = new Kept(this.#database, 'devices');
    this.integrations = new Kept(this.#database, 'integrations');
    this.ledgers = new Kept(this.#database, 'ledgers');
    this.firmware = new Kept(this.#database, 'firmware');
    this.compiled = new Kept(this.#database, 'compiled');
    this.ledger_instances = new Kept(this.#database, 'ledger_instances');
  }

  /** All of `work`'s writes, or none. */
  together<T>(work: () => T): T {
    return inTransaction(this.#database, work);
  }

  /** The device's record was changed in place; it is written with others, at the latest after WRITE_BEHIND_MS. */
  deviceChanged(record: DeviceRecord): void {
    this.devices.touch(record.id);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.flush(), WRITE_BEHIND_MS);
    this.#timer.unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.devices.touched > 0) this.together(() => this.devices.writeTouched());
  }

  close(): void {
    this.flush();
    this.#database.close();
  }
}
