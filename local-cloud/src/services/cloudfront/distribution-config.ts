import { type ZodType, z } from 'zod';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { cfnBoolean, cfnNumber } from '../../kernel/resource-type.ts';

/** A list as CloudFront's API writes it: `Quantity` beside `Items`. */
export function quantified<T>(item: ZodType<T>) {
  return z
    .strictObject({ Quantity: cfnNumber, Items: z.array(item).optional() })
    .refine(({ Quantity, Items = [] }) => Quantity === Items.length, 'Quantity is not the number of Items');
}

export interface Quantified<T> {
  readonly Quantity: number;
  readonly Items?: readonly T[] | undefined;
}

export function quantify<T>(items: readonly T[]): { Quantity: number; Items: T[] } {
  return { Quantity: items.length, Items: [...items] };
}

/** Only reading is carried out: to OPTIONS a bucket answers by its CORS rules, which S3 refuses here. */
const readMethod = z.string().transform((method): 'GET' | 'HEAD' => {
  if (method === 'GET' || method === 'HEAD') return method;
  throw new NotCarriedOut(`the method "${method}" of a CloudFront cache behavior`);
});

const functionAssociation = z.strictObject({
  FunctionARN: z.string().regex(/^arn:aws:cloudfront::\d{12}:function\/[a-zA-Z0-9_-]{1,64}$/, 'is no ARN of a CloudFront function'),
  EventType: z.enum(['viewer-request', 'viewer-response']).transform((type): 'viewer-request' => {
    if (type === 'viewer-request') return type;
    throw new NotCarriedOut('viewer-response functions of CloudFront');
  }),
});

const behavior = {
  TargetOriginId: z.string().min(1),
  /** Loopback stands for TLS: each of them is met. */
  ViewerProtocolPolicy: z.enum(['allow-all', 'https-only', 'redirect-to-https']),
  AllowedMethods: z
    .strictObject({ Quantity: cfnNumber, Items: z.array(readMethod), CachedMethods: quantified(readMethod).optional() })
    .optional(),
  CachePolicyId: z.string(),
  Compress: cfnBoolean.optional(),
  FunctionAssociations: quantified(functionAssociation).optional(),
  ResponseHeadersPolicyId: z.string().optional(),
};

const s3Domain = /^(?<bucket>.+)\.s3(?:\.(?<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com$/;

const origin = z.strictObject({
  Id: z.string().min(1),
  DomainName: z.string().transform((name) => {
    if (!s3Domain.test(name)) throw new NotCarriedOut(`the CloudFront origin "${name}": only S3 buckets`);
    return name;
  }),
  OriginPath: z
    .string()
    .regex(/^(\/.*[^/])?$/, 'begins with a slash and does not end with one')
    .optional(),
  S3OriginConfig: z.strictObject({ OriginAccessIdentity: z.literal('') }),
  OriginAccessControlId: z.string().min(1),
});

/**
 * DistributionConfig of the Amazon CloudFront API Reference, as far as it is carried out: one S3 origin or several, each read with origin access control.
 * Aliases, certificate, HTTP version and price class are kept and have no effect (LIMITS.md).
 */
export const distributionConfig = z.strictObject({
  CallerReference: z.string().min(1),
  Aliases: quantified(z.string()).optional(),
  DefaultRootObject: z.string().max(255).regex(/^[^/]/, 'does not begin with a slash').or(z.literal('')).optional(),
  Origins: quantified(origin).refine(({ Quantity }) => Quantity > 0, 'needs one at least'),
  DefaultCacheBehavior: z.strictObject(behavior),
  CacheBehaviors: quantified(z.strictObject({ PathPattern: z.string().min(1).max(255), ...behavior })).optional(),
  Comment: z.string().max(128),
  PriceClass: z.enum(['PriceClass_100', 'PriceClass_200', 'PriceClass_All', 'None']).optional(),
  Enabled: cfnBoolean,
  ViewerCertificate: z
    .strictObject({
      CloudFrontDefaultCertificate: cfnBoolean.optional(),
      ACMCertificateArn: z.string().optional(),
      SSLSupportMethod: z.literal('sni-only').optional(),
      MinimumProtocolVersion: z.string().optional(),
    })
    .optional(),
  HttpVersion: z.enum(['http1.1', 'http2', 'http3', 'http2and3']).optional(),
  IsIPV6Enabled: cfnBoolean.optional(),
});

export type DistributionConfig = z.output<typeof distributionConfig>;
export type CacheBehavior = DistributionConfig['DefaultCacheBehavior'];
export type Origin = NonNullable<DistributionConfig['Origins']['Items']>[number];

/** Every behavior of a distribution, the default one last, which takes what no pattern does. */
export function behaviorsOf(config: DistributionConfig): (CacheBehavior & { readonly PathPattern: string })[] {
  return [...(config.CacheBehaviors?.Items ?? []), { PathPattern: '*', ...config.DefaultCacheBehavior }];
}

/** The bucket that an origin's domain name names, and its region where the name has it. */
export function bucketOf({ DomainName }: Origin): { bucket: string; region: string } {
  const { bucket = '', region = 'us-east-1' } = s3Domain.exec(DomainName)?.groups ?? {};
  return { bucket, region };
}
