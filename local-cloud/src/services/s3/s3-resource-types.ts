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

const transition = z.strictObject({
  StorageClass: z.string(),
  TransitionInDays: cfnNumber.optional(),
  TransitionDate: z.string().optional(),
});
const noncurrentTransition = z.strictObject({
  StorageClass: z.string(),
  TransitionInDays: cfnNumber,
  NewerNoncurrentVersions: cfnNumber.optional(),
});

const lifecycleRule = z.strictObject({
  Id: z.string().optional(),
  Status: z.enum(['Enabled', 'Disabled']),
  Prefix: z.string().optional(),
  TagFilters: cfnTags.optional(),
  ObjectSizeGreaterThan: cfnNumber.optional(),
  ObjectSizeLessThan: cfnNumber.optional(),
  ExpirationInDays: cfnNumber.optional(),
  ExpirationDate: z.string().optional(),
  ExpiredObjectDeleteMarker: cfnBoolean.optional(),
  NoncurrentVersionExpiration: z.strictObject({ NoncurrentDays: cfnNumber, NewerNoncurrentVersions: cfnNumber.optional() }).optional(),
  AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: cfnNumber }).optional(),
  Transitions: z.array(transition).optional(),
  NoncurrentVersionTransitions: z.array(noncurrentTransition).optional(),
});

const bucketProperties = z.strictObject({
  BucketName: z.string().optional(),
  AccessControl: z.literal('Private').optional(),
  BucketEncryption: z
    .strictObject({
      ServerSideEncryptionConfiguration: z.array(
        z.strictObject({
          ServerSideEncryptionByDefault: z
            .strictObject({ SSEAlgorithm: z.enum(['AES256', 'aws:kms']), KMSMasterKeyID: z.string().optional() })
            .optional(),
          BucketKeyEnabled: cfnBoolean.optional(),
        }),
      ),
    })
    .optional(),
  LifecycleConfiguration: z.strictObject({ Rules: z.array(lifecycleRule) }).optional(),
  OwnershipControls: z.strictObject({ Rules: z.array(z.strictObject({ ObjectOwnership: z.literal('BucketOwnerEnforced') })) }).optional(),
  PublicAccessBlockConfiguration: z
    .strictObject({
      BlockPublicAcls: cfnBoolean.optional(),
      BlockPublicPolicy: cfnBoolean.optional(),
      IgnorePublicAcls: cfnBoolean.optional(),
      RestrictPublicBuckets: cfnBoolean.optional(),
    })
    .optional(),
  Tags: cfnTags.optional(),
  VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional(),
});
type BucketProperties = z.output<typeof bucketProperties>;

const bucket = resourceType({
  type: 'AWS::S3::Bucket',
  properties: bucketProperties,
  inert: {
    AccessControl: 'Private is what a bucket is anyway: ACLs are disabled',
    BucketEncryption: "the rights to a KMS key of one's own are asked for; bodies lie unencrypted in the state folder",
    LifecycleConfiguration: 'expirations are carried out, transitions are not: objects stay in the storage class they were put in',
  },
  replaceOn: ['BucketName'],
  create: async (properties, context) => {
    // Bucket names have at most 63 characters, all lower case.
    const name = properties.BucketName ?? context.uniqueName({ maxLength: 63, lowerCase: true });
    const location = context.region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: context.region } };
    await context.call('s3', 'CreateBucket', { Bucket: name, ...location });
    try {
      await configure(name, properties, {}, context);
    } catch (error) {
      // What isn't known to the stack would be left behind.
      await context.call('s3', 'DeleteBucket', { Bucket: name });
      throw error;
    }
    return bucketState(name, context.region);
  },
  update: async (name, properties, previous, context) => {
    await configure(name, properties, previous, context);
    return bucketState(name, context.region);
  },
  delete: async (name, _properties, context) => {
    await unlessCode('NoSuchBucket')(context.call('s3', 'DeleteBucket', { Bucket: name }));
  },
});

const bucketPolicy = resourceType({
  type: 'AWS::S3::BucketPolicy',
  properties: z.strictObject({ Bucket: z.string(), PolicyDocument: z.record(z.string(), z.unknown()) }),
  replaceOn: ['Bucket'],
  create: async (properties, context) => {
    await context.call('s3', 'PutBucketPolicy', { Bucket: properties.Bucket, Policy: JSON.stringify(properties.PolicyDocument) });
    return { physicalId: properties.Bucket, attributes: {} };
  },
  update: async (name, properties, _previous, context) => {
    await context.call('s3', 'PutBucketPolicy', { Bucket: name, Policy: JSON.stringify(properties.PolicyDocument) });
    return { physicalId: name, attributes: {} };
  },
  delete: async (name, _properties, context) => {
    await unlessCode('NoSuchBucket')(context.call('s3', 'DeleteBucketPolicy', { Bucket: name }));
  },
});

export const s3ResourceTypes = [bucket, bucketPolicy];

