import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Segment } from './body-store.ts';
import type { Bucket } from './buckets.ts';
import type { Checksum } from './checksums.ts';

/** What is kept with an object besides its body: the headers that come back on a read. */
export interface ObjectAttributes {
  readonly contentType: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly encryption: 'AES256' | 'aws:kms';
  readonly bucketKeyEnabled?: boolean;
  /** The customer's own key that it is under; absent with AWS's own. */
  readonly kmsKeyArn?: string;
  readonly checksum?: Checksum;
}

/** An object's version as it is put. */
export interface NewVersion {
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly segments: readonly Segment[];
  readonly attributes: ObjectAttributes;
  readonly tags: Readonly<Record<string, string>>;
  readonly lastModified_ms: number;
}

/** A version as it is stored; a delete marker has no body. */
export interface StoredVersion extends NewVersion {
  readonly key: string;
  /** Grows with every version of a key. */
  readonly sequence: number;
  /** `null` as text for a version made while versioning was off. */
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
}

const COLUMNS = 'key, sequence, version_id, latest, delete_marker, size, etag, last_modified_ms, segments, attributes, tags';

/** The objects of the buckets of one account and region: one row a version, keys in UTF-8 binary order. */
export class ObjectStore {
  readonly #database: DatabaseSync;
  readonly #current;
  readonly #version;
  readonly #insert;
  readonly #scanCurrent;
  readonly #scanVersions;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(`
      CREATE TABLE IF NOT EXISTS object_version (
        bucket TEXT NOT NULL, key TEXT NOT NULL, sequence INTEGER NOT NULL, version_id TEXT NOT NULL,
        latest INTEGER NOT NULL, delete_marker INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
        last_modified_ms INTEGER NOT NULL, segments TEXT NOT NULL, attributes TEXT NOT NULL, tags TEXT NOT NULL,
        PRIMARY KEY (bucket, key, sequence DESC)) WITHOUT ROWID;
      CREATE UNIQUE INDEX IF NOT EXISTS object_version_by_id ON object_version (bucket, key, version_id);
      CREATE INDEX IF NOT EXISTS current_object ON object_version (bucket, key) WHERE latest = 1 AND delete_marker = 0;
    `);
    this.#current = database.prepare(`SELECT ${COLUMNS} FROM object_version WHERE bucket = ? AND key = ? AND latest = 1`);
    this.#version = database.prepare(`SELECT ${COLUMNS} FROM object_version WHERE bucket = ? AND key = ? AND version_id = ?`);
    this.#insert = database.prepare(`INSERT INTO object_version (bucket, ${COLUMNS})
      VALUES (?, ?, (SELECT COALESCE(MAX(sequence), 0) + 1 FROM object_version WHERE bucket = ?1 AND key = ?2), ?, 1, ?, ?, ?, ?, ?, ?, ?)`);
    this.#scanCurrent = database.prepare(`SELECT ${COLUMNS} FROM object_version INDEXED BY current_object
      WHERE bucket = ? AND key >= ? AND latest = 1 AND delete_marker = 0 ORDER BY key LIMIT ?`);
    this.#scanVersions = database.prepare(`SELECT ${COLUMNS} FROM object_version
      WHERE bucket = ? AND key >= ? AND NOT (key = ? AND sequence >= ?) ORDER BY key, sequence DESC LIMIT ?`);
  }

  /** The latest version, be it a delete marker. */
  latest(bucket: string, key: string): StoredVersion | undefined {
    return stored(this.#current.get(bucket, key));
  }

  version(bucket: string, key: string, versionId: string): StoredVersion | undefined {
    return stored(this.#version.get(bucket, key, versionId));
  }

  /** Up to `limit` current objects with keys from `key` on. */
  scanCurrent(bucket: string, key: string, limit: number): StoredVersion[] {
    return this.#scanCurrent.all(bucket, key, limit).flatMap((row) => stored(row) ?? []);
  }

  /** Up to `limit` versions from `key` on, newest first within a key; of `key` itself only those older than `belowSequence`. */
  scanVersions(bucket: string, key: string, limit: number, belowSequence = Number.MAX_SAFE_INTEGER): StoredVersion[] {
    return this.#scanVersions.all(bucket, key, key, belowSequence, limit).flatMap((row) => stored(row) ?? []);
  }

  isEmpty(bucket: string): boolean {
    return this.#database.prepare('SELECT 1 FROM object_version WHERE bucket = ? LIMIT 1').get(bucket) === undefined;
  }

  /** Makes `version` the latest, as the bucket's versioning says; returns its id, and the segments that nobody names any more. */
  put(bucket: Bucket, key: string, version: NewVersion): { versionId: string; freed: Segment[] } {
    return transaction(this.#database, () => this.#add(bucket, key, version, false));
  }

  /** A DELETE without a version id (Amazon S3 User Guide, "Working with delete markers"). */
  delete(bucket: Bucket, key: string, now_ms: number): { deleteMarkerVersionId?: string; freed: Segment[] } {
    return transaction(this.#database, () => {
      if (bucket.versioning === undefined) return { freed: this.#remove(bucket.name, key, 'null') };
      const marker: NewVersion = { size: 0, etag: '', segments: [], attributes: NO_ATTRIBUTES, tags: {}, lastModified_ms: now_ms };
      const { versionId, freed } = this.#add(bucket, key, marker, true);
      return { deleteMarkerVersionId: versionId, freed };
    });
  }

  /** Removes one version for good; the next older one becomes the latest. */
  deleteVersion(bucket: string, key: string, versionId: string): { wasDeleteMarker: boolean; freed: Segment[] } {
    return transaction(this.#database, () => {
      const wasDeleteMarker = this.version(bucket, key, versionId)?.isDeleteMarker ?? false;
      return { wasDeleteMarker, freed: this.#remove(bucket, key, versionId) };
    });
  }

  setTags(bucket: string, key: string, versionId: string, tags: Readonly<Record<string, string>>): void {
    this.#database
      .prepare('UPDATE object_version SET tags = ? WHERE bucket = ? AND key = ? AND version_id = ?')
      .run(JSON.stringify(tags), bucket, key, versionId);
  }

  /** Calls back for every body file that a version names. */
  eachFile(visit: (file: string) => void): void {
    for (const row of this.#database.prepare('SELECT segments FROM object_version').iterate()) {
      for (const segment of JSON.parse(String(row['segments'])) as Segment[]) visit(segment.file);
    }
  }

  #add(bucket: Bucket, key: string, version: NewVersion, isDeleteMarker: boolean): { versionId: string; freed: Segment[] } {
    const keepsHistory = bucket.versioning === 'Enabled';
    const versionId = keepsHistory ? randomBytes(24).toString('base64url') : 'null';
    const freed = keepsHistory ? [] : this.#remove(bucket.name, key, 'null');
    this.#database.prepare('UPDATE object_version SET latest = 0 WHERE bucket = ? AND key = ? AND latest = 1').run(bucket.name, key);
    this.#insert.run(
      bucket.name,
      key,
      versionId,
      isDeleteMarker ? 1 : 0,
      version.size,
      version.etag,
      version.lastModified_ms,
      JSON.stringify(version.segments),
      JSON.stringify(version.attributes),
      JSON.stringify(version.tags),
    );
    return { versionId, freed };
  }

  #remove(bucket: string, key: string, versionId: string): Segment[] {
    const found = this.version(bucket, key, versionId);
    if (found === undefined) return [];
    this.#database.prepare('DELETE FROM object_version WHERE bucket = ? AND key = ? AND version_id = ?').run(bucket, key, versionId);
    this.#database
      .prepare(
        `UPDATE object_version SET latest = 1 WHERE bucket = ?1 AND key = ?2
         AND sequence = (SELECT MAX(sequence) FROM object_version WHERE bucket = ?1 AND key = ?2)`,
      )
      .run(bucket, key);
    return [...found.segments];
  }
}

const NO_ATTRIBUTES: ObjectAttributes = { contentType: '', metadata: {}, storageClass: 'STANDARD', encryption: 'AES256' };

function stored(row: Record<string, unknown> | undefined): StoredVersion | undefined {
  if (row === undefined) return undefined;
  return {
    key: String(row['key']),
    sequence: Number(row['sequence']),
    versionId: String(row['version_id']),
    isLatest: row['latest'] === 1,
    isDeleteMarker: row['delete_marker'] === 1,
    size: Number(row['size']),
    etag: String(row['etag']),
    lastModified_ms: Number(row['last_modified_ms']),
    segments: JSON.parse(String(row['segments'])) as Segment[],
    attributes: JSON.parse(String(row['attributes'])) as ObjectAttributes,
    tags: JSON.parse(String(row['tags'])) as Record<string, string>,
  };
}

/** Everything that `work` writes, or nothing; inside another transaction it is a part of that. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
