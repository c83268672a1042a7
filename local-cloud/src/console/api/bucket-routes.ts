import { z } from 'zod';
import type { BucketList, ObjectDetail, ObjectPage, ParameterList } from '../shapes/buckets.ts';
import { route } from './route.ts';

interface Listed {
  readonly Contents?: readonly { Key: string; Size: number; LastModified: Date }[];
  readonly CommonPrefixes?: readonly { Prefix: string }[];
  readonly NextContinuationToken?: string;
}
interface ObjectAnswer {
  readonly Body: Buffer;
  readonly ContentLength: number;
  readonly ContentRange?: string;
  readonly ContentType: string;
  readonly ContentEncoding?: string;
  readonly LastModified: Date;
  readonly Metadata: Readonly<Record<string, string>>;
}
interface Parameter {
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
  readonly Version: number;
  readonly LastModifiedDate: Date;
}

/** So much of an object is shown. */
const SHOWN_BYTES = 128 * 1024;
const key = z.string().min(1).max(1024);

/** Buckets and the beginnings of their objects; parameters without secrets. */
export const bucketRoutes = [
  route({
    pattern: '/buckets',
    handle: async (look): Promise<BucketList> => {
      const { Buckets } = await look.call<{ Buckets: { Name: string; CreationDate: Date }[] }>('s3', 'ListBuckets');
      return { buckets: Buckets.map(({ Name, CreationDate }) => ({ name: Name, created_at: new Date(CreationDate).toISOString() })) };
    },
  }),
  route({
    pattern: '/buckets/:name/objects',
    query: z.strictObject({ prefix: z.string().max(1024).default(''), after: z.string().max(4096).optional() }),
    handle: async (look, { params, query }): Promise<ObjectPage> => {
      const page = await look.call<Listed>('s3', 'ListObjectsV2', {
        Bucket: params['name'],
        Prefix: query.prefix,
        Delimiter: '/',
        MaxKeys: 200,
        ...(query.after === undefined ? {} : { ContinuationToken: query.after }),
      });
      return {
        folders: (page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
        objects: (page.Contents ?? []).map(({ Key, Size, LastModified }) => ({
          key: Key,
          bytes: Size,
          modified_at: LastModified.toISOString(),
        })),
        ...(page.NextContinuationToken === undefined ? {} : { next: page.NextContinuationToken }),
      };
    },
  }),
  route({
    pattern: '/buckets/:name/object',
    query: z.strictObject({ key }),
    handle: async (look, { params, query }): Promise<ObjectDetail> => {
      const where = { Bucket: params['name'], Key: query.key };
      const { ContentLength: bytes } = await look.call<ObjectAnswer>('s3', 'HeadObject', where);
      const isCut = bytes > SHOWN_BYTES;
      const found = await look.call<ObjectAnswer>('s3', 'GetObject', {
        ...where,
        ...(isCut ? { Range: `bytes=0-${SHOWN_BYTES - 1}` } : {}),
      });
      const text = found.ContentEncoding === undefined ? textOf(found.Body, isCut) : undefined;
      return {
        key: query.key,
        bytes,
        content_type: found.ContentType,
        modified_at: found.LastModified.toISOString(),
        metadata: { ...found.Metadata },
        ...(text === undefined ? {} : { text }),
        is_cut: isCut,
      };
    },
  }),
  route({
    pattern: '/parameters',
    handle: async (look): Promise<ParameterList> => {
      const found: Parameter[] = [];
      let NextToken: string | undefined;
      do {
        const page = await look.call<{ Parameters: Omit<Parameter, 'Value'>[]; NextToken?: string }>('ssm', 'DescribeParameters', {
          NextToken,
        });
        // A SecureString isn't even asked for.
        const Names = page.Parameters.filter(({ Type }) => Type !== 'SecureString').map(({ Name }) => Name);
        const values = new Map<string, string>();
        for (let start = 0; start < Names.length; start += 10) {
          const { Parameters } = await look.call<{ Parameters: Parameter[] }>('ssm', 'GetParameters', {
            Names: Names.slice(start, start + 10),
          });
          for (const { Name, Value } of Parameters) values.set(Name, Value);
        }
        found.push(...page.Parameters.map((one) => ({ ...one, Value: values.get(one.Name) ?? '' })));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      return {
        parameters: found.map(({ Name, Type, Value, Version, LastModifiedDate }) => ({
          name: Name,
          type: Type,
          ...(Type === 'SecureString' ? {} : { value: Value }),
          version: Version,
          modified_at: new Date(LastModifiedDate).toISOString(),
        })),
      };
    },
  }),
];

/** Undefined when it isn't UTF-8. The last character may have been cut in two. */
function textOf(bytes: Buffer, isCut: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return undefined;
  }
}