/** Puts what the properties say and takes back what only the previous ones said. */
async function configure(Bucket: string, wanted: BucketProperties, before: BucketProperties, context: ResourceContext): Promise<void> {
  const call = (operation: string, members: object = {}) => context.call('s3', operation, { Bucket, ...members });
  const changed = (property: keyof BucketProperties) => JSON.stringify(wanted[property]) !== JSON.stringify(before[property]);

  if (changed('BucketEncryption')) {
    const rules = wanted.BucketEncryption?.ServerSideEncryptionConfiguration.map(({ ServerSideEncryptionByDefault, ...rest }) => ({
      ...rest,
      ...(ServerSideEncryptionByDefault === undefined ? {} : { ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault }),
    }));
    if (rules === undefined) await call('DeleteBucketEncryption');
    else await call('PutBucketEncryption', { ServerSideEncryptionConfiguration: { Rules: rules } });
  }
  if (changed('PublicAccessBlockConfiguration')) {
    const PublicAccessBlockConfiguration = wanted.PublicAccessBlockConfiguration;
    if (PublicAccessBlockConfiguration === undefined) await call('DeletePublicAccessBlock');
    else await call('PutPublicAccessBlock', { PublicAccessBlockConfiguration });
  }
  if (changed('OwnershipControls') && wanted.OwnershipControls !== undefined) {
    await call('PutBucketOwnershipControls', { OwnershipControls: wanted.OwnershipControls });
  }
  if (changed('VersioningConfiguration')) {
    await call('PutBucketVersioning', { VersioningConfiguration: wanted.VersioningConfiguration ?? { Status: 'Suspended' } });
  }
  if (changed('LifecycleConfiguration')) {
    const rules = wanted.LifecycleConfiguration?.Rules ?? [];
    if (rules.length === 0) await call('DeleteBucketLifecycle');
    else await call('PutBucketLifecycleConfiguration', { LifecycleConfiguration: { Rules: rules.map(ruleOf) } });
  }
  const tags = [...(wanted.Tags ?? []), ...Object.entries(context.stackTags).map(([Key, Value]) => ({ Key, Value }))];
  const TagSet = tags.filter((tag, index) => tags.findIndex((other) => other.Key === tag.Key) === index);
  if (TagSet.length > 0) await call('PutBucketTagging', { Tagging: { TagSet } });
  else if (before.Tags !== undefined) await call('DeleteBucketTagging');
}

/** A rule as the S3 API writes it. */
function ruleOf(rule: z.output<typeof lifecycleRule>): Record<string, unknown> {
  const expiration = defined({
    Days: rule.ExpirationInDays,
    Date: rule.ExpirationDate,
    ExpiredObjectDeleteMarker: rule.ExpiredObjectDeleteMarker,
  });
  return {
    ...defined({
      ID: rule.Id,
      NoncurrentVersionExpiration: rule.NoncurrentVersionExpiration,
      AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload,
    }),
    Status: rule.Status,
    Filter: filterOf(rule),
    ...(Object.keys(expiration).length === 0 ? {} : { Expiration: expiration }),
    ...(rule.Transitions === undefined
      ? {}
      : {
          Transitions: rule.Transitions.map(({ StorageClass, TransitionInDays, TransitionDate }) =>
            defined({ StorageClass, Days: TransitionInDays, Date: TransitionDate }),
          ),
        }),
    ...(rule.NoncurrentVersionTransitions === undefined
      ? {}
      : {
          NoncurrentVersionTransitions: rule.NoncurrentVersionTransitions.map(
            ({ StorageClass, TransitionInDays, NewerNoncurrentVersions }) =>
              defined({ StorageClass, NoncurrentDays: TransitionInDays, NewerNoncurrentVersions }),
          ),
        }),
  };
}

function filterOf(rule: z.output<typeof lifecycleRule>): Record<string, unknown> {
  const sizes = defined({ ObjectSizeGreaterThan: rule.ObjectSizeGreaterThan, ObjectSizeLessThan: rule.ObjectSizeLessThan });
  const prefix = defined({ Prefix: rule.Prefix });
  const tags = rule.TagFilters ?? [];
  const [tag] = tags;
  const conditions = Object.keys(sizes).length + Object.keys(prefix).length + tags.length;
  if (conditions === 0) return { Prefix: '' };
  if (conditions === 1) return { ...sizes, ...prefix, ...(tag === undefined ? {} : { Tag: tag }) };
  return { And: { ...sizes, ...prefix, ...(tags.length === 0 ? {} : { Tags: tags }) } };
}

function defined(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** The return values of CloudFormation Template Reference, "AWS::S3::Bucket". */
function bucketState(name: string, region: string): ResourceState {
  const website = region === 'us-east-1' ? 's3-website-us-east-1' : `s3-website.${region}`;
  return {
    physicalId: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      WebsiteURL: `http://${name}.${website}.amazonaws.com`,
    },
  };
}
