import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { hexNumber, modPow, numberBytes, type PasswordVerifier, poolNameOf, SRP_GENERATOR, SRP_PRIME, sha256 } from './srp-verifier.ts';

/** k of SRP-6a: a hash of the group (RFC 5054, 2.5.3, with Cognito's way to write numbers). */
const MULTIPLIER = hexNumber(sha256(Buffer.concat([numberBytes(SRP_PRIME), numberBytes(SRP_GENERATOR)])).toString('hex'));
const SECRET_BYTES = 32;

/** The server's half of one exchange, hexadecimal: `b` stays here, `B` goes to the client. */
export interface ServerSecret {
  readonly b: string;
  readonly B: string;
}

/** What the client proves its password by. */
export interface PasswordClaim {
  readonly username: string;
  /** Base64, as it was handed out. */
  readonly secretBlock: string;
  /** Such as `Sun Nov 22 9:05:07 UTC 2026`, as the client signed it. */
  readonly timestamp: string;
  /** Base64 of an HMAC. */
  readonly signature: string;
}

export function startExchange({ verifier }: PasswordVerifier): ServerSecret {
  const b = hexNumber(randomBytes(SECRET_BYTES).toString('hex'));
  const B = (MULTIPLIER * hexNumber(verifier) + modPow(SRP_GENERATOR, b)) % SRP_PRIME;
  return { b: b.toString(16), B: B.toString(16) };
}

/** A client's public value, or undefined where it isn't a number that proves anything (RFC 5054, 2.5.4: A mod N must not be 0). */
export function readPublicValue(hex: string): bigint | undefined {
  if (!/^[0-9a-f]{1,768}$/i.test(hex)) return undefined;
  const A = hexNumber(hex);
  return A % SRP_PRIME === 0n ? undefined : A;
}

/** Whether the claim was made by someone who knows the password. `A` is the client's public value, hexadecimal. */
export function provesPassword(poolId: string, kept: PasswordVerifier, A: string, { b, B }: ServerSecret, claim: PasswordClaim): boolean {
  const key = sessionKey(hexNumber(A), hexNumber(b), hexNumber(B), hexNumber(kept.verifier));
  const expected = createHmac('sha256', key)
    .update(poolNameOf(poolId))
    .update(claim.username)
    .update(Buffer.from(claim.secretBlock, 'base64'))
    .update(claim.timestamp)
    .digest();
  const given = Buffer.from(claim.signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The key that both sides derive: 16 bytes by HKDF of the shared secret, salted with the scrambling parameter u. */
function sessionKey(A: bigint, b: bigint, B: bigint, verifier: bigint): Uint8Array {
  const u = hexNumber(sha256(Buffer.concat([numberBytes(A), numberBytes(B)])).toString('hex'));
  const secret = modPow(A * modPow(verifier, u), b);
  return new Uint8Array(hkdfSync('sha256', numberBytes(secret), numberBytes(u), 'Caldera Derived Key', 16));
}

/** Java's `EEE MMM d HH:mm:ss z yyyy` in English and UTC, as Cognito demands it. */
export function isClaimTimestamp(text: string): boolean {
  return /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2} \d{2}:\d{2}:\d{2} UTC \d{4}$/.test(text);
}

/**
 * What a user who doesn't exist is answered with, the same each time, so that a stranger can't tell (RFC 5054, 2.5.1.3; Cognito Developer Guide,
 * "Managing user existence error responses"): a UUID, and a verifier that no password has.
 */
export function simulateUser(seed: Uint8Array, name: string): { username: string; password: PasswordVerifier } {
  const derive = (purpose: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', seed, Buffer.from(name), purpose, bytes)).toString('hex');
  const id = derive('user', 16);
  const parts = [id.slice(0, 8), id.slice(8, 12), `4${id.slice(13, 16)}`, `a${id.slice(17, 20)}`, id.slice(20)];
  return { username: parts.join('-'), password: { salt: derive('salt', 16), verifier: derive('verifier', 383) } };
}
