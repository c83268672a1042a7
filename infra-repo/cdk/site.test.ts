import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceApp } from '@enstratus/platform/cdk';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, it } from 'vitest';
import { InfraStack } from './infra-stack.ts';
import type { SiteDomain } from './site-domain.ts';

const outdir = mkdtempSync(join(tmpdir(), 'site-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

function synthesize(name: string, site?: SiteDomain): Template {
  const env = { account: '111122223333', region: 'us-east-2' };
  return Template.fromStack(new InfraStack(serviceApp({ outdir: join(outdir, name) }), 'EnstratusInfra', { stage: 'dev', env, site }));
}

const template = synthesize('plain');
const only = (type: string, from = template): { id: string; properties: Record<string, unknown> } => {
  const [[id, resource] = []] = Object.entries(from.findResources(type));
  if (id === undefined || resource === undefined) throw new Error(`no ${type}`);
  return { id, properties: resource['Properties'] as Record<string, unknown> };
};
const distribution = only('AWS::CloudFront::Distribution');

describe("the site's bucket", () => {
  it('is open to its distribution alone, for reading, and to nobody without TLS', () => {
    const policies = Object.values(template.findResources('AWS::S3::BucketPolicy')).map(({ Properties }) => Properties);
    const [policy] = policies.filter(({ Bucket }) => Bucket.Ref === 'SiteBucket');
    const arn = { 'Fn::GetAtt': ['SiteBucket', 'Arn'] };
    const objects = { 'Fn::Join': ['', [arn, '/*']] };
    expect(policy?.PolicyDocument.Statement).toEqual([
      {
        Action: 's3:*',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Resource: [arn, objects],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Action: 's3:GetObject',
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Resource: objects,
        Condition: {
          StringEquals: {
            'AWS:SourceArn': {
              'Fn::Join': [
                '',
                ['arn:', { Ref: 'AWS::Partition' }, ':cloudfront::', { Ref: 'AWS::AccountId' }, ':distribution/', { Ref: distribution.id }],
              ],
            },
          },
        },
      },
    ]);
  });

  it('keeps no versions: what is in it is deployed again', () => {
    expect(template.findResources('AWS::S3::Bucket')['SiteBucket']?.['Properties']).not.toHaveProperty('VersioningConfiguration');
  });
});

describe('the distribution', () => {
  it('serves the bucket by origin access control, compressed, by GET, over TLS, HTTP/2 and HTTP/3', () => {
    template.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: { OriginAccessControlOriginType: 's3', SigningBehavior: 'always', SigningProtocol: 'sigv4' },
    });
    expect(distribution.properties['DistributionConfig']).toMatchObject({
      DefaultRootObject: 'index.html',
      Enabled: true,
      HttpVersion: 'http2and3',
      PriceClass: 'PriceClass_100',
      DefaultCacheBehavior: {
        AllowedMethods: ['GET', 'HEAD'],
        // CachingOptimized: a file's own Cache-Control counts.
        CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
        Compress: true,
        ViewerProtocolPolicy: 'redirect-to-https',
        ResponseHeadersPolicyId: { Ref: only('AWS::CloudFront::ResponseHeadersPolicy').id },
        FunctionAssociations: [
          { EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': [only('AWS::CloudFront::Function').id, 'FunctionARN'] } },
        ],
      },
      Origins: [
        {
          DomainName: { 'Fn::GetAtt': ['SiteBucket', 'RegionalDomainName'] },
          OriginAccessControlId: { 'Fn::GetAtt': [only('AWS::CloudFront::OriginAccessControl').id, 'Id'] },
          S3OriginConfig: { OriginAccessIdentity: '' },
        },
      ],
    });
    expect(distribution.properties['DistributionConfig']).not.toHaveProperty('CacheBehaviors');
  });

  it("has CloudFront's name, or a name of our own with its certificate and TLS 1.2 at least", () => {
    expect(distribution.properties['DistributionConfig']).not.toHaveProperty('Aliases');
    const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012';
    const named = synthesize('named', { domainName: 'dashboard.example.com', certificateArn });
    named.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({
        Aliases: ['dashboard.example.com'],
        ViewerCertificate: { AcmCertificateArn: certificateArn, MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only' },
      }),
    });
    named.hasResourceProperties('AWS::SSM::Parameter', { Name: '/enstratus/infra/site-url', Value: 'https://dashboard.example.com' });
  });
});

describe('what browsers are told', () => {
  const policy = only('AWS::CloudFront::ResponseHeadersPolicy').properties['ResponseHeadersPolicyConfig'] as {
    SecurityHeadersConfig: { ContentSecurityPolicy: { ContentSecurityPolicy: unknown } };
    CustomHeadersConfig: { Items: { Header: string; Value: string; Override: boolean }[] };
  };

  it('about where content may come from: own files, the user pool, AppSync, nothing inline', () => {
    const provider = ['https:', '', 'cognito-idp.us-east-2.amazonaws.com', 'us-east-2_EXAMPLE'];
    expect(evaluated(policy.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy, provider)).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self' https://cognito-idp.us-east-2.amazonaws.com wss://cognito-idp.us-east-2.amazonaws.com " +
        'https://*.appsync-api.us-east-2.amazonaws.com wss://*.appsync-realtime-api.us-east-2.amazonaws.com; ' +
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; manifest-src 'self'",
    );
  });

  it('about where content may come from, at an endpoint of one origin', () => {
    const text = evaluated(policy.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy, [
      'http:',
      '',
      '127.0.0.1:4566',
      'pool',
    ]);
    expect(text).toContain("connect-src 'self' http://127.0.0.1:4566 ws://127.0.0.1:4566 https://");
  });

  it('about TLS, types, frames, referrers and features', () => {
    expect(policy.SecurityHeadersConfig).toMatchObject({
      ContentSecurityPolicy: { Override: true },
      ContentTypeOptions: { Override: true },
      FrameOptions: { FrameOption: 'DENY', Override: true },
      ReferrerPolicy: { ReferrerPolicy: 'same-origin', Override: true },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, IncludeSubdomains: true, Override: true },
    });
    const custom = Object.fromEntries(policy.CustomHeadersConfig.Items.map(({ Header, Value }) => [Header, Value]));
    expect(custom).toEqual({
      'permissions-policy': expect.stringContaining('camera=(), '),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(policy.CustomHeadersConfig.Items.every(({ Override }) => Override)).toBe(true);
  });

  /** What CloudFormation makes of it, `provider` being the parts of the user pool's provider URL. */
  function evaluated(value: unknown, provider: readonly string[]): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((one) => evaluated(one, provider));
    const [[name, argument] = []] = Object.entries(value);
    const given = evaluated(argument, provider) as unknown[];
    if (name === 'Ref') return { 'AWS::URLSuffix': 'amazonaws.com' }[String(argument)];
    if (name === 'Fn::GetAtt') return provider.join('/');
    if (name === 'Fn::Split') return String(given[1]).split(String(given[0]));
    if (name === 'Fn::Select') return (given[1] as unknown[])[Number(given[0])];
    if (name === 'Fn::Join') return (given[1] as unknown[]).join(String(given[0]));
    throw new Error(`${name} is not expected here`);
  }
});
