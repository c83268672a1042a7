import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Principal } from '../../kernel/principal.ts';

/** How long a password of AWS's credential helper is taken (CodeCommit User Guide, "Troubleshooting the credential helper", 15 minutes). */
const LIFETIME_MS = 15 * 60 * 1000;

/**
 * Who asks by HTTP Basic, as AWS's credential helper has git do it: the user is the access key id, with `%` and the session token for temporary
 * credentials; the password is a time and a signature (awscli, `aws codecommit credential-helper`). As everywhere here the signature isn't verified
 * and 12 digits stand for the account's administrator, whatever the password; a session's password must have the form and be of the last 15
 * minutes. Undefined without such a header. Throws what STS throws for unknown and expired credentials, all of it HTTP 403.
 */
export function identifyBasic(cloud: Cloud, header: string | undefined): Principal | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const user = text.slice(0, Math.max(colon, 0));
  const percent = user.indexOf('%');
  const accessKeyId = percent < 0 ? user : user.slice(0, percent);
  const principal = cloud.authorizer.identify(accessKeyId, percent < 0 ? undefined : user.slice(percent + 1));
  if (principal.kind !== 'administrator') checkPassword(text.slice(colon + 1), cloud.clock());
  return principal;
}

function checkPassword(password: string, now: number): void {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z[0-9a-f]{64}$/.exec(password) ?? [];
  const [year, month, day, hour, minute, second] = parts;
  const signed = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(signed))
    throw new AwsError('IncompleteSignature', "The password is none of AWS's credential helper for CodeCommit.", 403);
  if (Math.abs(now - signed) > LIFETIME_MS)
    throw new AwsError('SignatureDoesNotMatch', 'Signature expired: the password is older than 15 minutes.', 403);
}
