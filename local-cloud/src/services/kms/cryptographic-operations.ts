import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, operation } from '../../kernel/service.ts';
import { decrypt, encrypt, keyArnOf } from './ciphertext.ts';
import { assertUsable, findKey } from './find-key.ts';
import { onKey } from './key-access.ts';

/** Bytes, or Base64 text as they come over the wire. */
const blob = z.union([z.instanceof(Uint8Array), z.base64().transform((text) => Buffer.from(text, 'base64'))]);
const encryptionContext = z.record(z.string(), z.string()).default({});
const algorithm = z.literal('SYMMETRIC_DEFAULT').optional();

/** KMS API Reference, "Encrypt": up to 4,096 bytes. */
const MAX_PLAINTEXT_BYTES = 4096;
const MAX_DATA_KEY_BYTES = 1024;

/** What keys are for. */
export function cryptographicOperations() {
  const usable = (name: string, context: CallContext) => {
    const key = findKey(context.cloud, name, context);
    assertUsable(key);
    return key;
  };
  const on = (action: string) => (input: { readonly KeyId: string }, context: CallContext) => [
    onKey(findKey(context.cloud, input.KeyId, context), action, context),
  ];

  return {
    GenerateDataKey: operation({
      input: z.strictObject({
        KeyId: z.string().min(1),
        KeySpec: z.enum(['AES_256', 'AES_128']).optional(),
        NumberOfBytes: z.number().int().min(1).max(MAX_DATA_KEY_BYTES).optional(),
        EncryptionContext: encryptionContext,
      }),
      authorize: on('GenerateDataKey'),
      run: (input, context) => {
        if ((input.KeySpec === undefined) === (input.NumberOfBytes === undefined)) {
          throw new AwsError('ValidationException', 'Please specify either number of bytes or key spec.');
        }
        const key = usable(input.KeyId, context);
        const Plaintext = randomBytes(input.NumberOfBytes ?? (input.KeySpec === 'AES_128' ? 16 : 32));
        context.meter({ requests: 1 }, key.arn);
        return { Plaintext, CiphertextBlob: encrypt(key, Plaintext, input.EncryptionContext), KeyId: key.arn };
      },
    }),

    Encrypt: operation({
      input: z.strictObject({
        KeyId: z.string().min(1),
        Plaintext: blob.refine((bytes) => bytes.length >= 1 && bytes.length <= MAX_PLAINTEXT_BYTES, 'must have 1 to 4096 bytes'),
        EncryptionContext: encryptionContext,
        EncryptionAlgorithm: algorithm,
      }),
      authorize: on('Encrypt'),
      run: (input, context) => {
        const key = usable(input.KeyId, context);
        context.meter({ requests: 1 }, key.arn);
        return {
          CiphertextBlob: encrypt(key, input.Plaintext, input.EncryptionContext),
          KeyId: key.arn,
          EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        };
      },
    }),

    Decrypt: operation({
      input: z.strictObject({
        CiphertextBlob: blob,
        KeyId: z.string().optional(),
        EncryptionContext: encryptionContext,
        EncryptionAlgorithm: algorithm,
      }),
      authorize: (input, context) => [onKey(findKey(context.cloud, keyOf(input.CiphertextBlob), context), 'Decrypt', context)],
      run: (input, context) => {
        const key = usable(keyOf(input.CiphertextBlob), context);
        if (input.KeyId !== undefined && findKey(context.cloud, input.KeyId, context).arn !== key.arn) {
          throw new AwsError('IncorrectKeyException', 'The key ID in the request does not identify a CMK that can perform this operation.');
        }
        const Plaintext = decrypt(key, input.CiphertextBlob, input.EncryptionContext);
        if (Plaintext === undefined) throw invalidCiphertext();
        context.meter({ requests: 1 }, key.arn);
        return { Plaintext, KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
      },
    }),
  };
}

function keyOf(ciphertext: Uint8Array): string {
  const arn = keyArnOf(ciphertext);
  if (arn === undefined) throw invalidCiphertext();
  return arn;
}

function invalidCiphertext(): AwsError {
  return new AwsError(
    'InvalidCiphertextException',
    'The ciphertext is not valid: it was changed, or the encryption context is another one.',
  );
}
