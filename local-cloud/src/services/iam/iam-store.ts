import type { Cloud } from '../../kernel/cloud.ts';
import type { PolicyDocument } from '../../kernel/policy-document.ts';
import { Collection, perScope } from '../../kernel/state.ts';

/** IAM is global: one store an account, in this place of a region's. */
export const GLOBAL_REGION = 'aws-global';

export interface Role {
  readonly RoleName: string;
  readonly RoleId: string;
  readonly Arn: string;
  readonly Path: string;
  readonly CreateDate: number;
  readonly Description?: string;
  readonly MaxSessionDuration: number;
  readonly AssumeRolePolicyDocument: PolicyDocument;
  readonly Tags: Readonly<Record<string, string>>;
  /** Inline policies by name. */
  readonly inline: Readonly<Record<string, PolicyDocument>>;
  /** ARNs of attached managed policies. */
  readonly attached: readonly string[];
}

export interface ManagedPolicy {
  readonly PolicyName: string;
  readonly PolicyId: string;
  readonly Arn: string;
  readonly Path: string;
  readonly Description?: string;
  readonly CreateDate: number;
  /** Every version that is kept; `v1` is the first. */
  readonly versions: Readonly<Record<string, PolicyDocument>>;
  readonly defaultVersion: string;
  /** Missing in what was stored before tags were kept. */
  readonly Tags?: Readonly<Record<string, string>>;
}

export interface StoredSession {
  readonly accessKeyId: string;
  readonly sessionToken: string;
  readonly roleArn: string;
  readonly sessionName: string;
  /** Milliseconds since 1970. */
  readonly expiration: number;
}

export interface IamStore {
  readonly roles: Collection<Role>;
  readonly policies: Collection<ManagedPolicy>;
}

/** Every request is judged by its role's policies: they stay parsed in memory. What is read must not be changed. */
class CachedCollection<T> extends Collection<T> {
  readonly #cache = new Map<string, T>();

  override get(key: string): T | undefined {
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const value = super.get(key);
    if (value !== undefined) this.#cache.set(key, value);
    return value;
  }

  override put(key: string, value: T): void {
    super.put(key, value);
    this.#cache.set(key, value);
  }

  override delete(key: string): boolean {
    this.#cache.delete(key);
    return super.delete(key);
  }
}

const stores = new WeakMap<Cloud, (scope: { account: string; region: string }) => IamStore>();

/** The roles and policies of an account. */
export function iamStore(cloud: Cloud, account: string): IamStore {
  let open = stores.get(cloud);
  if (open === undefined) {
    open = perScope((scope) => {
      const database = cloud.state.database(scope, 'iam');
      return { roles: new CachedCollection<Role>(database, 'roles'), policies: new CachedCollection<ManagedPolicy>(database, 'policies') };
    });
    stores.set(cloud, open);
  }
  return open({ account, region: GLOBAL_REGION });
}

/** Account, path and name in an IAM ARN such as `arn:aws:iam::111122223333:role/path/name`; undefined for another form. */
export function parseIamArn(arn: string): { account: string; kind: string; path: string; name: string } | undefined {
  const match = /^arn:aws:iam::(\d{12}|aws):(role|policy)(\/(?:.+\/)?)([^/]+)$/.exec(arn);
  if (match === null) return undefined;
  const [, account = '', kind = '', path = '/', name = ''] = match;
  return { account, kind, path, name };
}
