import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Segment } from './body-store.ts';
import type { ChecksumAlgorithm, ChecksumType } from './checksums.ts';
import { type ObjectAttributes, transaction } from './object-store.ts';

/** A multipart upload that is neither completed nor aborted. */
export interface Upload {
  readonly uploadId: string;
  readonly key: string;
  readonly initiated_ms: number;
  readonly initiatorArn: string;
  readonly attributes: ObjectAttributes;
  readonly tags: Readonly<Record<string, string>>;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: ChecksumType;
}

export interface UploadedPart {
  readonly partNumber: number;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly segments: readonly Segment[];
  readonly lastModified_ms: number;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
}

/** The multipart uploads under way in one account and region. */
export class UploadStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(`
      CREATE TABLE IF NOT EXISTS upload (
        bucket TEXT NOT NULL, key TEXT NOT NULL, upload_id TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (bucket, key, upload_id)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS upload_part (
        upload_id TEXT NOT NULL, part_number INTEGER NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (upload_id, part_number)) WITHOUT ROWID;
    `);
  }

  create(bucket: string, upload: Omit<Upload, 'uploadId'>): Upload {
    // Ids grow with time, so that uploads of one key list in the order of their start.
    const time = upload.initiated_ms.toString(36).padStart(9, '0');
    const created: Upload = { ...upload, uploadId: `${time}.${randomBytes(24).toString('base64url')}` };
    this.#database
      .prepare('INSERT INTO upload (bucket, key, upload_id, value) VALUES (?, ?, ?, ?)')
      .run(bucket, upload.key, created.uploadId, JSON.stringify(created));
    return created;
  }

  get(bucket: string, key: string, uploadId: string): Upload | undefined {
    const row = this.#database
      .prepare('SELECT value FROM upload WHERE bucket = ? AND key = ? AND upload_id = ?')
      .get(bucket, key, uploadId);
    return row === undefined ? undefined : (JSON.parse(String(row['value'])) as Upload);
  }

  /** Up to `limit` uploads from `key` on; of `key` itself only those with ids greater than `afterUploadId`. */
  scan(bucket: string, key: string, limit: number, afterUploadId = ''): Upload[] {
    return this.#database
      .prepare('SELECT value FROM upload WHERE bucket = ? AND (key > ? OR (key = ? AND upload_id > ?)) ORDER BY key, upload_id LIMIT ?')
      .all(bucket, key, key, afterUploadId, limit)
      .map((row) => JSON.parse(String(row['value'])) as Upload);
  }

  /** Returns the segments of the part that was uploaded under this number before. */
  putPart(uploadId: string, part: UploadedPart): Segment[] {
    return transaction(this.#database, () => {
      const before = this.#database
        .prepare('SELECT value FROM upload_part WHERE upload_id = ? AND part_number = ?')
        .get(uploadId, part.partNumber);
      this.#database
        .prepare('INSERT OR REPLACE INTO upload_part (upload_id, part_number, value) VALUES (?, ?, ?)')
        .run(uploadId, part.partNumber, JSON.stringify(part));
      return before === undefined ? [] : [...(JSON.parse(String(before['value'])) as UploadedPart).segments];
    });
  }

  /** Parts by number, those above `afterPartNumber`. */
  parts(uploadId: string, afterPartNumber = 0, limit = 10_001): UploadedPart[] {
    return this.#database
      .prepare('SELECT value FROM upload_part WHERE upload_id = ? AND part_number > ? ORDER BY part_number LIMIT ?')
      .all(uploadId, afterPartNumber, limit)
      .map((row) => JSON.parse(String(row['value'])) as UploadedPart);
  }

  /** Forgets the upload and its parts; the caller owns their segments. */
  delete(bucket: string, key: string, uploadId: string): void {
    this.#database.prepare('DELETE FROM upload WHERE bucket = ? AND key = ? AND upload_id = ?').run(bucket, key, uploadId);
    this.#database.prepare('DELETE FROM upload_part WHERE upload_id = ?').run(uploadId);
  }

  /** Calls back for every body file that a part names. */
  eachFile(visit: (file: string) => void): void {
    for (const row of this.#database.prepare('SELECT value FROM upload_part').iterate()) {
      for (const segment of (JSON.parse(String(row['value'])) as UploadedPart).segments) visit(segment.file);
    }
  }
}
