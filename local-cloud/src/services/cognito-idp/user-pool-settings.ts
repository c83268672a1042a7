import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { passwordPolicy } from './password-policy.ts';

/** Settings of texts that would be sent; nothing is sent here (LIMITS.md). */
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
  UserPoolTags: z.record(z.string(), z.string()).default({}),
  UserPoolTier: z.enum(['LITE', 'ESSENTIALS', 'PLUS']).default('ESSENTIALS'),
  ...messages,
};

const settingsObject = z.strictObject({ PoolName: z.string(), ...userPoolSettings });
export type UserPoolSettings = z.output<typeof settingsObject>;

export const DEFAULT_PASSWORD_POLICY = passwordPolicy.parse({});

/** Throws NotCarriedOut, InvalidParameterException. */
export function checkSettings(settings: UserPoolSettings): void {
  if (settings.MfaConfiguration !== 'OFF')
    throw new NotCarriedOut(`the MfaConfiguration "${settings.MfaConfiguration}" of a Cognito user pool`);
  if (settings.UserPoolTier === 'PLUS') throw new NotCarriedOut('the tier PLUS of a Cognito user pool');
  if (!/^[\w\s+=,.@-]{1,128}$/.test(settings.PoolName))
    throw new AwsError('InvalidParameterException', 'PoolName must satisfy the pattern [\\w\\s+=,.@-]+, at most 128 characters.');
}
