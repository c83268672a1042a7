import { isIP } from 'node:net';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, operation } from '../../kernel/service.ts';
import { type Bucket, DEFAULT_CONFIGURATION } from './buckets.ts';
import { abortUpload } from './multipart-operations.ts';
import { bucketMembers, tagsOf, wholeNumber } from './object-attributes.ts';
import { invalidArgument } from './s3-error.ts';
import type { S3Store } from './s3-store.ts';

const createInput = z.strictObject({
  Bucket: z.string(),
  ACL: z.literal('private').optional(),
  ObjectOwnership: z.literal('BucketOwnerEnforced').optional(),
  CreateBucketConfiguration: z
    .strictObject({
      LocationConstraint: z.string().optional(),
      Tags: z.array(z.strictObject({ Key: z.string(), Value: z.string() })).optional(),
    })
    .optional(),
});

export function bucketOperations(store: S3Store) {
  const { buckets } = store;
  return {
    CreateBucket: operation({
      input: createInput,
      authorize: (input, context) => {
        const created = [{ action: 's3:CreateBucket', resource: `arn:aws:s3:::${input.Bucket}`, resourceAccount: context.account }];
        if (input.ObjectOwnership === undefined) return created;
        return [...created, { ...created[0], action: 's3:PutBucketOwnershipControls', resource: `arn:aws:s3:::${input.Bucket}` }];
      },
      run: (input, context) => {
        refuseName(input.Bucket);
        refuseLocation(input.CreateBucketConfiguration?.LocationConstraint, context.region);
        const there = buckets.get(input.Bucket);
        // In us-east-1 creating what one already owns is no error ("CreateBucket", errors).
        if (there !== undefined && (there.account !== context.account || context.region !== 'us-east-1')) throw taken(there, context);
        if (there === undefined) {
          buckets.put({
            ...DEFAULT_CONFIGURATION,
            name: input.Bucket,
            account: context.account,
            region: context.region,
            created_ms: store.cloud.clock(),
            tags: tagsOf(input.CreateBucketConfiguration?.Tags ?? [], 50),
          });
        }
        return { Location: `/${input.Bucket}` };
      },
    }),

    DeleteBucket: operation({
      input: z.strictObject(bucketMembers),
      authorize: (input, context) => [store.onBucket(store.bucket(input, context), 's3:DeleteBucket', context)],
      run: async (input, context) => {
        const bucket = store.bucket(input, context);
        const { objects, uploads } = store.of(bucket);
        if (!objects.isEmpty(bucket.name)) {
          throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, { BucketName: bucket.name });
        }
        // Their rows go before the bucket does, so that a new bucket of this name never finds them.
        const aborted = uploads
          .scan(bucket.name, '', Number.MAX_SAFE_INTEGER)
          .map((upload) => abortUpload(store, bucket, upload.key, upload.uploadId));
        buckets.delete(bucket.name);
        await Promise.all(aborted);
        return {};
      },
    }),

    HeadBucket: operation({
      input: z.strictObject(bucketMembers),
      authorize: (input, context) => [store.onBucket(store.bucket(input, context), 's3:ListBucket', context)],
      run: (input, context) => {
        const { name, region } = store.bucket(input, context);
        return { BucketRegion: region, AccessPointAlias: false, BucketArn: `arn:aws:s3:::${name}` };
      },
    }),

    GetBucketLocation: operation({
      input: z.strictObject(bucketMembers),
      authorize: (input, context) => [store.onBucket(store.bucket(input, context, { anyRegion: true }), 's3:GetBucketLocation', context)],
      run: (input, context) => {
        const { region } = store.bucket(input, context, { anyRegion: true });
        return region === 'us-east-1' ? {} : { LocationConstraint: region };
      },
    }),

    ListBuckets: operation({
      input: z.strictObject({
        MaxBuckets: wholeNumber.optional(),
        ContinuationToken: z.string().optional(),
        Prefix: z.string().optional(),
        BucketRegion: z.string().optional(),
      }),
      authorize: () => [{ action: 's3:ListAllMyBuckets', resource: '*' }],
      run: (input, context) => {
        const after = input.ContinuationToken === undefined ? '' : Buffer.from(input.ContinuationToken, 'base64url').toString('utf8');
        const limit = Math.min(input.MaxBuckets ?? 10_000, 10_000);
        if (limit === 0) throw invalidArgument('max-buckets must be between 1 and 10000', 'max-buckets', '0');
        const own = buckets
          .list()
          .filter(
            ({ name, account, region }) =>
              account === context.account &&
              name > after &&
              name.startsWith(input.Prefix ?? '') &&
              (input.BucketRegion === undefined || region === input.BucketRegion),
          );
        const page = own.slice(0, limit);
        const last = page.at(-1);
        return {
          Owner: { ID: context.account },
          ...(input.Prefix === undefined ? {} : { Prefix: input.Prefix }),
          ...(own.length > limit && last !== undefined ? { ContinuationToken: Buffer.from(last.name).toString('base64url') } : {}),
          Buckets: page.map(({ name, created_ms, region }) => ({
            Name: name,
            CreationDate: new Date(created_ms),
            BucketRegion: region,
            BucketArn: `arn:aws:s3:::${name}`,
          })),
        };
      },
    }),

    GetBucketAcl: operation({
      input: z.strictObject(bucketMembers),
      authorize: (input, context) => [store.onBucket(store.bucket(input, context), 's3:GetBucketAcl', context)],
      run: (input, context) => {
        const { account } = store.bucket(input, context);
        return { Owner: { ID: account }, Grants: [{ Grantee: { Type: 'CanonicalUser', ID: account }, Permission: 'FULL_CONTROL' }] };
      },
    }),
  };
}

function taken(there: Bucket, context: CallContext): AwsError {
  if (there.account === context.account) {
    const message = 'Your previous request to create the named bucket succeeded and you already own it.';
    return new AwsError('BucketAlreadyOwnedByYou', message, 409, { BucketName: there.name });
  }
  const message =
    'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.';
  return new AwsError('BucketAlreadyExists', message, 409, { BucketName: there.name });
}

/** Amazon S3 User Guide, "General purpose bucket naming rules". */
function refuseName(name: string): void {
  const wellFormed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..') && isIP(name) === 0;
  const reserved = /^(xn--|sthree-|amzn-s3-demo-)/.test(name) || /(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name);
  if (!wellFormed || reserved) throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: name });
}

/** Outside us-east-1 the constraint must name the region of the endpoint ("CreateBucket", errors). */
function refuseLocation(constraint: string | undefined, region: string): void {
  if (region === 'us-east-1') {
    if (constraint === undefined || constraint === '') return;
    throw new AwsError('InvalidLocationConstraint', 'The specified location-constraint is not valid', 400, {
      LocationConstraint: constraint,
    });
  }
  if (constraint === region) return;
  const said = constraint === undefined || constraint === '' ? 'unspecified' : constraint;
  throw new AwsError(
    'IllegalLocationConstraintException',
    `The ${said} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    400,
  );
}
