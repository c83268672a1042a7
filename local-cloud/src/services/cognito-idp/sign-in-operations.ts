import { z } from 'zod';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { type Operation, operation } from '../../kernel/service.ts';
import type { SignIn } from './sign-in.ts';
import { invalid } from './user-attributes.ts';
import type { UserPools } from './user-pools.ts';

const texts = z.record(z.string(), z.string());
const clientMetadata = { ClientMetadata: texts.optional() };
/** Cognito API Reference, InitiateAuth: this operation takes no IAM credentials, it is open to everybody who knows the client. */
export const openToEverybody = (): [] => [];

/** What people sign in by, and stay signed in. */
export function signInOperations(pools: UserPools, signIn: SignIn): Record<string, Operation<never, unknown>> {
  return {
    InitiateAuth: operation({
      input: z.strictObject({ ClientId: z.string(), AuthFlow: z.string(), AuthParameters: texts.default({}), ...clientMetadata }),
      authorize: openToEverybody,
      run: async ({ ClientId, AuthFlow, AuthParameters, ClientMetadata }) => {
        const at = pools.publicClient(ClientId);
        refuseUnknown(AuthParameters, ['USERNAME', 'SRP_A', 'REFRESH_TOKEN'], 'AuthParameters');
        switch (AuthFlow) {
          case 'USER_SRP_AUTH':
            return signIn.startSrp(at, required(AuthParameters, 'USERNAME'), required(AuthParameters, 'SRP_A'));
          case 'REFRESH_TOKEN_AUTH':
          case 'REFRESH_TOKEN':
            signIn.requireFlow(at, 'ALLOW_REFRESH_TOKEN_AUTH');
            return {
              AuthenticationResult: await signIn.refresh(at, required(AuthParameters, 'REFRESH_TOKEN'), ClientMetadata),
              ChallengeParameters: {},
            };
          default:
            throw new NotCarriedOut(`the AuthFlow "${AuthFlow}" of cognito-idp:InitiateAuth`);
        }
      },
    }),

    RespondToAuthChallenge: operation({
      input: z.strictObject({
        ClientId: z.string(),
        ChallengeName: z.string(),
        Session: z.string().optional(),
        ChallengeResponses: texts.default({}),
        ...clientMetadata,
      }),
      authorize: openToEverybody,
      run: async ({ ClientId, ChallengeName, Session, ChallengeResponses: answers, ClientMetadata }) => {
        const at = pools.publicClient(ClientId);
        switch (ChallengeName) {
          case 'PASSWORD_VERIFIER': {
            refuseUnknown(answers, PASSWORD_VERIFIER_ANSWERS, 'ChallengeResponses');
            const claim = {
              username: required(answers, 'USERNAME'),
              secretBlock: required(answers, 'PASSWORD_CLAIM_SECRET_BLOCK'),
              timestamp: required(answers, 'TIMESTAMP'),
              signature: required(answers, 'PASSWORD_CLAIM_SIGNATURE'),
            };
            return signIn.verifyPassword(at, claim, ClientMetadata);
          }
          case 'NEW_PASSWORD_REQUIRED': {
            const { USERNAME: _name, NEW_PASSWORD: _password, ...rest } = answers;
            refuseUnknown(
              rest,
              Object.keys(rest).filter((name) => name.startsWith(USER_ATTRIBUTES)),
              'ChallengeResponses',
            );
            return signIn.setNewPassword(
              at,
              Session ?? '',
              {
                username: required(answers, 'USERNAME'),
                password: required(answers, 'NEW_PASSWORD'),
                attributes: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name.slice(USER_ATTRIBUTES.length), value])),
              },
              ClientMetadata,
            );
          }
          default:
            throw new NotCarriedOut(`the ChallengeName "${ChallengeName}" of cognito-idp:RespondToAuthChallenge`);
        }
      },
    }),

    GetTokensFromRefreshToken: operation({
      input: z.strictObject({ ClientId: z.string(), RefreshToken: z.string(), ...clientMetadata }),
      authorize: openToEverybody,
      run: async ({ ClientId, RefreshToken, ClientMetadata }) => ({
        AuthenticationResult: await signIn.refresh(pools.publicClient(ClientId), RefreshToken, ClientMetadata),
      }),
    }),
  };
}

/** Before an attribute's name in the answer to NEW_PASSWORD_REQUIRED. */
const USER_ATTRIBUTES = 'userAttributes.';
const PASSWORD_VERIFIER_ANSWERS = ['USERNAME', 'PASSWORD_CLAIM_SECRET_BLOCK', 'TIMESTAMP', 'PASSWORD_CLAIM_SIGNATURE'];

function required(parameters: Readonly<Record<string, string>>, name: string): string {
  const value = parameters[name];
  if (value === undefined || value === '') throw invalid(`Missing required parameter ${name}`);
  return value;
}

/** Throws NotCarriedOut for parameters such as DEVICE_KEY and SECRET_HASH. */
function refuseUnknown(parameters: Readonly<Record<string, string>>, known: readonly string[], member: string): void {
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new NotCarriedOut(`the parameter "${unknown}" in ${member} of Cognito`);
}
