import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, DisableKeyCommand, EnableKeyCommand, KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCloudFormation } from '../cloudformation/cloudformation-service.ts';
import { createS3 } from '../s3/s3-service.ts';
import { createSts } from '../sts/sts-service.ts';
import { createKms } from './kms-service.ts';

const OTHER = '222222222222';
const Bucket = 'sealed-artifacts';
let cloud: TestCloud;
let administrator: S3Client;
let kms: KMSClient;
let keyArn = '';

const trust = (principal: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }] });
const allow = (Action: string[], Resource: string[], more: object = {}) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource, ...more }] });

async function role(account: string, RoleName: string): Promise<{ iam: IAMClient; s3: S3Client; kms: KMSClient }> {
  const credentials = { accessKeyId: account, secretAccessKey: 'any' };
  const iam = new IAMClient({ ...cloud.client, credentials });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(account) }));
  const sts = new STSClient({ ...cloud.client, credentials });
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/${RoleName}`, RoleSessionName: 'test' }),
  );
  const session = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  return {
    iam,
    s3: new S3Client({ ...cloud.client, credentials: session }),
    kms: new KMSClient({ ...cloud.client, credentials: session }),
  };
}

/** A policy for the key that hands the decision to its account and allows `statements` besides. */
async function putKeyPolicy(...statements: object[]): Promise<void> {
  const own = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [own, ...statements] });
  await kms.send(new PutKeyPolicyCommand({ KeyId: keyArn, PolicyName: 'default', Policy }));
}

beforeAll(async () => {
  cloud = await startTestCloud([createSts, createS3, createKms, createCloudFormation]);
  administrator = new S3Client(cloud.client);
  kms = new KMSClient(cloud.client);
  const cloudformation = new CloudFormationClient(cloud.client);
  const Key = {
    Type: 'AWS::KMS::Key',
    Properties: {
      EnableKeyRotation: true,
      PendingWindowInDays: 7,
      KeyPolicy: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: { 'Fn::Join': ['', ['arn:aws:iam::', { Ref: 'AWS::AccountId' }, ':root']] } },
            Action: 'kms:*',
            Resource: '*',
          },
        ],
        Version: '2012-10-17',
      },
    },
  };
  const rule = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': ['Key', 'Arn'] } };
  const TemplateBody = JSON.stringify({
    Resources: {
      Key,
      Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/sealed', TargetKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } } },
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          BucketName: Bucket,
          BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: rule }] },
        },
      },
      Policy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: { Ref: 'Bucket' },
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { AWS: OTHER }, Action: 's3:*', Resource: `arn:aws:s3:::${Bucket}/*` }],
          },
        },
      },
    },
  });
  await cloudformation.send(new CreateStackCommand({ StackName: 'sealed', TemplateBody }));
  await vi.waitFor(async () => {
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: 'sealed' }));
    expect(Stacks?.[0]?.StackStatus).toBe('CREATE_COMPLETE');
  });
  keyArn = (await kms.send(new DescribeKeyCommand({ KeyId: 'alias/sealed' }))).KeyMetadata?.Arn ?? '';
});

afterAll(() => cloud.stop());
beforeEach(() => putKeyPolicy());

it('puts under the key of the bucket or of the request, and says so', async () => {
  const put = await administrator.send(new PutObjectCommand({ Bucket, Key: 'by-default', Body: 'x' }));
  expect(put).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn });
  const head = await administrator.send(new HeadObjectCommand({ Bucket, Key: 'by-default' }));
  expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn });
  const named = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/sealed' } as const;
  expect(await administrator.send(new PutObjectCommand({ Bucket, Key: 'named', Body: 'x', ...named }))).toMatchObject({
    SSEKMSKeyId: keyArn,
  });
  const aws = await administrator.send(new PutObjectCommand({ Bucket, Key: 'of-aws', Body: 'x', ServerSideEncryption: 'aws:kms' }));
  expect(aws.SSEKMSKeyId).toBeUndefined();
  await expect(administrator.send(new PutObjectCommand({ Bucket, Key: 'x', SSEKMSKeyId: keyArn }))).rejects.toMatchObject({
    name: 'InvalidArgument',
  });
  await expect(
    administrator.send(new PutObjectCommand({ Bucket, Key: 'x', ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'absent' })),
  ).rejects.toMatchObject({ name: 'KMS.NotFoundException' });
});

it('asks GenerateDataKey of the putter and Decrypt of the reader, in the same account', async () => {
  const { iam, s3, kms: direct } = await role(ACCOUNT, 'worker');
  const grant = (actions: string[], more: object = {}) =>
    iam.send(
      new PutRolePolicyCommand({
        RoleName: 'worker',
        PolicyName: 'use',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 's3:*', Resource: '*' },
            ...(actions.length === 0 ? [] : [{ Effect: 'Allow', Action: actions, Resource: keyArn, ...more }]),
          ],
        }),
      }),
    );
  const put = () => s3.send(new PutObjectCommand({ Bucket, Key: 'mine', Body: 'x' }));
  const get = () => s3.send(new GetObjectCommand({ Bucket, Key: 'mine' }));

  await grant([]);
  await expect(put()).rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringContaining('kms:GenerateDataKey on resource') });
  await grant(['kms:GenerateDataKey*']);
  await put();
  await s3.send(new HeadObjectCommand({ Bucket, Key: 'mine' }));
  await expect(get()).rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringContaining('kms:Decrypt on resource') });
  await expect(s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }))).rejects.toThrow('kms:Decrypt');
  await expect(s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/mine` }))).rejects.toThrow('kms:Decrypt');
  await grant(['kms:Decrypt'], { Condition: { StringEquals: { 'kms:ViaService': `s3.${REGION}.amazonaws.com` } } });
  await get();
  await expect(direct.send(new DescribeKeyCommand({ KeyId: keyArn }))).rejects.toThrow('kms:DescribeKey');
  await expect(put()).rejects.toThrow('kms:GenerateDataKey');

  // No policy of the role's own helps where the key's own names somebody else alone.
  await grant(['kms:*']);
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: ['kms:PutKeyPolicy'], Resource: '*' }],
  });
  await kms.send(new PutKeyPolicyCommand({ KeyId: keyArn, Policy }));
  await expect(get()).rejects.toThrow('no resource-based policy allows the kms:Decrypt action');
});

it('needs both the key policy and the role of another account', async () => {
  const { iam, s3 } = await role(OTHER, 'reader');
  const roleArn = `arn:aws:iam::${OTHER}:role/reader`;
  await administrator.send(new PutObjectCommand({ Bucket, Key: 'theirs', Body: 'x' }));
  const grant = (actions: string[]) =>
    iam.send(new PutRolePolicyCommand({ RoleName: 'reader', PolicyName: 'use', PolicyDocument: allow(actions, ['*']) }));
  const get = () => s3.send(new GetObjectCommand({ Bucket, Key: 'theirs' }));
  const named = { Effect: 'Allow', Principal: { AWS: roleArn }, Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: '*' };

  await grant(['s3:*', 'kms:*']);
  await expect(get()).rejects.toThrow('no resource-based policy allows the kms:Decrypt action');
  await putKeyPolicy(named);
  await get();
  await grant(['s3:*']);
  await expect(get()).rejects.toThrow('no identity-based policy allows the kms:Decrypt action');
});

it('refuses a disabled key as S3 words it, and keeps key and object over a restart', async () => {
  await administrator.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'kept' }));
  await kms.send(new DisableKeyCommand({ KeyId: keyArn }));
  await expect(administrator.send(new GetObjectCommand({ Bucket, Key: 'kept' }))).rejects.toMatchObject({ name: 'KMS.DisabledException' });
  await kms.send(new EnableKeyCommand({ KeyId: keyArn }));
  cloud = await cloud.restart();
  administrator = new S3Client(cloud.client);
  kms = new KMSClient(cloud.client);
  const { Body, SSEKMSKeyId } = await administrator.send(new GetObjectCommand({ Bucket, Key: 'kept' }));
  expect([await Body?.transformToString(), SSEKMSKeyId]).toEqual(['kept', keyArn]);
});
