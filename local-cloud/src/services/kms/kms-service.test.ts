import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListAliasesCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { decrypt, encrypt, keyArnOf } from './ciphertext.ts';
import { createKms } from './kms-service.ts';

let now = Date.parse('2026-11-22T10:00:00Z');
let cloud: TestCloud;
let kms: KMSClient;

beforeAll(async () => {
  cloud = await startTestCloud([createKms], { clock: () => now });
  kms = new KMSClient(cloud.client);
});

afterAll(async () => {
  kms.destroy();
  await cloud.stop();
});

async function newKey(Description = 'artifacts') {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description }));
  return { KeyId: KeyMetadata?.KeyId ?? '', Arn: KeyMetadata?.Arn ?? '' };
}

it('makes a key with the default policy, found by id, ARN and alias', async () => {
  const { KeyId, Arn } = await newKey();
  expect(Arn).toBe(`arn:aws:kms:${REGION}:${ACCOUNT}:key/${KeyId}`);
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/found', TargetKeyId: KeyId }));
  for (const name of [KeyId, Arn, 'alias/found', `arn:aws:kms:${REGION}:${ACCOUNT}:alias/found`]) {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: name }));
    expect(KeyMetadata).toMatchObject({ KeyId, Arn, Description: 'artifacts', KeyState: 'Enabled', KeyManager: 'CUSTOMER' });
  }
  const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
  expect(JSON.parse(Policy ?? '')).toMatchObject({ Statement: [{ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*' }] });
  const { Aliases } = await kms.send(new ListAliasesCommand({ KeyId }));
  expect(Aliases?.map(({ AliasName }) => AliasName)).toEqual(['alias/found']);
  await kms.send(new DeleteAliasCommand({ AliasName: 'alias/found' }));
  await expect(kms.send(new DescribeKeyCommand({ KeyId: 'alias/found' }))).rejects.toMatchObject({ name: 'NotFoundException' });
});

it('encrypts and decrypts, each blob with its encryption context', async () => {
  const { KeyId, Arn } = await newKey();
  const Plaintext = Buffer.from('secret');
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext: { a: '1' } }));
  const opened = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { a: '1' } }));
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('secret');
  expect(opened.KeyId).toBe(Arn);
  await expect(kms.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  const other = await newKey();
  await expect(kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { a: '1' }, KeyId: other.KeyId }))).rejects.toMatchObject({
    name: 'IncorrectKeyException',
  });

  const dataKey = await kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
  expect(dataKey.Plaintext).toHaveLength(32);
  const again = await kms.send(new DecryptCommand({ CiphertextBlob: dataKey.CiphertextBlob }));
  expect(again.Plaintext).toEqual(dataKey.Plaintext);
});

it('refuses a key that waits for its deletion, brings it back disabled, and forgets it when the window is over', async () => {
  const { KeyId } = await newKey();
  const scheduled = await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  expect(scheduled).toMatchObject({ KeyState: 'PendingDeletion', DeletionDate: new Date(now + 7 * 24 * 3600 * 1000) });
  const use = () => kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
  await expect(use()).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
  await kms.send(new CancelKeyDeletionCommand({ KeyId }));
  await expect(use()).rejects.toMatchObject({ name: 'DisabledException' });
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  now += 8 * 24 * 3600 * 1000;
  await expect(kms.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({ name: 'NotFoundException' });
});

it('tells whether a key is rotated', async () => {
  const { KeyId } = await newKey();
  await kms.send(new EnableKeyRotationCommand({ KeyId }));
  const { KeyRotationEnabled, RotationPeriodInDays } = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
  expect({ KeyRotationEnabled, RotationPeriodInDays }).toEqual({ KeyRotationEnabled: true, RotationPeriodInDays: 365 });
});

it('refuses a key policy with a role that is not there, and names what it does not carry out', async () => {
  const Policy = (AWS: string) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'kms:Decrypt', Resource: '*' }] });
  await expect(kms.send(new CreateKeyCommand({ Policy: Policy('arn:aws:iam::222222222222:role/absent') }))).rejects.toMatchObject({
    name: 'MalformedPolicyDocumentException',
    message: expect.stringContaining('role/absent'),
  });
  await expect(kms.send(new CreateKeyCommand({ KeySpec: 'RSA_2048' }))).rejects.toThrow('SYMMETRIC_DEFAULT');
  await expect(kms.send(new CreateKeyCommand({ CustomKeyStoreId: 'x' }))).rejects.toThrow('"CustomKeyStoreId" of kms:CreateKey');
});

it('brings back whatever was encrypted, and nothing that was changed', () => {
  const key = { arn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/k`, material: Buffer.alloc(32, 7).toString('base64') };
  const asKey = key as Parameters<typeof encrypt>[0];
  fc.assert(
    fc.property(fc.uint8Array(), fc.dictionary(fc.string(), fc.string()), fc.nat(), (bytes, context, at) => {
      const blob = encrypt(asKey, bytes, context);
      expect(keyArnOf(blob)).toBe(key.arn);
      expect(decrypt(asKey, blob, context)).toEqual(Buffer.from(bytes));
      const start = 2 + key.arn.length;
      const changed = Buffer.from(blob);
      const index = start + (at % (changed.length - start));
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(decrypt(asKey, changed, context)).toBeUndefined();
    }),
  );
});
