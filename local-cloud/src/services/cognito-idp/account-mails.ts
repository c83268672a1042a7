import { NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { outboxOf } from '../mail/outbox.ts';
import { invalid } from './user-attributes.ts';
import type { User, UserPool } from './user-pool-store.ts';

/** Where a code went, without telling the address (Cognito API Reference, CodeDeliveryDetailsType). */
export interface CodeDelivery {
  readonly Destination: string;
  readonly DeliveryMedium: 'EMAIL';
  readonly AttributeName: 'email';
}

/** Cognito Developer Guide, "Configuring verification and invitation messages": the placeholders, and the texts that are sent without a template. */
const INVITATION = { subject: 'Your temporary password', body: 'Your username is {username} and temporary password is {####}.' };
const VERIFICATION = { subject: 'Your verification code', body: 'Your verification code is {####}.' };

/** Sends a new user what to sign in with. `name` is what the user signs in as. Throws NotCarriedOut for SMS. */
export function sendInvitation(
  cloud: Cloud,
  scope: Scope,
  pool: UserPool,
  user: User,
  { name, password, mediums }: { name: string; password: string; mediums: readonly string[] | undefined },
): void {
  const wanted = mediums ?? (user.attributes['phone_number'] === undefined ? ['EMAIL'] : ['SMS']);
  if (wanted.includes('SMS')) throw new NotCarriedOut('the delivery medium SMS of cognito-idp:AdminCreateUser');
  const to = user.attributes['email'];
  if (to === undefined) throw invalid('User has no email address to which the invitation could be sent.');
  const { EmailSubject, EmailMessage } = pool.settings.AdminCreateUserConfig.InviteMessageTemplate ?? {};
  outboxOf(cloud).send(scope, {
    to,
    subject: EmailSubject ?? INVITATION.subject,
    body: filled(EmailMessage ?? INVITATION.body, name, password),
  });
}

/** Sends the code by which a user sets a new password, as the pool words it for verifications. */
export function sendResetCode(cloud: Cloud, scope: Scope, pool: UserPool, user: User, code: string): CodeDelivery {
  const { VerificationMessageTemplate: template = {}, EmailVerificationSubject, EmailVerificationMessage } = pool.settings;
  const to = user.attributes['email'] ?? '';
  outboxOf(cloud).send(scope, {
    to,
    subject: template.EmailSubject ?? EmailVerificationSubject ?? VERIFICATION.subject,
    body: filled(template.EmailMessage ?? EmailVerificationMessage ?? VERIFICATION.body, user.username, code),
  });
  return delivery(to);
}

/** As Cognito masks an address: `a***@e***`. */
export function delivery(address: string): CodeDelivery {
  const [name = '', domain = ''] = address.split('@');
  return { Destination: `${name.slice(0, 1)}***@${domain.slice(0, 1)}***`, DeliveryMedium: 'EMAIL', AttributeName: 'email' };
}

/**
 * Whether a code can go to the user's e-mail address: the pool's first way of recovery that the user has (Cognito API Reference,
 * AccountRecoverySettingType; without one, the telephone comes before the address). Throws NotCarriedOut for the telephone.
 */
export function canRecoverByMail(pool: UserPool, user: User): boolean {
  const mechanisms = pool.settings.AccountRecoverySetting?.RecoveryMechanisms ?? [
    { Name: 'verified_phone_number' as const, Priority: 1 },
    { Name: 'verified_email' as const, Priority: 2 },
  ];
  const isVerified = (name: string) => user.attributes[name] !== undefined && user.attributes[`${name}_verified`]?.toLowerCase() === 'true';
  const first = mechanisms
    .toSorted((one, other) => one.Priority - other.Priority)
    .find(({ Name }) => Name !== 'admin_only' && isVerified(Name.slice('verified_'.length)));
  if (first?.Name === 'verified_phone_number') throw new NotCarriedOut('a code by SMS of Cognito');
  return first !== undefined;
}

/** Replaced by functions: a password may hold what `replace` gives a meaning. */
function filled(template: string, username: string, secret: string): string {
  return template.replaceAll('{username}', () => username).replaceAll('{####}', () => secret);
}
