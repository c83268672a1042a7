import { createHash, createHmac, getDiffieHellman, randomBytes } from 'node:crypto';

const N = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`);
const g = 2n;

/** For tests: the client's half of Cognito's SRP, written apart from the server's and with numbers of the language alone. */
export class SrpClient {
  /** What USER_SRP_AUTH sends. */
  readonly A: string;
  readonly #a: bigint;
  readonly #poolName: string;

  constructor(poolId: string) {
    this.#poolName = poolId.split('_')[1] ?? '';
    this.#a = number(randomBytes(32));
    this.A = power(g, this.#a).toString(16);
  }

  /** The answers to PASSWORD_VERIFIER. */
  answer(
    parameters: Readonly<Record<string, string>>,
    password: string,
    timestamp = 'Sun Nov 22 09:05:07 UTC 2026',
  ): Record<string, string> {
    const { SALT = '', SRP_B = '', SECRET_BLOCK = '', USER_ID_FOR_SRP = '' } = parameters;
    const [A, B] = [BigInt(`0x${this.A}`), BigInt(`0x${SRP_B}`)];
    const k = number(sha256(bytes(N), bytes(g)));
    const u = number(sha256(bytes(A), bytes(B)));
    const x = number(sha256(bytes(BigInt(`0x${SALT}`)), sha256(`${this.#poolName}${USER_ID_FOR_SRP}:${password}`)));
    const base = (((B - k * power(g, x)) % N) + N) % N;
    const secret = power(base, this.#a + u * x);
    const extracted = createHmac('sha256', bytes(u)).update(bytes(secret)).digest();
    const key = createHmac('sha256', extracted).update('Caldera Derived Key\x01').digest().subarray(0, 16);
    const signature = createHmac('sha256', key)
      .update(this.#poolName)
      .update(USER_ID_FOR_SRP)
      .update(Buffer.from(SECRET_BLOCK, 'base64'))
      .update(timestamp)
      .digest('base64');
    return {
      USERNAME: USER_ID_FOR_SRP,
      PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
      TIMESTAMP: timestamp,
      PASSWORD_CLAIM_SIGNATURE: signature,
    };
  }
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base % N, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % N)
    if (rest & 1n) result = (result * square) % N;
  return result;
}

/** A positive number as Java's BigInteger.toByteArray writes it: the first bit is its sign. */
function bytes(value: bigint): Buffer {
  const count = Math.floor(value.toString(2).length / 8) + 1;
  return Buffer.from(value.toString(16).padStart(count * 2, '0'), 'hex');
}

function number(buffer: Buffer): bigint {
  return BigInt(`0x${buffer.toString('hex')}`);
}

function sha256(...parts: (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
