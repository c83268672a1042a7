import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Scope } from '../../kernel/service.ts';
import { Collection, inTransaction } from '../../kernel/state.ts';
import { Challenges } from './challenges.ts';
import { PasswordAttempts } from './password-attempts.ts';
import { ResetCodes } from './reset-codes.ts';
import { Sessions } from './sessions.ts';
import type { PasswordVerifier } from './srp-verifier.ts';
import type { SchemaAttribute } from './user-attributes.ts';
import type { UserPoolClientSettings } from './user-pool-client-settings.ts';
import type { UserPoolSettings } from './user-pool-settings.ts';

export interface UserPool {
  /** `<region>_<nine characters>` */
  readonly id: string;
  readonly createdAt_ms: number;
  readonly modifiedAt_ms: number;
  readonly schema: readonly SchemaAttribute[];
  /** `email`, `phone_number`: what people sign in with instead of a name; can't be changed. */
  readonly usernameAttributes: readonly string[];
  readonly caseSensitive: boolean;
  readonly settings: UserPoolSettings;
}

export interface UserPoolClient {
  readonly id: string;
  readonly poolId: string;
  readonly secret?: string;
  readonly createdAt_ms: number;
  readonly modifiedAt_ms: number;
  /** What was set or defaulted, as the API shows it. */
  readonly settings: UserPoolClientSettings;
}

export interface Group {
  readonly poolId: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly precedence?: number | undefined;
  readonly createdAt_ms: number;
  readonly modifiedAt_ms: number;
}

