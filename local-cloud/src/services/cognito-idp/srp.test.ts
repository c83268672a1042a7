import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isClaimTimestamp, provesPassword, readPublicValue, simulateUser, startExchange } from './srp-server.ts';
import { makeVerifier, matchesVerifier, modPow, numberBytes, SRP_GENERATOR, SRP_PRIME } from './srp-verifier.ts';
import { SrpClient } from './testing/srp-client.ts';

const POOL = 'us-east-2_AbCdEf123';

/** One sign-in by a client that types `typed`, against the verifier of a user. */
function signsIn(kept: { salt: string; verifier: string }, username: string, typed: string): boolean {
  const client = new SrpClient(POOL);
  const secret = startExchange(kept);
  const secretBlock = randomBytes(192).toString('base64');
  const answers = client.answer({ SALT: kept.salt, SRP_B: secret.B, SECRET_BLOCK: secretBlock, USER_ID_FOR_SRP: username }, typed);
  const { TIMESTAMP: timestamp = '', PASSWORD_CLAIM_SIGNATURE: signature = '' } = answers;
  return provesPassword(POOL, kept, client.A, secret, { username, secretBlock, timestamp, signature });
}

it('keeps what tells the right password from a wrong one, and not the password', () => {
  const kept = makeVerifier(POOL, 'ada', 'Correct-Horse-1');
  expect(matchesVerifier(POOL, 'ada', 'Correct-Horse-1', kept)).toBe(true);
  expect(matchesVerifier(POOL, 'ada', 'correct-horse-1', kept)).toBe(false);
  expect(matchesVerifier(POOL, 'eve', 'Correct-Horse-1', kept)).toBe(false);
  expect(makeVerifier(POOL, 'ada', 'Correct-Horse-1').salt).not.toBe(kept.salt);
});

it('lets client and server agree for every name and password, and for no other password', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme' }),
      (name, password, other) => {
        const kept = makeVerifier(POOL, name, password);
        expect(signsIn(kept, name, password)).toBe(true);
        expect(signsIn(kept, name, other)).toBe(other === password);
      },
    ),
    { numRuns: 25 },
  );
});

it.each(['00000000000000000000000000000001', '0000ff00000000000000000000000000', '0f000000000000000000000000000000', 'ff'.repeat(16)])(
  'agrees on the salt %s, whose zeros in front are no part of the number',
  (salt) => {
    const { verifier } = makeVerifier(POOL, 'ada', 'Correct-Horse-1', salt);
    expect(signsIn({ salt, verifier }, 'ada', 'Correct-Horse-1')).toBe(true);
  },
);

it('computes powers as the language does, in the group of 3072 bits that Cognito uses', () => {
  const hex = SRP_PRIME.toString(16);
  expect([hex.length * 4, hex.startsWith('ffffffffffffffffc90fdaa2'), hex.endsWith('a93ad2caffffffffffffffff')]).toEqual([
    3072,
    true,
    true,
  ]);
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: SRP_PRIME * 2n }), fc.integer({ min: 0, max: 40 }), (base, exponent) => {
      expect(modPow(base, BigInt(exponent))).toBe((base % SRP_PRIME) ** BigInt(exponent) % SRP_PRIME);
    }),
    {
      examples: [
        [0n, 5],
        [1n, 0],
        [SRP_PRIME - 1n, 2],
        [SRP_GENERATOR, 40],
      ],
    },
  );
});

it.each([
  [0n, '00'],
  [0x7fn, '7f'],
  [0x80n, '0080'],
  [0x123n, '0123'],
  [0x8123n, '008123'],
])('writes %d in two‘s complement', (number, hex) => {
  expect(numberBytes(number).toString('hex')).toBe(hex);
});

it('takes no public value that would make the secret known', () => {
  for (const refused of ['0', '', 'xyz', SRP_PRIME.toString(16), '1'.repeat(769)]) expect(readPublicValue(refused)).toBeUndefined();
  expect(readPublicValue('Ff')).toBe(255n);
});

it('makes up the same user for the same name, another for another one', () => {
  const seed = randomBytes(32);
  const made = simulateUser(seed, 'nobody@example.com');
  expect(made.username).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(simulateUser(seed, 'nobody@example.com')).toEqual(made);
  expect(simulateUser(seed, 'somebody@example.com')).not.toEqual(made);
  expect(simulateUser(randomBytes(32), 'nobody@example.com')).not.toEqual(made);
});

it.each([
  ['Sun Nov 22 09:05:07 UTC 2026', true],
  ['Sun Nov 2 09:05:07 UTC 2026', true],
  ['2026-11-22T09:05:07Z', false],
  ['Sun Nov 22 9:05:07 UTC 2026', false],
  ['So Nov 22 09:05:07 UTC 2026', false],
])('tells the time %s as Cognito’s clients write it: %s', (text, isOne) => {
  expect(isClaimTimestamp(text)).toBe(isOne);
});
