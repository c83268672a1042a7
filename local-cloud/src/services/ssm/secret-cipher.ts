import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Stands for the AWS managed key `aws/ssm` of one account and region: a random AES-256 key in a file that only its owner
 * reads, so that no secret is in plain in the state. The parameter's ARN is bound in, as Parameter Store does with
 * KMS's encryption context (AWS Systems Manager User Guide, "AWS KMS encryption for SecureString parameters").
 */
export class SecretCipher {
  readonly #key: Buffer;

  constructor(directory: string) {
    this.#key = keyOf(join(directory, 'aws-ssm.key'));
  }

  encrypt(plain: string, arn: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    cipher.setAAD(Buffer.from(arn));
    return Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
  }

  decrypt(encrypted: string, arn: string): string {
    const bytes = Buffer.from(encrypted, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, IV_BYTES));
    decipher.setAAD(Buffer.from(arn));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, bytes.length - TAG_BYTES)), decipher.final()]).toString('utf8');
  }
}

function keyOf(path: string): Buffer {
  if (!existsSync(path)) {
    // Whole or not there: a kill between must not leave half a key behind.
    const fresh = `${path}.${randomBytes(6).toString('hex')}`;
    writeFileSync(fresh, randomBytes(32), { mode: 0o600, flag: 'wx' });
    renameSync(fresh, path);
  }
  return readFileSync(path);
}
