import type { DatabaseSync } from 'node:sqlite';
import type { Scope } from '../../kernel/service.ts';
import type { StoredBytes } from '../../metering/stored-bytes.ts';

/** What each bucket holds: every version of its objects, and the parts of uploads that aren't finished, as AWS bills them. */
export function bucketBytes(database: DatabaseSync, { account, region }: Scope, buckets: readonly string[]): StoredBytes[] {
  const sums = new Map<string, { items: number; bytes: number }>();
  const rows = database
    .prepare(
      `SELECT bucket, SUM(items) AS items, SUM(bytes) AS bytes FROM (
         SELECT bucket, COUNT(*) AS items, SUM(size) AS bytes FROM object_version WHERE delete_marker = 0 GROUP BY bucket
         UNION ALL
         SELECT upload.bucket, 0, SUM(json_extract(upload_part.value, '$.size')) FROM upload JOIN upload_part USING (upload_id) GROUP BY upload.bucket
       ) GROUP BY bucket`,
    )
    .all();
  for (const { bucket, items, bytes } of rows) sums.set(String(bucket), { items: Number(items), bytes: Number(bytes) });
  return buckets.map((resource) => ({ account, region, service: 's3', resource, ...(sums.get(resource) ?? { items: 0, bytes: 0 }) }));
}
