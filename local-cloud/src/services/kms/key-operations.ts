import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { policyDocumentOrJson } from '../../kernel/policy-document.ts';
import { type CallContext, operation, type Scope } from '../../kernel/service.ts';
import { parseIamArn } from '../iam/iam-store.ts';
import { findRole } from '../iam/role-sessions.ts';
import { findKey, isGone } from './find-key.ts';
import { onKey } from './key-access.ts';
import { type Key, kmsStore } from './kms-store.ts';
import { page } from './pages.ts';

const DAY_ms = 24 * 3600 * 1000;
const tagList = z.array(z.strictObject({ TagKey: z.string().min(1).max(128), TagValue: z.string().max(256) }));
const named = z.strictObject({ KeyId: z.string().min(1) });
const policyName = z.literal('default', 'The only valid name is default').optional();

/** Operations on keys themselves; the right to each is asked of the key's policy. */
export function keyOperations() {
  const on = (action: string) => (input: { readonly KeyId: string }, context: CallContext) => [
    onKey(findKey(context.cloud, input.KeyId, context), action, context),
  ];
  const change = (input: { readonly KeyId: string }, context: CallContext, by: (key: Key) => Key) => {
    const key = findKey(context.cloud, input.KeyId, context);
    kmsStore(context.cloud, scopeOf(key)).keys.put(key.keyId, by(key));
    return {};
  };

  return {
    CreateKey: operation({
      input: z.strictObject({
        Policy: z.string().max(32_768).optional(),
        Description: z.string().max(8192).optional(),
        KeyUsage: z.literal('ENCRYPT_DECRYPT', 'the local cloud has keys for ENCRYPT_DECRYPT alone').optional(),
        KeySpec: z.literal('SYMMETRIC_DEFAULT', 'the local cloud has SYMMETRIC_DEFAULT keys alone').optional(),
        Origin: z.literal('AWS_KMS', 'the local cloud has keys of origin AWS_KMS alone').optional(),
        MultiRegion: z.literal(false, 'the local cloud has no multi-Region keys').optional(),
        BypassPolicyLockoutSafetyCheck: z.boolean().optional(),
        Tags: tagList.optional(),
      }),
      authorize: (input) => [
        { action: 'kms:CreateKey', resource: '*' },
        ...(input.Tags === undefined || input.Tags.length === 0 ? [] : [{ action: 'kms:TagResource', resource: '*' }]),
      ],
      run: (input, context) => {
        const policy = input.Policy ?? defaultPolicy(context.account);
        checkPolicy(policy, context);
        const keyId = randomUUID();
        const key: Key = {
          keyId,
          arn: `arn:aws:kms:${context.region}:${context.account}:key/${keyId}`,
          created_ms: context.cloud.clock(),
          description: input.Description ?? '',
          policy,
          enabled: true,
          tags: tagRecord(input.Tags),
          material: randomBytes(32).toString('base64'),
        };
        kmsStore(context.cloud, context).keys.put(keyId, key);
        return { KeyMetadata: metadata(key) };
      },
    }),

    DescribeKey: operation({
      input: named,
      authorize: on('DescribeKey'),
      run: (input, context) => ({ KeyMetadata: metadata(findKey(context.cloud, input.KeyId, context)) }),
    }),

    ListKeys: operation({
      input: z.strictObject({ Limit: z.number().int().min(1).max(1000).default(100), Marker: z.string().optional() }),
      authorize: () => [{ action: 'kms:ListKeys', resource: '*' }],
      run: (input, context) => {
        const keys = kmsStore(context.cloud, context)
          .keys.list()
          .filter((key) => !isGone(key, context.cloud.clock()));
        return page(
          'Keys',
          keys.map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn })),
          input.Limit,
          input.Marker,
        );
      },
    }),

    UpdateKeyDescription: operation({
      input: z.strictObject({ KeyId: z.string().min(1), Description: z.string().max(8192) }),
      authorize: on('UpdateKeyDescription'),
      run: (input, context) => change(input, context, (key) => ({ ...key, description: input.Description })),
    }),

    GetKeyPolicy: operation({
      input: z.strictObject({ KeyId: z.string().min(1), PolicyName: policyName }),
      authorize: on('GetKeyPolicy'),
      run: (input, context) => ({ Policy: findKey(context.cloud, input.KeyId, context).policy, PolicyName: 'default' }),
    }),

    PutKeyPolicy: operation({
      input: z.strictObject({
        KeyId: z.string().min(1),
        PolicyName: policyName,
        Policy: z.string().max(32_768),
        BypassPolicyLockoutSafetyCheck: z.boolean().optional(),
      }),
      authorize: on('PutKeyPolicy'),
      run: (input, context) => {
        checkPolicy(input.Policy, context);
        return change(input, context, (key) => ({ ...key, policy: input.Policy }));
      },
    }),

    EnableKey: operation({
      input: named,
      authorize: on('EnableKey'),
      run: (input, context) => change(input, context, (key) => ({ ...notPending(key), enabled: true })),
    }),
    DisableKey: operation({
      input: named,
      authorize: on('DisableKey'),
      run: (input, context) => change(input, context, (key) => ({ ...notPending(key), enabled: false })),
    }),

    EnableKeyRotation: operation({
      input: z.strictObject({ KeyId: z.string().min(1), RotationPeriodInDays: z.number().int().min(90).max(2560).default(365) }),
      authorize: on('EnableKeyRotation'),
      run: (input, context) => change(input, context, (key) => ({ ...key, rotation: { period_days: input.RotationPeriodInDays } })),
    }),
    DisableKeyRotation: operation({
      input: named,
      authorize: on('DisableKeyRotation'),
      run: (input, context) => change(input, context, ({ rotation: _, ...key }) => key),
    }),
    GetKeyRotationStatus: operation({
      input: named,
      authorize: on('GetKeyRotationStatus'),
      run: (input, context) => {
        const { arn, rotation } = findKey(context.cloud, input.KeyId, context);
        return {
          KeyId: arn,
          KeyRotationEnabled: rotation !== undefined,
          ...(rotation === undefined ? {} : { RotationPeriodInDays: rotation.period_days }),
        };
      },
    }),

    ScheduleKeyDeletion: operation({
      input: z.strictObject({ KeyId: z.string().min(1), PendingWindowInDays: z.number().int().min(7).max(30).default(30) }),
      authorize: on('ScheduleKeyDeletion'),
      run: (input, context) => {
        const key = notPending(findKey(context.cloud, input.KeyId, context));
        const deletion_ms = context.cloud.clock() + input.PendingWindowInDays * DAY_ms;
        change(input, context, () => ({ ...key, enabled: false, deletion_ms }));
        return {
          KeyId: key.arn,
          DeletionDate: new Date(deletion_ms),
          KeyState: 'PendingDeletion',
          PendingWindowInDays: input.PendingWindowInDays,
        };
      },
    }),
    CancelKeyDeletion: operation({
      input: named,
      authorize: on('CancelKeyDeletion'),
      run: (input, context) => {
        const key = findKey(context.cloud, input.KeyId, context);
        if (key.deletion_ms === undefined) throw new AwsError('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
        // It comes back disabled ("CancelKeyDeletion").
        change(input, context, ({ deletion_ms: _, ...rest }) => ({ ...rest, enabled: false }));
        return { KeyId: key.arn };
      },
    }),

    TagResource: operation({
      input: z.strictObject({ KeyId: z.string().min(1), Tags: tagList }),
      authorize: on('TagResource'),
      run: (input, context) => change(input, context, (key) => ({ ...key, tags: { ...key.tags, ...tagRecord(input.Tags) } })),
    }),
    UntagResource: operation({
      input: z.strictObject({ KeyId: z.string().min(1), TagKeys: z.array(z.string()) }),
      authorize: on('UntagResource'),
      run: (input, context) =>
        change(input, context, (key) => ({
          ...key,
          tags: Object.fromEntries(Object.entries(key.tags).filter(([name]) => !input.TagKeys.includes(name))),
        })),
    }),
    ListResourceTags: operation({
      input: z.strictObject({
        KeyId: z.string().min(1),
        Limit: z.number().int().min(1).max(50).default(50),
        Marker: z.string().optional(),
      }),
      authorize: on('ListResourceTags'),
      run: (input, context) => {
        const tags = Object.entries(findKey(context.cloud, input.KeyId, context).tags);
        return page(
          'Tags',
          tags.map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
          input.Limit,
          input.Marker,
        );
      },
    }),
  };
}

