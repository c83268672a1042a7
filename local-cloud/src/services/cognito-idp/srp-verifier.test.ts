import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { makeVerifier, matchesVerifier, modPow, padHex, SRP_GENERATOR, SRP_PRIME } from './srp-verifier.ts';

const POOL = 'us-east-2_AbCdEf123';

it('keeps what tells the right password from a wrong one, and not the password', () => {
  const kept = makeVerifier(POOL, 'ada', 'Correct-Horse-1');
  expect(matchesVerifier(POOL, 'ada', 'Correct-Horse-1', kept)).toBe(true);
  expect(matchesVerifier(POOL, 'ada', 'correct-horse-1', kept)).toBe(false);
  expect(matchesVerifier(POOL, 'eve', 'Correct-Horse-1', kept)).toBe(false);
  expect(makeVerifier(POOL, 'ada', 'Correct-Horse-1').salt).not.toBe(kept.salt);
});

it('lets both sides of SRP-6a reach one secret', () => {
  const hash = (hex: string) => createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex');
  const number = (hex: string) => BigInt(`0x${hex}`);
  const padded = (value: bigint) => padHex(value.toString(16));
  const { salt, verifier } = makeVerifier(POOL, 'ada', 'Correct-Horse-1');
  const k = number(hash(padded(SRP_PRIME) + padded(SRP_GENERATOR)));
  const [a, b] = [123_456_789n, 987_654_321n];
  const A = modPow(SRP_GENERATOR, a, SRP_PRIME);
  const B = (k * number(verifier) + modPow(SRP_GENERATOR, b, SRP_PRIME)) % SRP_PRIME;
  const u = number(hash(padded(A) + padded(B)));
  const server = modPow(A * modPow(number(verifier), u, SRP_PRIME), b, SRP_PRIME);
  // The client knows the password only, as Cognito's clients compute x.
  const inner = createHash('sha256').update('AbCdEf123ada:Correct-Horse-1').digest('hex');
  const x = number(hash(padHex(salt) + inner));
  const base = (((B - k * modPow(SRP_GENERATOR, x, SRP_PRIME)) % SRP_PRIME) + SRP_PRIME) % SRP_PRIME;
  expect(modPow(base, a + u * x, SRP_PRIME)).toBe(server);
});

it('computes in the group of 3072 bits that Cognito uses', () => {
  const hex = SRP_PRIME.toString(16);
  expect([hex.length * 4, hex.startsWith('ffffffffffffffffc90fdaa2'), hex.endsWith('a93ad2caffffffffffffffff')]).toEqual([
    3072,
    true,
    true,
  ]);
});
