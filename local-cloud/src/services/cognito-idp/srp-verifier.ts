import { createHash, getDiffieHellman, randomBytes, timingSafeEqual } from 'node:crypto';

/** The group in which Cognito's SRP-6a computes: 3072 bits, generator 2 (RFC 5054, appendix A; the prime is RFC 3526's group 15). */
export const SRP_PRIME = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`);
export const SRP_GENERATOR = 2n;

const SALT_BYTES = 16;

/** What is kept of a password: a salt and v = g^x, hexadecimal. Enough to verify by SRP and by comparison, not to sign in elsewhere. */
export interface PasswordVerifier {
  readonly salt: string;
  readonly verifier: string;
}

/** Derives the verifier of a user's password. `poolId` is `<region>_<name>`: the name is part of the hash, as Cognito's clients compute it. */
export function makeVerifier(poolId: string, username: string, password: string): PasswordVerifier {
  const salt = randomBytes(SALT_BYTES).toString('hex');
  return { salt, verifier: verifierOf(poolId, username, password, salt) };
}

export function matchesVerifier(poolId: string, username: string, password: string, kept: PasswordVerifier): boolean {
  const computed = verifierOf(poolId, username, password, kept.salt);
  return timingSafeEqual(sha256(computed), sha256(kept.verifier));
}

function verifierOf(poolId: string, username: string, password: string, salt: string): string {
  const poolName = poolId.slice(poolId.indexOf('_') + 1);
  const inner = sha256(`${poolName}${username}:${password}`);
  const x = sha256(Buffer.concat([Buffer.from(padHex(salt), 'hex'), inner]));
  return modPow(SRP_GENERATOR, BigInt(`0x${x.toString('hex')}`), SRP_PRIME).toString(16);
}

/** A positive number in two's complement, as Cognito's clients hash numbers: a leading zero byte when the first bit is set. */
export function padHex(hex: string): string {
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return /^[89a-f]/i.test(even) ? `00${even}` : even;
}

export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}
