import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { hexNumber, modPow, numberBytes, poolNameOf, SRP_GENERATOR, SRP_PRIME, sha256 } from '../services/cognito-idp/srp-verifier.ts';

/** Where and for which client somebody signs in. */
export interface SignInPlace {
  /** The endpoint of Cognito. */
  readonly aws: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  /** Of the trace that the requests belong to (`X-Amzn-Trace-Id`); none unless told. */
  readonly traceHeader?: string;
}

const tokensShape = z.object({ AccessToken: z.string(), IdToken: z.string(), RefreshToken: z.string() });
export type Tokens = z.output<typeof tokensShape>;

const challengeShape = z.object({
  ChallengeName: z.literal('PASSWORD_VERIFIER'),
  ChallengeParameters: z.object({ SALT: z.string(), SRP_B: z.string(), SECRET_BLOCK: z.string(), USER_ID_FOR_SRP: z.string() }),
});

const signedInShape = z.object({ AuthenticationResult: tokensShape });
const firstPasswordShape = z.object({ ChallengeName: z.literal('NEW_PASSWORD_REQUIRED'), Session: z.string() });

/**
 * Signs somebody in by their password as the dashboard does: SRP, as Cognito's clients compute it (RFC 5054's SRP-6a in its 3072-bit group, and
 * a key by HKDF with the info "Caldera Derived Key"). For tools and tests; throws an Error with Cognito's words when it is refused.
 */
export async function signIn(place: SignInPlace, username: string, password: string): Promise<Tokens> {
  return signedInShape.parse((await verified(place, username, password)).answer).AuthenticationResult;
}

/** Signs somebody in for the first time: by the password of their invitation, and with the one that they choose now. Throws as {@link signIn} does. */
export async function acceptInvitation(place: SignInPlace, username: string, firstPassword: string, newPassword: string): Promise<Tokens> {
  const { answer, userId } = await verified(place, username, firstPassword);
  const { ChallengeName, Session } = firstPasswordShape.parse(answer);
  const answered = await cognito(place, 'RespondToAuthChallenge', {
    ChallengeName,
    ClientId: place.userPoolClientId,
    Session,
    ChallengeResponses: { USERNAME: userId, NEW_PASSWORD: newPassword },
  });
  return signedInShape.parse(answered).AuthenticationResult;
}

/** What Cognito answers who has shown that they know the password: tokens, or what comes next. */
async function verified(place: SignInPlace, username: string, password: string): Promise<{ answer: unknown; userId: string }> {
  const a = BigInt(`0x${randomBytes(48).toString('hex')}`);
  const A = modPow(SRP_GENERATOR, a);
  const begun = await cognito(place, 'InitiateAuth', {
    AuthFlow: 'USER_SRP_AUTH',
    ClientId: place.userPoolClientId,
    AuthParameters: { USERNAME: username, SRP_A: A.toString(16) },
  });
  const { SALT, SRP_B, SECRET_BLOCK, USER_ID_FOR_SRP } = challengeShape.parse(begun).ChallengeParameters;
  const poolName = poolNameOf(place.userPoolId);
  const key = sessionKey({ a, A, B: hexNumber(SRP_B), salt: SALT, identity: `${poolName}${USER_ID_FOR_SRP}:${password}` });
  const timestamp = cognitoTime(new Date());
  const signature = createHmac('sha256', key)
    .update(`${poolName}${USER_ID_FOR_SRP}`)
    .update(Buffer.from(SECRET_BLOCK, 'base64'))
    .update(timestamp)
    .digest('base64');
  const answer = await cognito(place, 'RespondToAuthChallenge', {
    ChallengeName: 'PASSWORD_VERIFIER',
    ClientId: place.userPoolClientId,
    ChallengeResponses: {
      USERNAME: USER_ID_FOR_SRP,
      PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
      TIMESTAMP: timestamp,
      PASSWORD_CLAIM_SIGNATURE: signature,
    },
  });
  return { answer, userId: USER_ID_FOR_SRP };
}

function sessionKey({ a, A, B, salt, identity }: { a: bigint; A: bigint; B: bigint; salt: string; identity: string }): Buffer {
  const k = hashOf(numberBytes(SRP_PRIME), numberBytes(SRP_GENERATOR));
  const u = sha256(Buffer.concat([numberBytes(A), numberBytes(B)]));
  const x = hashOf(numberBytes(hexNumber(salt)), sha256(identity));
  const base = (((B - k * modPow(SRP_GENERATOR, x)) % SRP_PRIME) + SRP_PRIME) % SRP_PRIME;
  const S = modPow(base, a + asNumber(u) * x);
  return Buffer.from(hkdfSync('sha256', numberBytes(S), numberBytes(asNumber(u)), 'Caldera Derived Key', 16));
}

const asNumber = (digest: Buffer): bigint => hexNumber(digest.toString('hex'));
const hashOf = (...parts: Uint8Array[]): bigint => asNumber(sha256(Buffer.concat(parts)));

/** `Sun Nov 2 09:07:03 UTC 2026`: English names, the day without a leading zero. */
function cognitoTime(date: Date): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = date.toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`;
}

async function cognito({ aws, traceHeader }: SignInPlace, operation: string, input: object): Promise<unknown> {
  const response = await fetch(aws, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      ...(traceHeader === undefined ? {} : { 'x-amzn-trace-id': traceHeader }),
    },
    body: JSON.stringify(input),
  });
  const answer = (await response.json()) as { __type?: string; message?: string };
  if (!response.ok) throw new Error(`${answer.__type ?? response.status}: ${answer.message ?? ''}`);
  return answer;
}
