import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { policyDocumentOrJson } from '../../kernel/policy-document.ts';
import { type CallContext, operation } from '../../kernel/service.ts';
import { type Bucket, DEFAULT_CONFIGURATION } from './buckets.ts';
import { lifecycleRule } from './lifecycle-rules.ts';
import { bucketMembers, flag } from './object-attributes.ts';
import { isPublicPolicy } from './public-policy.ts';
import { accessDenied, invalidArgument, invalidRequest } from './s3-error.ts';
import type { BucketInput, S3Store } from './s3-store.ts';

const encryptionRule = z.strictObject({
  ApplyServerSideEncryptionByDefault: z
    .strictObject({ SSEAlgorithm: z.enum(['AES256', 'aws:kms']), KMSMasterKeyID: z.string().min(1).optional() })
    .optional(),
  BucketKeyEnabled: flag.optional(),
});

export function bucketConfigurationOperations(store: S3Store) {
  const { buckets } = store;
  const onBucket = (action: string) => (input: BucketInput, context: CallContext) => [
    store.onBucket(store.bucket(input, context), action, context),
  ];
  const change = (input: BucketInput, context: CallContext, by: (bucket: Bucket) => Bucket) => {
    buckets.put(by(store.bucket(input, context)));
    return {};
  };
  const only = z.strictObject(bucketMembers);

  return {
    PutBucketPolicy: operation({
      input: z.strictObject({ ...bucketMembers, Policy: z.string() }),
      authorize: onBucket('s3:PutBucketPolicy'),
      run: (input, context) =>
        change(input, context, (bucket) => {
          checkPolicy(input.Policy, bucket);
          return { ...bucket, policy: input.Policy };
        }),
    }),
    GetBucketPolicy: operation({
      input: only,
      authorize: onBucket('s3:GetBucketPolicy'),
      run: (input, context) => {
        const { name, policy } = store.bucket(input, context);
        if (policy === undefined) {
          throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404, { BucketName: name });
        }
        return { Policy: policy };
      },
    }),
    DeleteBucketPolicy: operation({
      input: only,
      authorize: onBucket('s3:DeleteBucketPolicy'),
      run: (input, context) => change(input, context, ({ policy: _removed, ...rest }) => rest),
    }),

    PutBucketEncryption: operation({
      input: z.strictObject({
        ...bucketMembers,
        ServerSideEncryptionConfiguration: z.strictObject({ Rules: z.array(encryptionRule).length(1) }),
      }),
      authorize: onBucket('s3:PutEncryptionConfiguration'),
      run: (input, context) =>
        change(input, context, (bucket) => {
          const [rule] = input.ServerSideEncryptionConfiguration.Rules;
          const { SSEAlgorithm = 'AES256', KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
          if (KMSMasterKeyID !== undefined && SSEAlgorithm !== 'aws:kms') {
            throw invalidArgument('a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms', 'KMSMasterKeyID');
          }
          const BucketKeyEnabled = rule?.BucketKeyEnabled ?? false;
          return {
            ...bucket,
            encryption: { SSEAlgorithm, BucketKeyEnabled, ...(KMSMasterKeyID === undefined ? {} : { KMSMasterKeyID }) },
          };
        }),
    }),
    GetBucketEncryption: operation({
      input: only,
      authorize: onBucket('s3:GetEncryptionConfiguration'),
      run: (input, context) => {
        const { BucketKeyEnabled, ...ApplyServerSideEncryptionByDefault } = store.bucket(input, context).encryption;
        return {
          ServerSideEncryptionConfiguration: {
            Rules: [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled }],
          },
        };
      },
    }),
    DeleteBucketEncryption: operation({
      input: only,
      authorize: onBucket('s3:PutEncryptionConfiguration'),
      run: (input, context) => change(input, context, (bucket) => ({ ...bucket, encryption: DEFAULT_CONFIGURATION.encryption })),
    }),

    PutPublicAccessBlock: operation({
      input: z.strictObject({
        ...bucketMembers,
        PublicAccessBlockConfiguration: z.strictObject({
          BlockPublicAcls: flag.optional(),
          IgnorePublicAcls: flag.optional(),
          BlockPublicPolicy: flag.optional(),
          RestrictPublicBuckets: flag.optional(),
        }),
      }),
      authorize: onBucket('s3:PutBucketPublicAccessBlock'),
      run: (input, context) =>
        change(input, context, (bucket) => {
          const said = input.PublicAccessBlockConfiguration;
          return {
            ...bucket,
            publicAccessBlock: {
              BlockPublicAcls: said.BlockPublicAcls ?? false,
              IgnorePublicAcls: said.IgnorePublicAcls ?? false,
              BlockPublicPolicy: said.BlockPublicPolicy ?? false,
              RestrictPublicBuckets: said.RestrictPublicBuckets ?? false,
            },
          };
        }),
    }),
    GetPublicAccessBlock: operation({
      input: only,
      authorize: onBucket('s3:GetBucketPublicAccessBlock'),
      run: (input, context) => {
        const { name, publicAccessBlock } = store.bucket(input, context);
        if (publicAccessBlock !== undefined) return { PublicAccessBlockConfiguration: publicAccessBlock };
        const message = 'The public access block configuration was not found';
        throw new AwsError('NoSuchPublicAccessBlockConfiguration', message, 404, { BucketName: name });
      },
    }),
    DeletePublicAccessBlock: operation({
      input: only,
      authorize: onBucket('s3:PutBucketPublicAccessBlock'),
      run: (input, context) => change(input, context, ({ publicAccessBlock: _removed, ...rest }) => rest),
    }),

    PutBucketVersioning: operation({
      input: z.strictObject({
        ...bucketMembers,
        VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }),
      }),
      authorize: onBucket('s3:PutBucketVersioning'),
      run: (input, context) => change(input, context, (bucket) => ({ ...bucket, versioning: input.VersioningConfiguration.Status })),
    }),
    GetBucketVersioning: operation({
      input: only,
      authorize: onBucket('s3:GetBucketVersioning'),
      run: (input, context) => {
        const { versioning } = store.bucket(input, context);
        return versioning === undefined ? {} : { Status: versioning };
      },
    }),

    PutBucketLifecycleConfiguration: operation({
      input: z.strictObject({
        ...bucketMembers,
        LifecycleConfiguration: z.strictObject({ Rules: z.array(lifecycleRule).min(1).max(1000) }),
        TransitionDefaultMinimumObjectSize: z.literal('all_storage_classes_128K').optional(),
      }),
      authorize: onBucket('s3:PutLifecycleConfiguration'),
      run: (input, context) =>
        change(input, context, (bucket) => {
          const rules = input.LifecycleConfiguration.Rules;
          const ids = rules.flatMap((rule) => rule.ID ?? []);
          if (new Set(ids).size < ids.length) throw invalidRequest('Rule ID must be unique.');
          return { ...bucket, lifecycle: rules };
        }),
    }),
    GetBucketLifecycleConfiguration: operation({
      input: only,
      authorize: onBucket('s3:GetLifecycleConfiguration'),
      run: (input, context) => {
        const { name, lifecycle } = store.bucket(input, context);
        if (lifecycle === undefined) {
          throw new AwsError('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', 404, { BucketName: name });
        }
        return { Rules: lifecycle };
      },
    }),
    DeleteBucketLifecycle: operation({
      input: only,
      authorize: onBucket('s3:PutLifecycleConfiguration'),
      run: (input, context) => change(input, context, ({ lifecycle: _removed, ...rest }) => rest),
    }),

    PutBucketOwnershipControls: operation({
      input: z.strictObject({
        ...bucketMembers,
        // With the other values ACLs decide, which the local cloud doesn't carry out.
        OwnershipControls: z.strictObject({ Rules: z.array(z.strictObject({ ObjectOwnership: z.string() })).length(1) }),
      }),
      authorize: onBucket('s3:PutBucketOwnershipControls'),
      run: (input, context) => {
        store.bucket(input, context);
        const ownership = input.OwnershipControls.Rules[0]?.ObjectOwnership;
        if (ownership !== 'BucketOwnerEnforced') throw new NotCarriedOut(`the object ownership "${ownership}" of s3`);
        return {};
      },
    }),
    GetBucketOwnershipControls: operation({
      input: only,
      authorize: onBucket('s3:GetBucketOwnershipControls'),
      run: (input, context) => {
        store.bucket(input, context);
        return { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } };
      },
    }),
  };
}

