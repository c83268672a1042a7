import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from 'node:crypto';

/*
 * The other side of Amplify's proof of a password: SRP-6a over the 3072-bit group of RFC 3526 with SHA-256, as Amplify's
 * AuthenticationHelper and signInWithSRP carry it out.
 */

const N = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`);
const g = 2n;

/** Whole bytes, with a zero byte in front of what would be a negative number. */
function bytes(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex');
}

const sha256 = (...parts: (Buffer | string)[]): Buffer => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const number = (buffer: Buffer): bigint => BigInt(`0x${buffer.toString('hex')}`);

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % N;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % N;
    square = (square * square) % N;
  }
  return result;
}

/** A password that is being proved: what is sent, and whether the answer fits. */
export function srpChallenge(pool: string, user: string, password: string, srp_a: string) {
  const A = BigInt(`0x${srp_a}`);
  const salt = number(randomBytes(16));
  const x = number(sha256(bytes(salt), sha256(`${pool}${user}:${password}`)));
  const verifier = power(g, x);
  const b = number(randomBytes(32));
  const k = number(sha256(bytes(N), bytes(g)));
  const B = (k * verifier + power(g, b)) % N;
  const u = number(sha256(bytes(A), bytes(B)));
  const S = power(A * power(verifier, u), b);
  const key = Buffer.from(hkdfSync('sha256', bytes(S), bytes(u), 'Caldera Derived Key', 16));
  const secretBlock = randomBytes(32);
  return {
    SALT: salt.toString(16),
    SRP_B: B.toString(16),
    SECRET_BLOCK: secretBlock.toString('base64'),
    isProvedBy(signature: string, timestamp: string): boolean {
      const expected = createHmac('sha256', key).update(pool).update(user).update(secretBlock).update(timestamp).digest('base64');
      return expected === signature;
    },
  };
}
