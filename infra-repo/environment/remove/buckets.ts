import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  paginateListBuckets,
  type S3Client,
} from '@aws-sdk/client-s3';
import { stackPrefix } from '../stacks.ts';
import type { LeftoverKind } from './leftover.ts';

/** The buckets that stacks have named after themselves. */
export const buckets = bucketsBy((name) => name.startsWith(`${stackPrefix.toLowerCase()}`));

/** The bucket of assets that the bootstrap makes and retains: `cdk-hnb659fds-assets-<account>-<region>`, by its default qualifier. */
export const assetBuckets = bucketsBy((name) => name.startsWith('cdk-hnb659fds-assets-'));

function bucketsBy(isOurs: (name: string) => boolean): LeftoverKind {
  return {
    kind: 'bucket',
    type: 'AWS::S3::Bucket',
    async list({ s3, region }) {
      const found: { name: string }[] = [];
      for await (const { Buckets = [] } of paginateListBuckets({ client: s3 }, { BucketRegion: region }))
        for (const { Name: name = '' } of Buckets) if (isOurs(name)) found.push({ name });
      return found;
    },
    async remove({ name: Bucket }, { s3 }) {
      await emptyBucket(s3, Bucket);
      await s3.send(new DeleteBucketCommand({ Bucket }));
    },
  };
}

/** Deletes every version of every object, and the marks of those that were deleted, a thousand a call. Throws an Error that names an object that stays. */
async function emptyBucket(s3: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key = '', VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) return;
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    const [first] = Errors;
    if (first !== undefined) throw new Error(`${Errors.length} objects of ${Bucket} stay, such as ${first.Key}: ${first.Message}`);
  }
}
