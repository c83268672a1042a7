import { z } from 'zod';
import { cfnBoolean, cfnNumber } from '../../kernel/resource-type.ts';
import { quantified } from './distribution-config.ts';

const override = { Override: cfnBoolean };

/** Those of SecurityHeadersConfig, which can't be custom headers. */
const SECURITY_HEADERS = new Set([
  ...['content-security-policy', 'x-content-type-options', 'x-frame-options', 'referrer-policy', 'strict-transport-security'],
  'x-xss-protection',
]);

/** A header's name and value, as HTTP can carry them (RFC 9110, "Fields"). */
const customHeader = z.strictObject({
  Header: z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is no name of a header')
    .refine((name) => !SECURITY_HEADERS.has(name.toLowerCase()), 'is a security header and cannot be set as custom header'),
  Value: z.string().regex(/^[\t\x20-\x7e]*$/, 'holds what no header can'),
  ...override,
});

/** Amazon CloudFront Developer Guide, "Quotas", of response headers policies. */
const MAX_CUSTOM_HEADERS = 10;

/**
 * ResponseHeadersPolicyConfig of the Amazon CloudFront API Reference, as far as it is carried out: security headers and custom headers. The length of a
 * content security policy is checked by the operation, which has an error of its own for it.
 */
export const responseHeadersPolicyConfig = z.strictObject({
  Name: z.string().min(1).max(128),
  Comment: z.string().max(128).optional(),
  SecurityHeadersConfig: z
    .strictObject({
      ContentSecurityPolicy: z.strictObject({ ContentSecurityPolicy: customHeader.shape.Value, ...override }).optional(),
      ContentTypeOptions: z.strictObject(override).optional(),
      FrameOptions: z.strictObject({ FrameOption: z.enum(['DENY', 'SAMEORIGIN']), ...override }).optional(),
      ReferrerPolicy: z
        .strictObject({
          ReferrerPolicy: z.enum([
            ...(['no-referrer', 'no-referrer-when-downgrade', 'origin', 'origin-when-cross-origin', 'same-origin'] as const),
            ...(['strict-origin', 'strict-origin-when-cross-origin', 'unsafe-url'] as const),
          ]),
          ...override,
        })
        .optional(),
      StrictTransportSecurity: z
        .strictObject({
          AccessControlMaxAgeSec: cfnNumber,
          IncludeSubdomains: cfnBoolean.optional(),
          Preload: cfnBoolean.optional(),
          ...override,
        })
        .optional(),
    })
    .optional(),
  CustomHeadersConfig: quantified(customHeader)
    .refine(({ Quantity }) => Quantity <= MAX_CUSTOM_HEADERS, `has at most ${MAX_CUSTOM_HEADERS} headers`)
    .optional(),
});

export type ResponseHeadersPolicyConfig = z.output<typeof responseHeadersPolicyConfig>;

interface PolicyHeader {
  readonly name: string;
  readonly value: string;
  readonly override: boolean;
}

/** The headers that a policy adds, names in lower case. */
function headersOf({ SecurityHeadersConfig: security = {}, CustomHeadersConfig: custom }: ResponseHeadersPolicyConfig): PolicyHeader[] {
  const headers: PolicyHeader[] = [];
  const add = (name: string, value: string, { Override }: { Override: boolean }) => headers.push({ name, value, override: Override });
  const { ContentSecurityPolicy, ContentTypeOptions, FrameOptions, ReferrerPolicy, StrictTransportSecurity } = security;
  if (ContentSecurityPolicy) add('content-security-policy', ContentSecurityPolicy.ContentSecurityPolicy, ContentSecurityPolicy);
  if (ContentTypeOptions) add('x-content-type-options', 'nosniff', ContentTypeOptions);
  if (FrameOptions) add('x-frame-options', FrameOptions.FrameOption, FrameOptions);
  if (ReferrerPolicy) add('referrer-policy', ReferrerPolicy.ReferrerPolicy, ReferrerPolicy);
  if (StrictTransportSecurity) {
    const { AccessControlMaxAgeSec, IncludeSubdomains, Preload } = StrictTransportSecurity;
    const directives = [
      `max-age=${AccessControlMaxAgeSec}`,
      ...(IncludeSubdomains ? ['includeSubDomains'] : []),
      ...(Preload ? ['preload'] : []),
    ];
    add('strict-transport-security', directives.join('; '), StrictTransportSecurity);
  }
  for (const header of custom?.Items ?? []) add(header.Header.toLowerCase(), header.Value, header);
  return headers;
}

/**
 * The headers of an answer (names in lower case) with those of the policy. Where both have one, the policy's `Override` decides (Amazon CloudFront Developer Guide,
 * "Understand response headers policies").
 */
export function withPolicyHeaders(
  headers: Readonly<Record<string, string>>,
  policy: ResponseHeadersPolicyConfig | undefined,
): Record<string, string> {
  const result = { ...headers };
  for (const { name, value, override: wins } of policy === undefined ? [] : headersOf(policy)) {
    if (wins || result[name] === undefined) result[name] = value;
  }
  return result;
}
