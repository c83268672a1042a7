import { type Persona, personas } from '@enstratus/contract';
import { z } from 'zod';
import { type EventKind, textOption } from '../event-kind.ts';

const triggers = [
  'TokenGeneration_Authentication',
  'TokenGeneration_NewPasswordChallenge',
  'TokenGeneration_RefreshTokens',
  'TokenGeneration_HostedAuth',
  'TokenGeneration_AuthenticateDevice',
] as const;

/** Cognito asks what is to stand in somebody's tokens (Cognito Developer Guide, "Pre token generation Lambda trigger", version two). */
export const preTokenGeneration: EventKind = {
  name: 'pre-token-generation',
  sentence: 'Cognito’s question what is to stand in the tokens of somebody who signs in',
  functions: ['infra/add-claims'],
  sources: ['PreTokenGenerationConfig V2_0 of a user pool, infra/add-claims'],
  options: {
    as: { type: 'string', value: '<persona>', choices: personas, default: 'admin', sentence: 'whose: the demo login of this persona' },
    trigger: { type: 'string', value: '<source>', choices: triggers, default: triggers[0], sentence: 'what the tokens are for' },
  },
  edits: 'the event itself: --set request.userAttributes.custom:user_id=nobody',
  content: async (options, where) => {
    const persona = (textOption(options, 'as') ?? 'admin') as Persona;
    const { username, sub, email, user_id } = await where.person(persona);
    return {
      version: '2',
      triggerSource: textOption(options, 'trigger') ?? triggers[0],
      region: where.region,
      userPoolId: where.user_pool.id,
      userName: username,
      callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: where.user_pool.client_id },
      request: {
        userAttributes: { sub, email_verified: 'true', 'cognito:user_status': 'CONFIRMED', email, 'custom:user_id': user_id },
        groupConfiguration: { groupsToOverride: [persona], iamRolesToOverride: [], preferredRole: null },
        scopes: ['aws.cognito.signin.user.admin'],
      },
      response: { claimsAndScopeOverrideDetails: null },
    };
  },
  event: async (content) => content,
  shape: z.looseObject({ triggerSource: z.string().startsWith('TokenGeneration_'), userPoolId: z.string() }),
};
