import type { Cloud } from '../../kernel/cloud.ts';
import { type PolicyDocument, policyDocumentOrJson } from '../../kernel/policy-document.ts';
import type { Scope } from '../../kernel/service.ts';
import { Collection, perScope } from '../../kernel/state.ts';

/** One symmetric KMS key. */
export interface Key {
  readonly keyId: string;
  readonly arn: string;
  readonly created_ms: number;
  readonly description: string;
  /** The key policy's JSON text as it was put. */
  readonly policy: string;
  readonly enabled: boolean;
  readonly rotation?: { readonly period_days: number };
  /** When its deletion is scheduled: ms since 1970. */
  readonly deletion_ms?: number;
  readonly tags: Readonly<Record<string, string>>;
  /** 256 bits, Base64. It lies in the state folder like everything else (LIMITS.md). */
  readonly material: string;
}

export interface Alias {
  /** Such as `alias/artifacts`. */
  readonly name: string;
  readonly keyId: string;
  readonly created_ms: number;
  readonly updated_ms: number;
}

export interface KmsStore {
  readonly keys: Collection<Key>;
  readonly aliases: Collection<Alias>;
}

const stores = new WeakMap<Cloud, (scope: Scope) => KmsStore>();

/** The keys and aliases of an account and region. S3 asks too, for the keys of its buckets. */
export function kmsStore(cloud: Cloud, scope: Scope): KmsStore {
  let open = stores.get(cloud);
  if (open === undefined) {
    open = perScope((place) => {
      const database = cloud.state.database(place, 'kms');
      return { keys: new Collection<Key>(database, 'keys'), aliases: new Collection<Alias>(database, 'aliases') };
    });
    stores.set(cloud, open);
  }
  return open(scope);
}

const parsedPolicies = new Map<string, PolicyDocument>();
const MOST_PARSED = 200;

/** The key's policy, parsed once for each text. */
export function keyPolicy({ policy }: Key): PolicyDocument {
  let parsed = parsedPolicies.get(policy);
  if (parsed === undefined) {
    if (parsedPolicies.size >= MOST_PARSED) parsedPolicies.clear();
    parsed = policyDocumentOrJson.parse(policy);
    parsedPolicies.set(policy, parsed);
  }
  return parsed;
}
