import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type PasswordPolicy, passwordPolicy } from './password-policy.ts';

/** Texts of what is sent. SMS never are (LIMITS.md). */
const messages = {
  EmailVerificationMessage: z.string().optional(),
  EmailVerificationSubject: z.string().optional(),
  SmsVerificationMessage: z.string().optional(),
  SmsAuthenticationMessage: z.string().optional(),
  VerificationMessageTemplate: z
    .strictObject({
      DefaultEmailOption: z.enum(['CONFIRM_WITH_CODE', 'CONFIRM_WITH_LINK']).optional(),
      EmailMessage: z.string().optional(),
      EmailSubject: z.string().optional(),
      EmailMessageByLink: z.string().optional(),
      EmailSubjectByLink: z.string().optional(),
      SmsMessage: z.string().optional(),
    })
    .optional(),
};

/**
 * Triggers: the one before tokens are made, whose event has claims of both tokens since version V2_0 (Cognito Developer Guide,
 * "Pre token generation Lambda trigger"). Every other trigger is refused by its name.
 */
const lambdaConfig = z.strictObject({
  PreTokenGeneration: z.string().optional(),
  PreTokenGenerationConfig: z.strictObject({ LambdaArn: z.string(), LambdaVersion: z.enum(['V1_0', 'V2_0', 'V3_0']) }).optional(),
});

/** What CreateUserPool and UpdateUserPool both take; what isn't given has its default again (Cognito API Reference, UpdateUserPool). */
export const userPoolSettings = {
  Policies: z.strictObject({ PasswordPolicy: passwordPolicy.optional() }).default({}),
  DeletionProtection: z.enum(['ACTIVE', 'INACTIVE']).default('INACTIVE'),
  AutoVerifiedAttributes: z.array(z.enum(['email', 'phone_number'])).optional(),
  MfaConfiguration: z.enum(['OFF', 'ON', 'OPTIONAL']).default('OFF'),
  AdminCreateUserConfig: z
    .strictObject({
      AllowAdminCreateUserOnly: z.boolean().default(false),
      UnusedAccountValidityDays: z.int().optional(),
      InviteMessageTemplate: z
        .strictObject({ SMSMessage: z.string().optional(), EmailMessage: z.string().optional(), EmailSubject: z.string().optional() })
        .optional(),
    })
    .default({ AllowAdminCreateUserOnly: false }),
  AccountRecoverySetting: z
    .strictObject({
      RecoveryMechanisms: z.array(
        z.strictObject({ Name: z.enum(['verified_email', 'verified_phone_number', 'admin_only']), Priority: z.int().min(1).max(2) }),
      ),
    })
    .optional(),
  UserAttributeUpdateSettings: z
    .strictObject({ AttributesRequireVerificationBeforeUpdate: z.array(z.enum(['email', 'phone_number'])).optional() })
    .optional(),
  LambdaConfig: lambdaConfig.optional(),
  UserPoolTags: z.record(z.string(), z.string()).default({}),
  UserPoolTier: z.enum(['LITE', 'ESSENTIALS', 'PLUS']).default('ESSENTIALS'),
  ...messages,
};

const settingsObject = z.strictObject({ PoolName: z.string(), ...userPoolSettings });
export type UserPoolSettings = z.output<typeof settingsObject>;

export const DEFAULT_PASSWORD_POLICY = passwordPolicy.parse({});

export function policyOf({ settings }: { readonly settings: UserPoolSettings }): PasswordPolicy {
  return settings.Policies.PasswordPolicy ?? DEFAULT_PASSWORD_POLICY;
}

/** Throws NotCarriedOut, InvalidParameterException. */
export function checkSettings(settings: UserPoolSettings): void {
  if (settings.MfaConfiguration !== 'OFF')
    throw new NotCarriedOut(`the MfaConfiguration "${settings.MfaConfiguration}" of a Cognito user pool`);
  if (settings.UserPoolTier === 'PLUS') throw new NotCarriedOut('the tier PLUS of a Cognito user pool');
  checkTrigger(settings);
  if (!/^[\w\s+=,.@-]{1,128}$/.test(settings.PoolName))
    throw new AwsError('InvalidParameterException', 'PoolName must satisfy the pattern [\\w\\s+=,.@-]+, at most 128 characters.');
}

function checkTrigger({ LambdaConfig = {}, UserPoolTier }: UserPoolSettings): void {
  const { PreTokenGeneration, PreTokenGenerationConfig } = LambdaConfig;
  if (PreTokenGenerationConfig === undefined) {
    if (PreTokenGeneration !== undefined)
      throw new NotCarriedOut('the version V1_0 of the trigger PreTokenGeneration of a Cognito user pool');
    return;
  }
  const { LambdaArn, LambdaVersion } = PreTokenGenerationConfig;
  if (LambdaVersion !== 'V2_0')
    throw new NotCarriedOut(`the version ${LambdaVersion} of the trigger PreTokenGeneration of a Cognito user pool`);
  if (!/^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/.test(LambdaArn))
    throw new AwsError('InvalidParameterException', 'PreTokenGenerationConfig.LambdaArn must be the ARN of a function.');
  if (PreTokenGeneration !== undefined && PreTokenGeneration !== LambdaArn)
    throw new AwsError('InvalidParameterException', 'PreTokenGeneration and PreTokenGenerationConfig.LambdaArn must be the same.');
  if (UserPoolTier === 'LITE') {
    const message = 'Version V2_0 of the pre token generation trigger needs the feature plan Essentials or Plus.';
    throw new AwsError('FeatureUnavailableInTierException', message);
  }
}