export interface User {
  readonly poolId: string;
  /** A name of their own, or, where people sign in by e-mail, the same as `sub`. */
  readonly username: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly status: 'FORCE_CHANGE_PASSWORD' | 'CONFIRMED' | 'RESET_REQUIRED';
  readonly createdAt_ms: number;
  readonly modifiedAt_ms: number;
  readonly password?: PasswordVerifier;
  /** When the temporary password stops being accepted (milliseconds since 1970). */
  readonly temporaryUntil_ms?: number | undefined;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS users (
    pool TEXT NOT NULL, username TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (pool, username)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sign_in_names (
    pool TEXT NOT NULL, name TEXT NOT NULL, username TEXT NOT NULL, PRIMARY KEY (pool, name)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS memberships (
    pool TEXT NOT NULL, group_name TEXT NOT NULL, username TEXT NOT NULL, PRIMARY KEY (pool, group_name, username)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS memberships_by_user ON memberships (pool, username);
`;

/** What belongs to a pool besides its clients and groups, and what of it to a user. A deleted user's sessions stay, to be told from made-up ones. */
const POOL_TABLES = [
  'users',
  'sign_in_names',
  'memberships',
  'challenges',
  'sessions',
  'password_failures',
  'reset_codes',
  'password_calls',
];
const USER_TABLES = ['users', 'sign_in_names', 'memberships', 'password_failures', 'reset_codes', 'password_calls'];

/** The user pools of one account and region, with their clients, groups and users, and who is signed in. */
export class UserPoolStore {
  readonly pools: Collection<UserPool>;
  readonly challenges: Challenges;
  readonly sessions: Sessions;
  readonly attempts: PasswordAttempts;
  readonly resetCodes: ResetCodes;
  readonly #clients: Collection<UserPoolClient>;
  readonly #groups: Collection<Group>;
  readonly #database: DatabaseSync;
  readonly #sql: Record<
    'user' | 'users' | 'count' | 'putUser' | 'named' | 'name' | 'unname' | 'join' | 'leave' | 'members' | 'groupsOf' | 'dissolve',
    StatementSync
  >;

  constructor(database: DatabaseSync) {
    database.exec(TABLES);
    this.#database = database;
    this.pools = new Collection(database, 'user_pools');
    this.challenges = new Challenges(database);
    this.sessions = new Sessions(database);
    this.attempts = new PasswordAttempts(database);
    this.resetCodes = new ResetCodes(database);
    this.#clients = new Collection(database, 'user_pool_clients');
    this.#groups = new Collection(database, 'user_groups');
    const sql = (text: string) => database.prepare(text);
    this.#sql = {
      user: sql('SELECT document FROM users WHERE pool = ? AND username = ?'),
      users: sql('SELECT document FROM users WHERE pool = ? AND username > ? ORDER BY username'),
      count: sql('SELECT count(*) AS n FROM users WHERE pool = ?'),
      putUser: sql('INSERT INTO users (pool, username, document) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document'),
      named: sql('SELECT username FROM sign_in_names WHERE pool = ? AND name = ?'),
      name: sql('INSERT INTO sign_in_names (pool, name, username) VALUES (?, ?, ?)'),
      unname: sql('DELETE FROM sign_in_names WHERE pool = ? AND username = ?'),
      join: sql('INSERT INTO memberships (pool, group_name, username) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
      leave: sql('DELETE FROM memberships WHERE pool = ? AND group_name = ? AND username = ?'),
      members: sql('SELECT username FROM memberships WHERE pool = ? AND group_name = ? AND username > ? ORDER BY username'),
      groupsOf: sql('SELECT group_name FROM memberships WHERE pool = ? AND username = ? ORDER BY group_name'),
      dissolve: sql('DELETE FROM memberships WHERE pool = ? AND group_name = ?'),
    };
  }

  deletePool(id: string): void {
    inTransaction(this.#database, () => {
      for (const client of this.clients(id)) this.#clients.delete(`${id}/${client.id}`);
      for (const group of this.groups(id)) this.#groups.delete(`${id}/${group.name}`);
      for (const table of POOL_TABLES) this.#database.prepare(`DELETE FROM ${table} WHERE pool = ?`).run(id);
      this.pools.delete(id);
    });
  }

  client(poolId: string, id: string): UserPoolClient | undefined {
    return this.#clients.get(`${poolId}/${id}`);
  }

  /** A client by its id alone, which no two pools share. */
  clientById(id: string): UserPoolClient | undefined {
    return this.#clients.list().find((client) => client.id === id);
  }

  clients(poolId: string): UserPoolClient[] {
    return this.#clients.list().filter((client) => client.poolId === poolId);
  }

  putClient(client: UserPoolClient): void {
    this.#clients.put(`${client.poolId}/${client.id}`, client);
  }

  deleteClient(poolId: string, id: string): boolean {
    return this.#clients.delete(`${poolId}/${id}`);
  }

  group(poolId: string, name: string): Group | undefined {
    return this.#groups.get(`${poolId}/${name}`);
  }

  /** Every group of a pool, by name. */
  groups(poolId: string): Group[] {
    return this.#groups.list().filter((group) => group.poolId === poolId);
  }

  putGroup(group: Group): void {
    this.#groups.put(`${group.poolId}/${group.name}`, group);
  }

  deleteGroup(poolId: string, name: string): void {
    inTransaction(this.#database, () => {
      this.#sql.dissolve.run(poolId, name);
      this.#groups.delete(`${poolId}/${name}`);
    });
  }

  user(poolId: string, username: string): User | undefined {
    const row = this.#sql.user.get(poolId, username);
    return row === undefined ? undefined : (JSON.parse(String(row['document'])) as User);
  }

  /** The user whom this name signs in: their username, or an attribute that serves as one. */
  userBySignInName(pool: UserPool, name: string): User | undefined {
    const row = this.#sql.named.get(pool.id, fold(pool, name));
    return row === undefined ? undefined : this.user(pool.id, String(row['username']));
  }

  /** The users of a pool after this username who are wanted, by username. */
  *usersAfter(poolId: string, after: string, wanted: (user: User) => boolean): Generator<User> {
    for (const row of this.#sql.users.iterate(poolId, after)) {
      const user = JSON.parse(String(row['document'])) as User;
      if (wanted(user)) yield user;
    }
  }

  countUsers(poolId: string): number {
    return Number(this.#sql.count.get(poolId)?.['n']);
  }

  /** Keeps a user under the names that sign them in. Throws when another user has one: ask first. */
  putUser(pool: UserPool, user: User): void {
    inTransaction(this.#database, () => {
      this.#sql.unname.run(pool.id, user.username);
      for (const name of signInNames(pool, user)) this.#sql.name.run(pool.id, name, user.username);
      this.#sql.putUser.run(pool.id, user.username, JSON.stringify(user));
    });
  }

  deleteUser(user: User): void {
    inTransaction(this.#database, () => {
      for (const table of USER_TABLES)
        this.#database.prepare(`DELETE FROM ${table} WHERE pool = ? AND username = ?`).run(user.poolId, user.username);
    });
  }

  join(user: User, group: Group): void {
    this.#sql.join.run(user.poolId, group.name, user.username);
  }

  leave(user: User, group: Group): void {
    this.#sql.leave.run(user.poolId, group.name, user.username);
  }

  /** Usernames in a group after this one, in order. */
  members(poolId: string, group: string, after: string): string[] {
    return this.#sql.members.all(poolId, group, after).map((row) => String(row['username']));
  }

  groupsOf(user: User): string[] {
    return this.#sql.groupsOf.all(user.poolId, user.username).map((row) => String(row['group_name']));
  }
}

export function poolArn({ account, region }: Scope, id: string): string {
  return `arn:aws:cognito-idp:${region}:${account}:userpool/${id}`;
}

function fold(pool: UserPool, name: string): string {
  return pool.caseSensitive ? name : name.toLowerCase();
}

function signInNames(pool: UserPool, user: User): Set<string> {
  const aliases = pool.usernameAttributes.map((name) => user.attributes[name]).filter((value) => value !== undefined);
  return new Set([user.username, ...aliases].map((name) => fold(pool, name)));
}
