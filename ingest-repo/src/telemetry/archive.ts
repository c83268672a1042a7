import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StoredPack } from './device-table.ts';

/** Keeps a pack in the archive, which is where documents go that are too old for CloudWatch Logs. The same pack is the same object. Throws what S3 throws. */
export type ArchivePack = (device_id: string, pack: StoredPack) => Promise<void>;

/**
 * Archive in a bucket: `packs/device=<id>/date=<day of the first document in UTC>/<boot_id>-<seq>.json`, which holds
 * `{"device_id", "pack"}`: the pack as a text, byte for byte.
 */
export function archiveBucket(s3: Pick<S3Client, 'send'>, bucketName: string): ArchivePack {
  return async (device_id, { first, pack }) => {
    const date = new Date(first.time * 1000).toISOString().slice(0, 10);
    await s3.send(
      new PutObjectCommand({
        Bucket: bucketName,
        Key: `packs/device=${device_id}/date=${date}/${first.boot_id}-${first.seq}.json`,
        Body: JSON.stringify({ device_id, pack }),
        ContentType: 'application/json',
      }),
    );
  };
}
