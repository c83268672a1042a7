import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Authorization, CallContext, Scope } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';
import { SigningKeys } from './signing-keys.ts';
import { type Group, poolArn, type User, type UserPool, type UserPoolClient, UserPoolStore } from './user-pool-store.ts';

/** A client of a pool, wherever it is: who uses it has no account. */
export interface PublicClient {
  readonly scope: Scope;
  readonly pool: UserPool;
  readonly client: UserPoolClient;
}

/** The user pools of every account and region, and what must be there for an operation. */
export class UserPools {
  readonly in: (scope: Scope) => UserPoolStore;
  readonly keys: SigningKeys;
  readonly #cloud: Cloud;
  readonly #foundClients = new Map<string, { scope: Scope; poolId: string }>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.keys = new SigningKeys(cloud);
    this.in = perScope((scope) => new UserPoolStore(cloud.state.database(scope, 'cognito-idp')));
  }

  /** What must be allowed for an action on this pool. */
  authorization(action: string, poolId: string, context: CallContext): Authorization[] {
    return [{ action: `cognito-idp:${action}`, resource: poolArn(context, poolId) }];
  }

  /** The account and region of a pool, whoever asks: a pool's id begins with its region. */
  scopeOfPool(poolId: string): Scope | undefined {
    const region = poolId.slice(0, Math.max(0, poolId.indexOf('_')));
    return this.#cloud.state
      .scopesOf('cognito-idp')
      .find((scope) => scope.region === region && this.in(scope).pools.get(poolId) !== undefined);
  }

  /** A client by its id alone, as the public operations name it. Throws ResourceNotFoundException, NotCarriedOut. */
  publicClient(clientId: string): PublicClient {
    const found = this.#known(clientId) ?? this.#search(clientId);
    if (found === undefined) throw new AwsError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`);
    if (found.client.secret !== undefined) throw new NotCarriedOut('signing in through a Cognito user pool client with a secret');
    return found;
  }

  #known(clientId: string): PublicClient | undefined {
    const at = this.#foundClients.get(clientId);
    if (at === undefined) return undefined;
    const store = this.in(at.scope);
    const [client, pool] = [store.client(at.poolId, clientId), store.pools.get(at.poolId)];
    return client === undefined || pool === undefined ? undefined : { scope: at.scope, pool, client };
  }

  #search(clientId: string): PublicClient | undefined {
    for (const scope of this.#cloud.state.scopesOf('cognito-idp')) {
      const client = this.in(scope).clientById(clientId);
      if (client === undefined) continue;
      this.#foundClients.set(clientId, { scope, poolId: client.poolId });
      return this.#known(clientId);
    }
    return undefined;
  }

  /** Throws ResourceNotFoundException. */
  pool(poolId: string, context: Scope): UserPool {
    const pool = this.in(context).pools.get(poolId);
    if (pool === undefined) throw new AwsError('ResourceNotFoundException', `User pool ${poolId} does not exist.`);
    return pool;
  }

  /** Throws ResourceNotFoundException. */
  client(poolId: string, clientId: string, context: Scope): UserPoolClient {
    const client = this.in(context).client(this.pool(poolId, context).id, clientId);
    if (client === undefined) throw new AwsError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`);
    return client;
  }

  /** Throws ResourceNotFoundException. */
  group(poolId: string, name: string, context: Scope): Group {
    const group = this.in(context).group(this.pool(poolId, context).id, name);
    if (group === undefined) throw new AwsError('ResourceNotFoundException', 'Group not found.');
    return group;
  }

  /** The user of this username or, where people sign in by it, e-mail address or telephone number. Throws ResourceNotFoundException, UserNotFoundException. */
  user(poolId: string, name: string, context: Scope): { pool: UserPool; user: User } {
    const pool = this.pool(poolId, context);
    const user = this.in(context).userBySignInName(pool, name);
    if (user === undefined) throw new AwsError('UserNotFoundException', 'User does not exist.');
    return { pool, user };
  }
}

const known = new WeakMap<Cloud, UserPools>();

/** The user pools of a local cloud, for Cognito itself and for services that read its tokens. */
export function userPoolsOf(cloud: Cloud): UserPools {
  let pools = known.get(cloud);
  if (pools === undefined) {
    pools = new UserPools(cloud);
    known.set(cloud, pools);
  }
  return pools;
}

/** A page of a list by name; the token is the last one's name. */
export function pageAfter<T>(
  all: Iterable<T>,
  nameOf: (item: T) => string,
  limit: number,
  token: string | undefined,
): { items: T[]; next: string | undefined } {
  const after = readToken(token);
  const items: T[] = [];
  for (const item of all) {
    if (nameOf(item) <= after) continue;
    if (items.length === limit) return { items, next: Buffer.from(nameOf(items.at(-1) ?? item)).toString('base64url') };
    items.push(item);
  }
  return { items, next: undefined };
}

export function readToken(token: string | undefined): string {
  return token === undefined ? '' : Buffer.from(token, 'base64url').toString('utf8');
}
