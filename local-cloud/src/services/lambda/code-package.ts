import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fromBuffer, type ZipFile } from 'yauzl';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { CallContext } from '../../kernel/service.ts';
import type { FunctionCode } from './function-record.ts';

/** Lambda Developer Guide, "Lambda quotas": deployment package 50 MB zipped when sent directly, 250 MB unzipped. */
const MAX_DIRECT_BYTES = 50 * 1024 * 1024;
const MAX_UNZIPPED_BYTES = 250 * 1024 * 1024;
const SYMBOLIC_LINK = 0o120000;

/** Where a deployment package comes from, as CreateFunction and UpdateFunctionCode name it. */
export interface CodeSource {
  readonly S3Bucket?: string | undefined;
  readonly S3Key?: string | undefined;
  /** The zip file: bytes, or Base64 text as it comes over the wire. */
  readonly ZipFile?: string | Uint8Array | undefined;
}

/**
 * Fetches a deployment package with the caller's rights and unzips it below `codeDirectory`, once for each content.
 * Throws InvalidParameterValueException for what is no zip file or isn't there, AccessDeniedException as Lambda words it.
 */
export async function installCode(source: CodeSource, codeDirectory: string, context: CallContext): Promise<FunctionCode> {
  const zip = await fetchZip(source, context);
  const digest = createHash('sha256').update(zip).digest();
  const folder = digest.toString('hex').slice(0, 40);
  const target = join(codeDirectory, folder);
  if (!existsSync(target)) {
    const unfinished = `${target}.${randomBytes(4).toString('hex')}`;
    try {
      await unzip(zip, unfinished);
      await rename(unfinished, target);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    }
  }
  return { sha256: digest.toString('base64'), folder, size_bytes: zip.length };
}

async function fetchZip(source: CodeSource, context: CallContext): Promise<Buffer> {
  const { S3Bucket, S3Key, ZipFile } = source;
  if (ZipFile !== undefined) {
    if (S3Bucket !== undefined || S3Key !== undefined) {
      throw new AwsError('InvalidParameterValueException', 'Please do not provide other FunctionCode parameters when providing a ZipFile.');
    }
    const zip = typeof ZipFile === 'string' ? Buffer.from(ZipFile, 'base64') : Buffer.from(ZipFile);
    if (zip.length > MAX_DIRECT_BYTES) {
      throw new AwsError(
        'RequestEntityTooLargeException',
        `Request must be smaller than ${MAX_DIRECT_BYTES} bytes for the CreateFunction operation`,
        413,
      );
    }
    return zip;
  }
  if (S3Bucket === undefined || S3Key === undefined) {
    throw new AwsError('InvalidParameterValueException', 'Please provide a source for function code.');
  }
  try {
    const object = await context.cloud.call<{ Body: Uint8Array }>('s3', 'GetObject', { Bucket: S3Bucket, Key: S3Key }, context);
    return Buffer.from(object.Body);
  } catch (error) {
    if (!(error instanceof AwsError) || error instanceof NotCarriedOut) throw error;
    if (error.httpStatus === 403) {
      throw new AwsError(
        'AccessDeniedException',
        `Your access has been denied by S3, please make sure your request credentials have permission to GetObject for ${S3Bucket}/${S3Key}. S3 Error Code: AccessDenied. S3 Error Message: ${error.message}`,
        403,
      );
    }
    throw new AwsError(
      'InvalidParameterValueException',
      `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`,
    );
  }
}

async function unzip(zip: Buffer, directory: string): Promise<void> {
  let file: ZipFile;
  try {
    file = await new Promise((resolve, reject) => {
      fromBuffer(zip, { lazyEntries: true }, (error, opened) => (error ? reject(error) : resolve(opened)));
    });
  } catch {
    throw new AwsError(
      'InvalidParameterValueException',
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
    );
  }
  let unzipped = 0;
  await mkdir(directory, { recursive: true });
  await new Promise<void>((resolve, reject) => {
    file.once('error', reject);
    file.once('end', resolve);
    file.on('entry', (entry) => {
      const work = async () => {
        if (entry.fileName.endsWith('/')) {
          await mkdir(join(directory, entry.fileName), { recursive: true });
        } else {
          if (((entry.externalFileAttributes >>> 16) & 0o170000) === SYMBOLIC_LINK) {
            throw new NotCarriedOut('symbolic links in a deployment package of lambda:CreateFunction');
          }
          unzipped += entry.uncompressedSize;
          if (unzipped > MAX_UNZIPPED_BYTES) {
            throw new AwsError('InvalidParameterValueException', `Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes`);
          }
          const path = join(directory, entry.fileName);
          await mkdir(dirname(path), { recursive: true });
          await writeFile(path, await content(file, entry));
        }
        file.readEntry();
      };
      work().catch(reject);
    });
    file.readEntry();
  });
}

function content(file: ZipFile, entry: Parameters<ZipFile['openReadStream']>[0]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    file.openReadStream(entry, (error, stream) => {
      if (error) return reject(error);
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('end', () => resolve(Buffer.concat(chunks)));
      stream.once('error', reject);
    });
  });
}
