import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, operation } from '../../kernel/service.ts';
import { bucketMembers, objectMembers, tagConditions, tagsOf } from './object-attributes.ts';
import type { ObjectInput, S3Store } from './s3-store.ts';

const tagging = z.strictObject({ TagSet: z.array(z.strictObject({ Key: z.string(), Value: z.string() })) });
const versionMembers = { ...objectMembers, VersionId: z.string().optional() };
type Tags = Readonly<Record<string, string>>;

export function taggingOperations(store: S3Store) {
  const access = (verb: string, input: ObjectInput, context: CallContext, tags: Tags = {}) => [
    store.onObject(
      store.bucket(input, context),
      input.Key,
      input.VersionId === undefined ? `s3:${verb}ObjectTagging` : `s3:${verb}ObjectVersionTagging`,
      context,
      { ...tagConditions(tags), ...(input.VersionId === undefined ? {} : { 's3:VersionId': input.VersionId }) },
    ),
  ];

  const change = (input: ObjectInput, context: CallContext, tags: Tags) => {
    const { bucket, version } = store.readable(input, context);
    store.of(bucket).objects.setTags(bucket.name, version.key, version.versionId, tags);
    return bucket.versioning === undefined ? {} : { VersionId: version.versionId };
  };

  return {
    PutObjectTagging: operation({
      input: z.strictObject({ ...versionMembers, Tagging: tagging }),
      authorize: (input, context) => access('Put', input, context, tagsOf(input.Tagging.TagSet)),
      run: (input, context) => change(input, context, tagsOf(input.Tagging.TagSet)),
    }),

    GetObjectTagging: operation({
      input: z.strictObject(versionMembers),
      authorize: (input, context) => access('Get', input, context),
      run: (input, context) => {
        const { bucket, version } = store.readable(input, context);
        return { TagSet: tagSet(version.tags), ...(bucket.versioning === undefined ? {} : { VersionId: version.versionId }) };
      },
    }),

    DeleteObjectTagging: operation({
      input: z.strictObject(versionMembers),
      authorize: (input, context) => access('Delete', input, context),
      run: (input, context) => change(input, context, {}),
    }),

    PutBucketTagging: operation({
      input: z.strictObject({ ...bucketMembers, Tagging: tagging }),
      authorize: (input, context) => [store.onBucket(store.bucket(input, context), 's3:PutBucketTagging', context)],
      run: (input, context) => {
        store.buckets.put({ ...store.bucket(input, context), tags: tagsOf(input.Tagging.TagSet, 50) });
        return {};
      },
    }),

    GetBucketTagging: operation({
      input: z.strictObject(bucketMembers),
      authorize: (input, context) => [store.onBucket(store.bucket(input, context), 's3:GetBucketTagging', context)],
      run: (input, context) => {
        const { name, tags } = store.bucket(input, context);
        if (Object.keys(tags).length === 0) throw new AwsError('NoSuchTagSet', 'The TagSet does not exist', 404, { BucketName: name });
        return { TagSet: tagSet(tags) };
      },
    }),

    DeleteBucketTagging: operation({
      input: z.strictObject(bucketMembers),
      authorize: (input, context) => [store.onBucket(store.bucket(input, context), 's3:PutBucketTagging', context)],
      run: (input, context) => {
        store.buckets.put({ ...store.bucket(input, context), tags: {} });
        return {};
      },
    }),
  };
}

function tagSet(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
