import type { Bucket } from './buckets.ts';
import type { LifecycleRule } from './lifecycle-rules.ts';
import { abortUpload } from './multipart-operations.ts';
import type { StoredVersion } from './object-store.ts';
import type { S3Store } from './s3-store.ts';

const DAY_ms = 24 * 3600 * 1000;
const BATCH = 1000;

/**
 * Carries out the expirations of every bucket's lifecycle rules (Amazon S3 User Guide, "Expiring objects" and
 * "Lifecycle configuration elements"). Ages count in days and end at the following midnight UTC.
 */
export async function sweepLifecycle(store: S3Store): Promise<void> {
  for (const bucket of store.buckets.list()) {
    const rules = (bucket.lifecycle ?? []).filter((rule) => rule.Status === 'Enabled');
    if (rules.length === 0) continue;
    await sweepVersions(store, bucket, rules);
    await sweepUploads(store, bucket, rules);
  }
}

async function sweepVersions(store: S3Store, bucket: Bucket, rules: readonly LifecycleRule[]): Promise<void> {
  const { objects } = store.of(bucket);
  let versions = objects.scanVersions(bucket.name, '', BATCH);
  // What stands before a version among its key's, newest first.
  let newer: StoredVersion | undefined;
  let newerNoncurrent = 0;
  while (versions.length > 0) {
    for (const version of versions) {
      if (newer?.key !== version.key) {
        newer = undefined;
        newerNoncurrent = 0;
      }
      if (version.isLatest) await expireCurrent(store, bucket, rules, version);
      else {
        await expireNoncurrent(store, bucket, rules, version, newer?.lastModified_ms ?? version.lastModified_ms, newerNoncurrent);
        newerNoncurrent++;
      }
      newer = version;
    }
    const last = versions.at(-1);
    versions = last === undefined ? [] : objects.scanVersions(bucket.name, last.key, BATCH, last.sequence);
  }
}

async function expireCurrent(store: S3Store, bucket: Bucket, rules: readonly LifecycleRule[], version: StoredVersion): Promise<void> {
  const { objects, bodies } = store.of(bucket);
  const now_ms = store.cloud.clock();
  const due = rules.some(({ Expiration, ...rule }) => {
    if (Expiration === undefined || !appliesTo(rule, version)) return false;
    if (Expiration.Date !== undefined) return Date.parse(Expiration.Date) <= now_ms;
    if (Expiration.Days !== undefined) return dayAfter(version.lastModified_ms, Expiration.Days) <= now_ms;
    return version.isDeleteMarker && Expiration.ExpiredObjectDeleteMarker === true;
  });
  if (!due) return;
  if (!version.isDeleteMarker) {
    await bodies.remove(objects.delete(bucket, version.key, now_ms).freed);
    return;
  }
  // A delete marker goes when it hides nothing any more.
  const [older] = objects.scanVersions(bucket.name, version.key, 1, version.sequence);
  if (older?.key !== version.key) objects.deleteVersion(bucket.name, version.key, version.versionId);
}

async function expireNoncurrent(
  store: S3Store,
  bucket: Bucket,
  rules: readonly LifecycleRule[],
  version: StoredVersion,
  replaced_ms: number,
  newerNoncurrent: number,
): Promise<void> {
  const { objects, bodies } = store.of(bucket);
  const due = rules.some(({ NoncurrentVersionExpiration: wanted, ...rule }) => {
    if (wanted === undefined || !appliesTo(rule, version)) return false;
    return newerNoncurrent >= (wanted.NewerNoncurrentVersions ?? 0) && dayAfter(replaced_ms, wanted.NoncurrentDays) <= store.cloud.clock();
  });
  if (due) await bodies.remove(objects.deleteVersion(bucket.name, version.key, version.versionId).freed);
}

async function sweepUploads(store: S3Store, bucket: Bucket, rules: readonly LifecycleRule[]): Promise<void> {
  for (const upload of store.of(bucket).uploads.scan(bucket.name, '', Number.MAX_SAFE_INTEGER)) {
    const due = rules.some((rule) => {
      const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
      return days !== undefined && upload.key.startsWith(prefixOf(rule)) && dayAfter(upload.initiated_ms, days) <= store.cloud.clock();
    });
    if (due) await abortUpload(store, bucket, upload.key, upload.uploadId);
  }
}

function dayAfter(time_ms: number, days: number): number {
  return Math.ceil((time_ms + days * DAY_ms) / DAY_ms) * DAY_ms;
}

type RuleFilter = Pick<LifecycleRule, 'Filter' | 'Prefix'>;

function prefixOf({ Filter, Prefix }: RuleFilter): string {
  return Prefix ?? Filter?.Prefix ?? Filter?.And?.Prefix ?? '';
}

function appliesTo(rule: RuleFilter, version: StoredVersion): boolean {
  const { Filter } = rule;
  const tags = [...(Filter?.Tag === undefined ? [] : [Filter.Tag]), ...(Filter?.And?.Tags ?? [])];
  const above = Filter?.ObjectSizeGreaterThan ?? Filter?.And?.ObjectSizeGreaterThan ?? -1;
  const below = Filter?.ObjectSizeLessThan ?? Filter?.And?.ObjectSizeLessThan ?? Number.POSITIVE_INFINITY;
  return (
    version.key.startsWith(prefixOf(rule)) &&
    tags.every(({ Key, Value }) => Object.hasOwn(version.tags, Key) && version.tags[Key] === Value) &&
    version.size > above &&
    version.size < below
  );
}