/** Account and region of a key, which may be another account's than the caller's. */
export function scopeOf({ arn }: Key): Scope {
  const [, , , region = '', account = ''] = arn.split(':');
  return { account, region };
}

function notPending(key: Key): Key {
  if (key.deletion_ms !== undefined) throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  return key;
}

/** What a key has when no policy was given (KMS Developer Guide, "Default key policy"). */
function defaultPolicy(account: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  });
}

/** A policy must be one, and name only roles that are there (KMS Developer Guide, "Key policies": "The principals in the key policy must exist"). */
function checkPolicy(text: string, context: CallContext): void {
  const { data: policy } = policyDocumentOrJson.safeParse(text);
  const malformed = (why: string) => new AwsError('MalformedPolicyDocumentException', why);
  if (policy === undefined) throw malformed('The new key policy is not a valid policy document.');
  for (const statement of policy.Statement) {
    for (const principal of statement.Principal?.['AWS'] ?? []) {
      if (parseIamArn(principal)?.kind === 'role' && findRole(context.cloud, principal) === undefined) {
        throw malformed(`Policy contains a statement with one or more invalid principals: ${principal}`);
      }
    }
  }
}

function tagRecord(tags: readonly { TagKey: string; TagValue: string }[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ TagKey, TagValue }) => [TagKey, TagValue]));
}

function metadata(key: Key) {
  const state = key.deletion_ms !== undefined ? 'PendingDeletion' : key.enabled ? 'Enabled' : 'Disabled';
  return {
    AWSAccountId: scopeOf(key).account,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: new Date(key.created_ms),
    Enabled: key.enabled,
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: state,
    ...(key.deletion_ms === undefined ? {} : { DeletionDate: new Date(key.deletion_ms) }),
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  };
}
