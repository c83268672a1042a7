import { z } from 'zod';
import {
  cfnBoolean,
  cfnNumber,
  cfnTags,
  type ResourceContext,
  type ResourceState,
  resourceType,
  unlessCode,
} from '../../kernel/resource-type.ts';

const unlessGone = unlessCode('NotFoundException');

const keyProperties = z.strictObject({
  Description: z.string().optional(),
  Enabled: cfnBoolean.optional(),
  EnableKeyRotation: cfnBoolean.optional(),
  KeyPolicy: z.union([z.record(z.string(), z.unknown()), z.string()]).optional(),
  KeySpec: z.literal('SYMMETRIC_DEFAULT').optional(),
  KeyUsage: z.literal('ENCRYPT_DECRYPT').optional(),
  MultiRegion: cfnBoolean.refine((multi) => !multi, 'the local cloud has no multi-Region keys').optional(),
  Origin: z.literal('AWS_KMS').optional(),
  PendingWindowInDays: cfnNumber.optional(),
  RotationPeriodInDays: cfnNumber.optional(),
  BypassPolicyLockoutSafetyCheck: cfnBoolean.optional(),
  Tags: cfnTags.optional(),
});
type KeyProperties = z.output<typeof keyProperties>;

const key = resourceType({
  type: 'AWS::KMS::Key',
  properties: keyProperties,
  inert: {
    EnableKeyRotation: 'kept and answered; a key keeps its one material',
    RotationPeriodInDays: 'kept and answered; a key keeps its one material',
    BypassPolicyLockoutSafetyCheck: 'no policy is refused for locking its author out',
  },
  replaceOn: ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
  create: async (properties, context) => {
    const Tags = tags(properties, context);
    const { KeyMetadata } = await context.call<{ KeyMetadata: { KeyId: string; Arn: string } }>('kms', 'CreateKey', {
      ...(properties.Description === undefined ? {} : { Description: properties.Description }),
      ...(properties.KeyPolicy === undefined ? {} : { Policy: policyText(properties.KeyPolicy) }),
      ...(Tags.length === 0 ? {} : { Tags }),
    });
    const KeyId = KeyMetadata.KeyId;
    if (properties.EnableKeyRotation === true) await context.call('kms', 'EnableKeyRotation', { KeyId, ...period(properties) });
    if (properties.Enabled === false) await context.call('kms', 'DisableKey', { KeyId });
    return state(KeyMetadata);
  },
  update: async (KeyId, properties, previous, context) => {
    const changed = (property: keyof KeyProperties) => JSON.stringify(properties[property]) !== JSON.stringify(previous[property]);
    const call = (operation: string, members: object = {}) => context.call('kms', operation, { KeyId, ...members });
    if (changed('Description')) await call('UpdateKeyDescription', { Description: properties.Description ?? '' });
    if (changed('KeyPolicy') && properties.KeyPolicy !== undefined) {
      await call('PutKeyPolicy', { PolicyName: 'default', Policy: policyText(properties.KeyPolicy) });
    }
    if (changed('Enabled')) await call(properties.Enabled === false ? 'DisableKey' : 'EnableKey');
    if (changed('EnableKeyRotation') || changed('RotationPeriodInDays')) {
      if (properties.EnableKeyRotation === true) await call('EnableKeyRotation', period(properties));
      else await call('DisableKeyRotation');
    }
    if (changed('Tags')) {
      const gone = (previous.Tags ?? []).map((tag) => tag.Key).filter((name) => !(properties.Tags ?? []).some((tag) => tag.Key === name));
      if (gone.length > 0) await call('UntagResource', { TagKeys: gone });
      await call('TagResource', { Tags: tags(properties, context) });
    }
    const { KeyMetadata } = await context.call<{ KeyMetadata: { KeyId: string; Arn: string } }>('kms', 'DescribeKey', { KeyId });
    return state(KeyMetadata);
  },
  delete: async (KeyId, properties, context) => {
    const window = properties.PendingWindowInDays === undefined ? {} : { PendingWindowInDays: properties.PendingWindowInDays };
    await unlessGone(unlessCode('KMSInvalidStateException')(context.call('kms', 'ScheduleKeyDeletion', { KeyId, ...window })));
  },
});

const alias = resourceType({
  type: 'AWS::KMS::Alias',
  properties: z.strictObject({ AliasName: z.string(), TargetKeyId: z.string() }),
  replaceOn: ['AliasName'],
  create: async (properties, context) => {
    await context.call('kms', 'CreateAlias', properties);
    return { physicalId: properties.AliasName, attributes: {} };
  },
  update: async (physicalId, properties, _previous, context) => {
    await context.call('kms', 'UpdateAlias', properties);
    return { physicalId, attributes: {} };
  },
  delete: async (AliasName, _properties, context) => {
    await unlessGone(context.call('kms', 'DeleteAlias', { AliasName }));
  },
});

export const kmsResourceTypes = [key, alias];

function policyText(policy: Readonly<Record<string, unknown>> | string): string {
  return typeof policy === 'string' ? policy : JSON.stringify(policy);
}

function period({ RotationPeriodInDays }: KeyProperties): object {
  return RotationPeriodInDays === undefined ? {} : { RotationPeriodInDays };
}

/** CloudFormation puts the stack's own tags on keys too, but not those that begin with `aws:` (KMS API Reference, "TagResource"). */
function tags(properties: KeyProperties, context: ResourceContext): { TagKey: string; TagValue: string }[] {
  const merged = { ...context.stackTags, ...Object.fromEntries((properties.Tags ?? []).map(({ Key, Value }) => [Key, Value])) };
  return Object.entries(merged)
    .filter(([name]) => !name.startsWith('aws:'))
    .map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
}

/** CloudFormation Template Reference, "AWS::KMS::Key", return values. */
function state({ KeyId, Arn }: { KeyId: string; Arn: string }): ResourceState {
  return { physicalId: KeyId, attributes: { Arn, KeyId } };
}