/** Throws MalformedPolicy, or AccessDenied for a public policy that BlockPublicPolicy keeps out. */
function checkPolicy(text: string, bucket: Bucket): void {
  const parsed = policyDocumentOrJson.safeParse(text);
  if (!parsed.success) {
    const message = parsed.error.issues[0]?.message ?? '';
    if (message.includes('not carried out')) throw new NotCarriedOut(`"NotPrincipal" in a bucket policy of s3`);
    throw new AwsError('MalformedPolicy', `This policy contains invalid Json or elements: ${message}`, 400);
  }
  const arn = `arn:aws:s3:::${bucket.name}`;
  for (const statement of parsed.data.Statement) {
    if (statement.Principal === undefined) throw new AwsError('MalformedPolicy', 'Missing required field Principal', 400);
    const resources = statement.Resource ?? statement.NotResource;
    if (resources === undefined) throw new AwsError('MalformedPolicy', 'Missing required field Resource', 400);
    if (resources.some((resource) => resource !== arn && !resource.startsWith(`${arn}/`) && resource !== `${arn}*`)) {
      throw new AwsError('MalformedPolicy', 'Policy has invalid resource', 400);
    }
  }
  if (bucket.publicAccessBlock?.BlockPublicPolicy === true && isPublicPolicy(parsed.data)) {
    throw accessDenied(
      'Access Denied: public policies are blocked by the BlockPublicPolicy setting in S3 Block Public Access of the bucket',
    );
  }
}
