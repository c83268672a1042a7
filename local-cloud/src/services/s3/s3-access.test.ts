import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ACCOUNT, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { assumeRole } from '../iam/role-sessions.ts';
import { createS3 } from './s3-service.ts';

const OTHER = '444455556666';
let test: TestCloud;
let owner: S3Client;
let stranger: S3Client;
let Bucket: string;
let count = 0;

beforeAll(async () => {
  test = await startTestCloud([createS3]);
  owner = new S3Client(test.client);
  stranger = new S3Client({ ...test.client, credentials: { accessKeyId: OTHER, secretAccessKey: 'any' } });
});
afterAll(() => test.stop());

beforeEach(async () => {
  Bucket = `bucket-${++count}`;
  await owner.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } }));
  await owner.send(new PutObjectCommand({ Bucket, Key: 'there', Body: 'content', Tagging: 'a=1' }));
});

/** A client of a role that may do exactly this. */
async function roleWith(...statements: { Action: string | string[]; Resource: string; Condition?: object }[]): Promise<S3Client> {
  const RoleName = `role-${++count}`;
  const call = (operation: string, input: object) => test.cloud.call('iam', operation, { RoleName, ...input }, test.caller());
  const trust = [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }];
  await call('CreateRole', { AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: trust }) });
  const Statement = statements.map((statement) => ({ Effect: 'Allow', ...statement }));
  await call('PutRolePolicy', { PolicyName: 'only', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }) });
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
  const credentials = assumeRole(test.cloud, { roleArn, sessionName: 's', servicePrincipal: 'lambda.amazonaws.com' });
  return new S3Client({ ...test.client, credentials });
}

const arn = (key = '') => `arn:aws:s3:::${Bucket}${key === '' ? '' : `/${key}`}`;
const get = (client: S3Client, Key = 'there', more: object = {}) => client.send(new GetObjectCommand({ Bucket, Key, ...more }));
const DENIED = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
const policy = (...statements: object[]) =>
  owner.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }) }));

it('tells a missing key only to those who may list', async () => {
  const reader = await roleWith({ Action: 's3:GetObject', Resource: arn('*') });
  await expect(get(reader)).resolves.toBeDefined();
  await expect(get(reader, 'missing')).rejects.toMatchObject(DENIED);
  const lister = await roleWith({ Action: 's3:GetObject', Resource: arn('*') }, { Action: 's3:ListBucket', Resource: arn() });
  await expect(get(lister, 'missing')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

it('asks for each action by itself', async () => {
  const writer = await roleWith({ Action: 's3:PutObject', Resource: arn('in/*') });
  const put = (Key: string, more: object = {}) => writer.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }));
  await put('in/a');
  await expect(put('out/a')).rejects.toMatchObject(DENIED);
  await expect(put('in/b', { Tagging: 'a=1' })).rejects.toThrow('s3:PutObjectTagging');
  await expect(put('in/a', { IfMatch: '"x"' })).rejects.toThrow('s3:GetObject');
  await expect(writer.send(new PutObjectTaggingCommand({ Bucket, Key: 'in/a', Tagging: { TagSet: [] } }))).rejects.toThrow(
    's3:PutObjectTagging',
  );
  await expect(writer.send(new ListObjectsV2Command({ Bucket }))).rejects.toThrow('s3:ListBucket');
});

it('asks for the version actions where a version is named', async () => {
  await owner.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const reader = await roleWith({ Action: 's3:GetObject', Resource: arn('*') });
  await expect(get(reader, 'there', { VersionId: 'null' })).rejects.toThrow('s3:GetObjectVersion');
});

it('lists under the prefix that a condition allows', async () => {
  const lister = await roleWith({ Action: 's3:ListBucket', Resource: arn(), Condition: { StringLike: { 's3:prefix': ['in/*'] } } });
  await lister.send(new ListObjectsV2Command({ Bucket, Prefix: 'in/' }));
  await expect(lister.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject(DENIED);
});

it('needs both sides of a copy, and the tags when there are some', async () => {
  const copy = (client: S3Client) => client.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/there` }));
  await expect(copy(await roleWith({ Action: 's3:PutObject', Resource: arn('to') }))).rejects.toThrow('s3:GetObject');
  await expect(copy(await roleWith({ Action: 's3:GetObject', Resource: arn('there') }))).rejects.toThrow('s3:PutObject');
  const untagged = await roleWith({ Action: 's3:GetObject', Resource: arn('there') }, { Action: 's3:PutObject', Resource: arn('to') });
  await expect(copy(untagged)).rejects.toThrow('s3:GetObjectTagging');
});

it('deletes what may be deleted, and answers the rest as errors', async () => {
  const deleter = await roleWith({ Action: 's3:DeleteObject', Resource: arn('mine/*') });
  const Objects = [{ Key: 'mine/1' }, { Key: 'there' }];
  const { Deleted, Errors } = await deleter.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  expect(Deleted?.map(({ Key }) => Key)).toEqual(['mine/1']);
  expect(Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([['there', 'AccessDenied']]);
  await expect(get(owner)).resolves.toBeDefined();
});

it('lets another account in by the bucket policy only', async () => {
  await expect(get(stranger)).rejects.toMatchObject(DENIED);
  await policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OTHER}:root` }, Action: 's3:GetObject', Resource: arn('there') });
  await expect(get(stranger)).resolves.toBeDefined();
  await expect(stranger.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject(DENIED);
  await expect(get(stranger, 'there', { ExpectedBucketOwner: OTHER })).rejects.toMatchObject(DENIED);
  await expect(get(owner, 'there', { ExpectedBucketOwner: ACCOUNT })).resolves.toBeDefined();
});

it('lets a denial in the bucket policy win', async () => {
  const reader = await roleWith({ Action: 's3:GetObject', Resource: arn('*') });
  await policy({
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn(), arn('*')],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  await expect(get(reader)).resolves.toBeDefined();
  await policy({ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: arn('there') });
  await expect(get(reader)).rejects.toMatchObject(DENIED);
});

it('blocks public policies until told otherwise', async () => {
  const anyone = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: arn('*') };
  await expect(policy(anyone)).rejects.toMatchObject(DENIED);
  await policy({ ...anyone, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } });
  await owner.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await policy(anyone);
  const unsigned = () => fetch(`${test.endpoint}/${Bucket}/there`);
  expect(await (await unsigned()).text()).toBe('content');
  await owner.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } }));
  expect((await unsigned()).status).toBe(403);
});

it('refuses policies that are none, or of another bucket', async () => {
  const malformed = { name: 'MalformedPolicy' };
  const elsewhere = { Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::elsewhere/*' };
  await expect(policy(elsewhere)).rejects.toMatchObject(malformed);
  await expect(policy({ ...elsewhere, Resource: arn('*'), Principal: undefined })).rejects.toMatchObject(malformed);
  await expect(owner.send(new PutBucketPolicyCommand({ Bucket, Policy: '{' }))).rejects.toMatchObject(malformed);
});
