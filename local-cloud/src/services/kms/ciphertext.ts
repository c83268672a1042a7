import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Key } from './kms-store.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = 'aes-256-gcm';

/**
 * A ciphertext blob: the key's ARN with its length in two bytes before it, IV, authentication tag, data. AWS's own format is opaque; it too names
 * the key, so that Decrypt needs no KeyId ("Decrypt").
 */
export function encrypt(key: Key, plaintext: Uint8Array, context: Readonly<Record<string, string>>): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, Buffer.from(key.material, 'base64'), iv).setAAD(associated(key.arn, context));
  const data = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const arn = Buffer.from(key.arn);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(arn.length);
  return Buffer.concat([length, arn, iv, cipher.getAuthTag(), data]);
}

/** The ARN of the key that a blob was made with; undefined for what is no blob. */
export function keyArnOf(blob: Uint8Array): string | undefined {
  const bytes = Buffer.from(blob);
  if (bytes.length < 2) return undefined;
  const end = 2 + bytes.readUInt16BE(0);
  if (bytes.length < end + IV_BYTES + TAG_BYTES) return undefined;
  const arn = bytes.toString('utf8', 2, end);
  return arn.startsWith('arn:aws:kms:') ? arn : undefined;
}

/** The plaintext; undefined when the blob was changed or the encryption context is another one. */
export function decrypt(key: Key, blob: Uint8Array, context: Readonly<Record<string, string>>): Buffer | undefined {
  const bytes = Buffer.from(blob);
  const start = 2 + bytes.readUInt16BE(0);
  const iv = bytes.subarray(start, start + IV_BYTES);
  const tag = bytes.subarray(start + IV_BYTES, start + IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(ALGORITHM, Buffer.from(key.material, 'base64'), iv)
    .setAAD(associated(key.arn, context))
    .setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(bytes.subarray(start + IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function associated(arn: string, context: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify([arn, pairs]));
}
