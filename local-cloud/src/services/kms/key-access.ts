import { AwsError } from '../../kernel/aws-error.ts';
import type { Authorization, CallContext } from '../../kernel/service.ts';
import { assertUsable, findKey } from './find-key.ts';
import { type Key, keyPolicy } from './kms-store.ts';

/**
 * The right to do something with a key. No policy of the caller's own gives it alone: the key's policy must name the caller, or hand the decision to
 * the caller's account (KMS Developer Guide, "Key policies in AWS KMS", "Allowing users in other accounts to use a KMS key"). `viaService` is
 * such as `s3.us-east-2.amazonaws.com` when a service asks on the caller's behalf.
 */
export function onKey(key: Key, action: string, context: CallContext, viaService?: string): Authorization {
  return {
    action: `kms:${action}`,
    resource: key.arn,
    resourcePolicy: keyPolicy(key),
    needsResourcePolicy: true,
    conditions: { 'kms:CallerAccount': context.principal.account, ...(viaService === undefined ? {} : { 'kms:ViaService': viaService }) },
  };
}

/** The key of AWS's own that S3 uses when none is named: whoever may use the bucket in its account may use it. */
const AWS_MANAGED = /(^|:)alias\/aws\/s3$/;

/**
 * The rights that S3 asks of KMS for an object under this key, none for AWS's own key (Amazon S3 User Guide, "Using server-side encryption with
 * AWS KMS keys (SSE-KMS)": kms:GenerateDataKey to put, kms:Decrypt to read). Throws KMS.NotFoundException, KMS.DisabledException and
 * KMS.KMSInvalidStateException, as S3 words what KMS answers.
 */
export function s3KeyAccess(
  keyName: string | undefined,
  actions: readonly string[],
  context: CallContext,
  region: string,
): Authorization[] {
  if (keyName === undefined || AWS_MANAGED.test(keyName)) return [];
  try {
    const key = findKey(context.cloud, keyName, { account: context.account, region });
    assertUsable(key);
    return actions.map((action) => onKey(key, action, context, `s3.${region}.amazonaws.com`));
  } catch (error) {
    if (error instanceof AwsError) throw new AwsError(`KMS.${error.code}`, error.message, 400);
    throw error;
  }
}

/** The ARN by which S3 keeps a key that was named in any way; undefined for AWS's own. Throws as `s3KeyAccess` does. */
export function s3KeyArn(keyName: string | undefined, context: CallContext, region: string): string | undefined {
  const [access] = s3KeyAccess(keyName, ['GenerateDataKey'], context, region);
  return access?.resource;
}

/** Counts the requests that S3 made to KMS for an object. */
export function meterS3KeyUse(keyArn: string | undefined, operation: 'GenerateDataKey' | 'Decrypt', context: CallContext): void {
  if (keyArn === undefined) return;
  const [, , , region = '', account = ''] = keyArn.split(':');
  context.cloud.meter({ account, region, service: 'kms', operation, resource: keyArn, units: { requests: 1 } });
}
