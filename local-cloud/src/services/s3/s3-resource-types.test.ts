import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ResourceContext, ResourceType } from '../../kernel/resource-type.ts';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createS3 } from './s3-service.ts';

let test: TestCloud;
let s3: S3Client;
let context: ResourceContext;

beforeAll(async () => {
  test = await startTestCloud([createS3]);
  s3 = new S3Client(test.client);
  context = {
    ...test.caller(),
    stackName: 'Stack',
    stackId: 'arn:aws:cloudformation:us-east-2:111122223333:stack/Stack/1',
    logicalId: 'Archive',
    endpoint: test.endpoint,
    stackTags: { 'aws:cloudformation:stack-name': 'Stack' },
    call: (service, operation, input) => test.cloud.call(service, operation, input, test.caller()),
    uniqueName: ({ lowerCase, maxLength = 255 } = {}) => {
      const name = 'Stack-Archive-ABC'.slice(0, maxLength);
      return lowerCase ? name.toLowerCase() : name;
    },
  };
});
afterAll(() => test.stop());

/** The handlers as the engine calls them: with parsed properties. */
function handlers(type: string) {
  const found = test.cloud.service('s3')?.resourceTypes?.find((one) => one.type === type) as unknown as ResourceType<unknown>;
  return {
    create: (properties: unknown) => found.create(found.properties.parse(properties), context),
    update: (id: string, properties: unknown, previous: unknown) =>
      found.update?.(id, found.properties.parse(properties), found.properties.parse(previous), context),
    delete: (id: string, properties: unknown) => found.delete(id, found.properties.parse(properties), context),
  };
}

const BLOCKED = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true };
const properties = {
  AccessControl: 'Private',
  BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] },
  PublicAccessBlockConfiguration: BLOCKED,
  VersioningConfiguration: { Status: 'Enabled' },
  LifecycleConfiguration: {
    Rules: [
      { Id: 'CleanupOldVersions', Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: '30' } },
      {
        Id: 'archive',
        Status: 'Enabled',
        Prefix: 'a/',
        TagFilters: [{ Key: 'k', Value: 'v' }],
        ExpirationInDays: 400,
        Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 1 }],
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
    ],
  },
};

it('makes a bucket as its properties say, changes it and deletes it', async () => {
  const { create, update, delete: remove } = handlers('AWS::S3::Bucket');
  const { physicalId: Bucket, attributes } = await create(properties);
  expect(Bucket).toBe('stack-archive-abc');
  expect(attributes).toEqual({
    Arn: 'arn:aws:s3:::stack-archive-abc',
    DomainName: 'stack-archive-abc.s3.amazonaws.com',
    DualStackDomainName: 'stack-archive-abc.s3.dualstack.us-east-2.amazonaws.com',
    RegionalDomainName: 'stack-archive-abc.s3.us-east-2.amazonaws.com',
    WebsiteURL: 'http://stack-archive-abc.s3-website.us-east-2.amazonaws.com',
  });
  const encryption = async () =>
    (await s3.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules?.[0]
      ?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
  expect(await encryption()).toBe('aws:kms');
  expect((await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration).toEqual(BLOCKED);
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
  expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual([
    { Key: 'aws:cloudformation:stack-name', Value: 'Stack' },
  ]);
  expect((await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules).toEqual([
    { ID: 'CleanupOldVersions', Status: 'Enabled', Filter: { Prefix: '' }, NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
    {
      ID: 'archive',
      Status: 'Enabled',
      Filter: { And: { Prefix: 'a/', Tags: [{ Key: 'k', Value: 'v' }] } },
      Expiration: { Days: 400 },
      Transitions: [{ Days: 1, StorageClass: 'GLACIER_IR' }],
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    },
  ]);

  await update(Bucket, { Tags: [{ Key: 'own', Value: '1' }] }, properties);
  expect(await encryption()).toBe('AES256');
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Suspended');
  await expect(s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NoSuchLifecycleConfiguration',
  });
  expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toHaveLength(2);

  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  await expect(remove(Bucket, {})).rejects.toMatchObject({ code: 'BucketNotEmpty' });
});

it('leaves no bucket behind when a property is refused', async () => {
  const twice = { Rules: [1, 2].map(() => ({ Id: 'same', Status: 'Enabled', ExpirationInDays: 1 })) };
  await expect(handlers('AWS::S3::Bucket').create({ BucketName: 'refused', LifecycleConfiguration: twice })).rejects.toThrow('unique');
  await expect(s3.send(new HeadBucketCommand({ Bucket: 'refused' }))).rejects.toMatchObject({ name: 'NotFound' });
});

it('refuses properties that have no place here', () => {
  expect(() => handlers('AWS::S3::Bucket').create({ WebsiteConfiguration: {} })).toThrow('WebsiteConfiguration');
  const dual = [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms:dsse' } }];
  expect(() => handlers('AWS::S3::Bucket').create({ BucketEncryption: { ServerSideEncryptionConfiguration: dual } })).toThrow(
    'SSEAlgorithm',
  );
});

it('puts and removes a bucket policy', async () => {
  const { create, delete: remove } = handlers('AWS::S3::BucketPolicy');
  const { physicalId: Bucket } = await handlers('AWS::S3::Bucket').create({ BucketName: 'with-policy' });
  const PolicyDocument = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: 'arn:aws:s3:::with-policy/*' }],
  };
  expect(await create({ Bucket, PolicyDocument })).toEqual({ physicalId: Bucket, attributes: {} });
  expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(JSON.stringify(PolicyDocument));
  await remove(Bucket, { Bucket, PolicyDocument });
  await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
  await handlers('AWS::S3::Bucket').delete(Bucket, {});
  await handlers('AWS::S3::Bucket').delete(Bucket, {});
  await remove(Bucket, { Bucket, PolicyDocument });
});
