import { constants, createHash, createPublicKey, getDiffieHellman, publicEncrypt, randomBytes, timingSafeEqual } from 'node:crypto';

const PRIME = getDiffieHellman('modp15').getPrime();
/** The group in which Cognito's SRP-6a computes: 3072 bits, generator 2 (RFC 5054, appendix A; the prime is RFC 3526's group 15). */
export const SRP_PRIME = BigInt(`0x${PRIME.toString('hex')}`);
export const SRP_GENERATOR = 2n;

const SALT_BYTES = 16;

/** What is kept of a password: a salt and v = g^x, hexadecimal. Enough to verify by SRP and by comparison, not to sign in elsewhere. */
export interface PasswordVerifier {
  readonly salt: string;
  readonly verifier: string;
}

/** Derives the verifier of a user's password. `poolId` is `<region>_<name>`: the name is part of the hash, as Cognito's clients compute it. */
export function makeVerifier(
  poolId: string,
  username: string,
  password: string,
  salt = randomBytes(SALT_BYTES).toString('hex'),
): PasswordVerifier {
  return { salt, verifier: verifierOf(poolId, username, password, salt) };
}

export function matchesVerifier(poolId: string, username: string, password: string, kept: PasswordVerifier): boolean {
  const computed = verifierOf(poolId, username, password, kept.salt);
  return timingSafeEqual(sha256(computed), sha256(kept.verifier));
}

function verifierOf(poolId: string, username: string, password: string, salt: string): string {
  const inner = sha256(`${poolNameOf(poolId)}${username}:${password}`);
  const x = sha256(Buffer.concat([numberBytes(hexNumber(salt)), inner]));
  return modPow(SRP_GENERATOR, hexNumber(x.toString('hex'))).toString(16);
}

/** What stands behind the region in a pool's id. */
export function poolNameOf(poolId: string): string {
  return poolId.slice(poolId.indexOf('_') + 1);
}

export function hexNumber(hex: string): bigint {
  return BigInt(`0x${hex}`);
}

/** A positive number in two's complement of the fewest bytes, as Cognito's clients hash numbers: a zero byte first when the first bit is set. */
export function numberBytes(number: bigint): Buffer {
  const hex = number.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex');
}

const MODULUS = PRIME.toString('base64url');

/**
 * base^exponent modulo the prime; the exponent is below the prime. OpenSSL computes it as RSA's bare m^e mod n, which asks no more of n than
 * to be odd: six times as fast as a loop over BigInt, which one sign-in would run three times.
 */
export function modPow(base: bigint, exponent: bigint): bigint {
  const key = createPublicKey({
    format: 'jwk',
    key: { kty: 'RSA', n: MODULUS, e: Buffer.from(evenHex(exponent), 'hex').toString('base64url') },
  });
  const message = Buffer.from((base % SRP_PRIME).toString(16).padStart(PRIME.length * 2, '0'), 'hex');
  return hexNumber(publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, message).toString('hex'));
}

function evenHex(number: bigint): string {
  const hex = number.toString(16);
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

export function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}
