import { AccessDenied, AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Authorization, CallContext, Scope } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';
import type { StoredBytes } from '../../metering/stored-bytes.ts';
import { BodyStore } from './body-store.ts';
import { type Bucket, BucketRegistry } from './buckets.ts';
import { type NewVersion, ObjectStore, type StoredVersion } from './object-store.ts';
import { accessDenied, methodNotAllowed, noSuchBucket, noSuchKey, noSuchVersion } from './s3-error.ts';
import { bucketBytes } from './stored-bytes.ts';
import { UploadStore } from './upload-store.ts';

/** What every operation on a bucket names. */
export interface BucketInput {
  readonly Bucket: string;
  readonly ExpectedBucketOwner?: string | undefined;
}

export interface ObjectInput extends BucketInput {
  readonly Key: string;
  readonly VersionId?: string | undefined;
}

interface ScopeStores {
  readonly objects: ObjectStore;
  readonly uploads: UploadStore;
  readonly bodies: BodyStore;
}

type Conditions = Readonly<Record<string, string | readonly string[]>>;

/** Buckets and objects, and who may touch them. */
export class S3Store {
  readonly cloud: Cloud;
  readonly buckets: BucketRegistry;
  readonly #stores: (scope: Scope) => ScopeStores;

  constructor(cloud: Cloud) {
    this.cloud = cloud;
    this.buckets = new BucketRegistry(cloud.state);
    this.#stores = perScope((scope) => {
      const database = cloud.state.database(scope, 's3');
      return {
        objects: new ObjectStore(database),
        uploads: new UploadStore(database),
        bodies: new BodyStore(cloud.state.directory(scope, 's3')),
      };
    });
  }

  /** Where the bucket's objects lie: with its owner's account, in its region. */
  of(bucket: Bucket): ScopeStores {
    return this.#stores(bucket);
  }

  /** What the buckets of every account and region hold. */
  storedBytes(): StoredBytes[] {
    const buckets = this.buckets.list();
    return this.buckets.scopes().flatMap((scope) => {
      // Its tables are there from now on.
      this.#stores(scope);
      const here = buckets.filter(({ account, region }) => account === scope.account && region === scope.region);
      return bucketBytes(
        this.cloud.state.database(scope, 's3'),
        scope,
        here.map(({ name }) => name),
      );
    });
  }

  /** Deletes what a killed process left without an owner. */
  sweepBodies(): void {
    for (const scope of this.buckets.scopes()) {
      const { objects, uploads, bodies } = this.#stores(scope);
      const used = new Set<string>();
      objects.eachFile((file) => used.add(file));
      uploads.eachFile((file) => used.add(file));
      bodies.sweep((file) => used.has(file));
    }
  }

  /** The bucket; throws NoSuchBucket, AccessDenied for another owner than expected, or the redirect to its region. */
  bucket(input: BucketInput, context: CallContext, options: { anyRegion?: boolean } = {}): Bucket {
    const bucket = this.buckets.get(input.Bucket);
    if (bucket === undefined) throw noSuchBucket(input.Bucket);
    if (input.ExpectedBucketOwner !== undefined && input.ExpectedBucketOwner !== bucket.account) throw accessDenied();
    // An unsigned request names no region.
    if (!options.anyRegion && context.principal.kind !== 'anonymous' && context.region !== bucket.region) {
      const message =
        'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.';
      throw new AwsError('PermanentRedirect', message, 301, {
        Bucket: bucket.name,
        Endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com`,
        BucketRegion: bucket.region,
      });
    }
    return bucket;
  }

  onBucket(bucket: Bucket, action: string, context: CallContext, conditions: Conditions = {}): Authorization {
    return this.#on(bucket, `arn:aws:s3:::${bucket.name}`, action, context, conditions);
  }

  onObject(bucket: Bucket, key: string, action: string, context: CallContext, conditions: Conditions = {}): Authorization {
    return this.#on(bucket, `arn:aws:s3:::${bucket.name}/${key}`, action, context, conditions);
  }

  /** Whether the caller may do this as well. */
  may(context: CallContext, wanted: Authorization): boolean {
    try {
      this.cloud.authorizer.authorize(context, wanted);
      return true;
    } catch (error) {
      if (error instanceof AccessDenied) return false;
      throw error;
    }
  }

  /**
   * The version that a read names. A missing key is NoSuchKey to callers who may list the bucket, AccessDenied to others
   * (Amazon S3 API Reference, "GetObject", permissions). A delete marker is NoSuchKey, or MethodNotAllowed by its id.
   */
  readable(input: ObjectInput, context: CallContext): { bucket: Bucket; version: StoredVersion } {
    const bucket = this.bucket(input, context);
    const { objects } = this.of(bucket);
    const { VersionId } = input;
    const version = VersionId === undefined ? objects.latest(bucket.name, input.Key) : objects.version(bucket.name, input.Key, VersionId);
    if (version !== undefined && !version.isDeleteMarker) return { bucket, version };
    if (VersionId === undefined) {
      if (!this.may(context, this.onBucket(bucket, 's3:ListBucket', context))) throw accessDenied();
      throw version === undefined
        ? noSuchKey(input.Key)
        : new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: input.Key, DeleteMarker: version.versionId });
    }
    if (version === undefined) throw noSuchVersion(input.Key, VersionId);
    const refusal = methodNotAllowed('GET', 'DeleteMarker');
    throw new AwsError(refusal.code, refusal.message, 405, { ...refusal.members, DeleteMarker: version.versionId });
  }

  /**
   * Writes a body and makes it the key's latest version, whole or not at all. `check` sees the current object in the
   * same instant, so that of two conditional writers one wins.
   */
  async store(
    bucket: Bucket,
    key: string,
    body: Uint8Array,
    version: Omit<NewVersion, 'segments' | 'size' | 'lastModified_ms'>,
    check: (current: StoredVersion | undefined) => void = () => {},
  ): Promise<{ versionId: string | undefined; lastModified_ms: number }> {
    const { objects, bodies } = this.of(bucket);
    check(objects.latest(bucket.name, key));
    const segments = body.length === 0 ? [] : [await bodies.write(body)];
    const lastModified_ms = this.cloud.clock();
    let now: Bucket;
    let put: ReturnType<ObjectStore['put']>;
    try {
      now = this.existing(bucket);
      check(objects.latest(bucket.name, key));
      put = objects.put(now, key, { ...version, segments, size: body.length, lastModified_ms });
    } catch (error) {
      await bodies.remove(segments);
      throw error;
    }
    await bodies.remove(put.freed);
    return { versionId: now.versioning === undefined ? undefined : put.versionId, lastModified_ms };
  }

  /** The bucket as it is now, after something else may have happened to it. */
  existing(bucket: Bucket): Bucket {
    const now = this.buckets.get(bucket.name);
    if (now === undefined || now.created_ms !== bucket.created_ms || now.account !== bucket.account) throw noSuchBucket(bucket.name);
    return now;
  }

  #on(bucket: Bucket, resource: string, action: string, context: CallContext, conditions: Conditions): Authorization {
    return {
      action,
      resource,
      conditions,
      resourcePolicy: this.buckets.policyFor(bucket, context.account, context.principal.kind === 'service'),
      resourceAccount: bucket.account,
    };
  }
}
