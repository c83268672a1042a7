import type { PolicyDocument } from '../../kernel/policy-document.ts';
import { policyDocumentOrJson } from '../../kernel/policy-document.ts';
import { Collection, type State } from '../../kernel/state.ts';
import type { LifecycleRule } from './lifecycle-rules.ts';
import { isPublicPolicy } from './public-policy.ts';

export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export interface BucketEncryption {
  readonly SSEAlgorithm: 'AES256' | 'aws:kms';
  readonly BucketKeyEnabled: boolean;
  /** The customer's own key as it was named: id, alias or ARN. Absent: AWS's own key. */
  readonly KMSMasterKeyID?: string;
}

/** One bucket and its configuration. */
export interface Bucket {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly created_ms: number;
  readonly encryption: BucketEncryption;
  readonly tags: Readonly<Record<string, string>>;
  readonly publicAccessBlock?: PublicAccessBlock;
  readonly versioning?: 'Enabled' | 'Suspended';
  readonly lifecycle?: readonly LifecycleRule[];
  /** The policy's JSON text as it was put. */
  readonly policy?: string;
}

/**
 * What a bucket has when nothing was said (Amazon S3 User Guide, "Default settings for new S3 buckets FAQ"): all
 * public access blocked, ACLs disabled, SSE-S3.
 */
export const DEFAULT_CONFIGURATION: Pick<Bucket, 'encryption' | 'tags' | 'publicAccessBlock'> = {
  encryption: { SSEAlgorithm: 'AES256', BucketKeyEnabled: false },
  tags: {},
  publicAccessBlock: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
};

interface ParsedPolicy {
  readonly text: string;
  readonly document: PolicyDocument;
  readonly isPublic: boolean;
}

/**
 * Every bucket of every account. Names are unique across accounts and regions (Amazon S3 User Guide, "Bucket naming
 * rules"), so that they lie in one place, apart from the accounts' own state.
 */
export class BucketRegistry {
  readonly #buckets: Collection<Bucket>;
  readonly #scopes: Collection<{ account: string; region: string }>;
  readonly #policies = new Map<string, ParsedPolicy>();

  constructor(state: State) {
    const database = state.database({ account: 'global', region: 'global' }, 's3-buckets');
    this.#buckets = new Collection(database, 'bucket');
    this.#scopes = new Collection(database, 'scope');
  }

  get(name: string): Bucket | undefined {
    return this.#buckets.get(name);
  }

  put(bucket: Bucket): void {
    this.#scopes.put(`${bucket.account}/${bucket.region}`, { account: bucket.account, region: bucket.region });
    this.#buckets.put(bucket.name, bucket);
  }

  delete(name: string): void {
    this.#buckets.delete(name);
    this.#policies.delete(name);
  }

  /** By name in binary order. */
  list(): Bucket[] {
    return this.#buckets.list();
  }

  /** Every account and region that ever had a bucket. */
  scopes(): { account: string; region: string }[] {
    return this.#scopes.list();
  }

  /**
   * The policy by which a caller of `callerAccount` is judged. RestrictPublicBuckets takes a public policy's effect from
   * everyone but the owner's account and AWS services (Amazon S3 User Guide, "Blocking public access to your Amazon S3
   * storage").
   */
  policyFor(bucket: Bucket, callerAccount: string, isService: boolean): PolicyDocument | undefined {
    if (bucket.policy === undefined) return undefined;
    let parsed = this.#policies.get(bucket.name);
    if (parsed === undefined || parsed.text !== bucket.policy) {
      const document = policyDocumentOrJson.parse(bucket.policy);
      parsed = { text: bucket.policy, document, isPublic: isPublicPolicy(document) };
      this.#policies.set(bucket.name, parsed);
    }
    const restricted = bucket.publicAccessBlock?.RestrictPublicBuckets === true && parsed.isPublic;
    if (restricted && !isService && callerAccount !== bucket.account) {
      return { ...parsed.document, Statement: parsed.document.Statement.filter((statement) => statement.Effect === 'Deny') };
    }
    return parsed.document;
  }
}
