import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../../kernel/aws-error.ts';

/** The checksum algorithms of S3 (Amazon S3 User Guide, "Checking object integrity for data uploads"). */
export const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** A checksum kept with an object: Base64, with `-<parts>` behind it when composite. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type: ChecksumType;
}

export type ChecksumMember = `Checksum${ChecksumAlgorithm}`;
export const CHECKSUM_MEMBERS = CHECKSUM_ALGORITHMS.map((algorithm) => `Checksum${algorithm}` as const);

/** Computes a checksum piece by piece. */
export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  /** The checksum's bytes, big-endian for the CRCs. */
  digest(): Buffer;
}

export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  if (algorithm === 'SHA1' || algorithm === 'SHA256') {
    const hash = createHash(algorithm.toLowerCase());
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
  }
  if (algorithm === 'CRC64NVME') return startCrc64Nvme();
  let value = 0;
  const advance = algorithm === 'CRC32' ? (bytes: Uint8Array, before: number) => crc32(bytes, before) : crc32c;
  return {
    update: (bytes) => {
      value = advance(bytes, value);
    },
    digest: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value >>> 0);
      return bytes;
    },
  };
}

export function checksumOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): string {
  const running = startChecksum(algorithm);
  running.update(bytes);
  return running.digest().toString('base64');
}

/** The checksum of the parts' checksums, which S3 calls composite. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, partValues: readonly string[]): string {
  const running = startChecksum(algorithm);
  for (const value of partValues) running.update(Buffer.from(value, 'base64'));
  return `${running.digest().toString('base64')}-${partValues.length}`;
}

/** Which checksum a request carries, if any; InvalidRequest when it carries more than one. */
export function checksumGiven(
  members: Readonly<Partial<Record<ChecksumMember, string | undefined>>>,
): { algorithm: ChecksumAlgorithm; value: string } | undefined {
  const given = CHECKSUM_ALGORITHMS.flatMap((algorithm) => {
    const value = members[`Checksum${algorithm}`];
    return value === undefined ? [] : [{ algorithm, value }];
  });
  if (given.length > 1) {
    throw new AwsError('InvalidRequest', 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.', 400);
  }
  return given[0];
}

/**
 * Verifies `Content-MD5` and the `x-amz-checksum-…` of a request against its body. A checksum that was announced by
 * algorithm only is computed. Throws InvalidDigest or BadDigest.
 */
export function verifyBody(
  body: Uint8Array,
  members: Readonly<Partial<Record<ChecksumMember, string | undefined>>> & {
    readonly ContentMD5?: string | undefined;
    readonly ChecksumAlgorithm?: ChecksumAlgorithm | undefined;
  },
): { algorithm: ChecksumAlgorithm; value: string } | undefined {
  if (members.ContentMD5 !== undefined) {
    if (Buffer.from(members.ContentMD5, 'base64').length !== 16) {
      throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.', 400);
    }
    if (md5Of(body).toString('base64') !== members.ContentMD5) {
      throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.', 400);
    }
  }
  const given = checksumGiven(members);
  if (given === undefined) {
    const algorithm = members.ChecksumAlgorithm;
    return algorithm === undefined ? undefined : { algorithm, value: checksumOf(algorithm, body) };
  }
  if (checksumOf(given.algorithm, body) !== given.value) {
    throw new AwsError('BadDigest', `The ${given.algorithm} you specified did not match the calculated checksum.`, 400);
  }
  return given;
}

export function md5Of(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}

const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(bytes: Uint8Array, before: number): number {
  let value = ~before;
  for (const byte of bytes) value = (value >>> 8) ^ (CRC32C_TABLE[(value ^ byte) & 0xff] as number);
  return ~value >>> 0;
}

// CRC-64/NVME, reflected polynomial 0x9a6c9329ac4bc9b5, in two halves: BigInt would be a hundred times slower.
const CRC64_HIGH = new Uint32Array(256);
const CRC64_LOW = new Uint32Array(256);
for (let index = 0; index < 256; index++) {
  let high = 0;
  let low = index;
  for (let bit = 0; bit < 8; bit++) {
    const carry = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (carry) {
      high ^= 0x9a6c9329;
      low ^= 0xac4bc9b5;
    }
  }
  CRC64_HIGH[index] = high;
  CRC64_LOW[index] = low;
}

function startCrc64Nvme(): RunningChecksum {
  let high = -1;
  let low = -1;
  return {
    update: (bytes) => {
      for (const byte of bytes) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ (CRC64_LOW[index] as number);
        high = (high >>> 8) ^ (CRC64_HIGH[index] as number);
      }
    },
    digest: () => {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32BE(~high >>> 0, 0);
      bytes.writeUInt32BE(~low >>> 0, 4);
      return bytes;
    },
  };
}
