import { setting } from '@enstratus/platform/cdk';
import type { IConstruct } from 'constructs';
import { z } from 'zod';

/** Under which name of one's own the dashboard is reached, and the certificate for it. */
export interface SiteDomain {
  readonly domainName: string;
  readonly certificateArn: string;
}

const domainName = z
  .string({ error: 'pass a domain name such as -c siteDomain=dashboard.example.com' })
  .regex(
    /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'must be a domain name in lower case without scheme and path, such as dashboard.example.com',
  )
  .optional();

const certificateArn = z
  .string({ error: "pass the certificate's ARN" })
  .regex(
    /^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]+$/,
    "must be the ARN of a certificate in AWS Certificate Manager's region us-east-1: CloudFront takes them from there alone",
  )
  .optional();

/**
 * The context `siteDomain` and `siteCertificateArn`: both, or neither for a name that CloudFront gives. Throws an Error that says what is missing or wrong.
 */
export function siteDomain(scope: IConstruct): SiteDomain | undefined {
  const name = setting(scope, 'siteDomain', domainName);
  const certificate = setting(scope, 'siteCertificateArn', certificateArn);
  if (name === undefined && certificate === undefined) return undefined;
  if (certificate === undefined)
    throw new Error('The context siteDomain needs siteCertificateArn beside it: the certificate for that name, in us-east-1');
  if (name === undefined)
    throw new Error('The context siteCertificateArn needs siteDomain beside it: the name that the certificate is for');
  return { domainName: name, certificateArn: certificate };
}
