import { request } from 'node:http';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { expect, vi } from 'vitest';
import { startTestCloud, type TestCloud } from '../../../testing/test-cloud.ts';
import { createCloudFormation } from '../../cloudformation/cloudformation-service.ts';
import { createS3 } from '../../s3/s3-service.ts';
import { createCloudFront } from '../cloudfront-service.ts';

export const SERVICES = [createS3, createCloudFront, createCloudFormation];

export type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';

/** A behavior of the test's distribution. */
export function behavior(more: object = {}) {
  return {
    CachePolicyId: CACHING_OPTIMIZED,
    Compress: true,
    ResponseHeadersPolicyId: { Ref: 'Headers' },
    TargetOriginId: 'SiteOrigin',
    ViewerProtocolPolicy: 'redirect-to-https',
    ...more,
  };
}

export function viewerRequest(logicalId: string) {
  return { FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': [logicalId, 'FunctionARN'] } }] };
}

export function edgeFunction(name: string, code: string): Resources[string] {
  return {
    Type: 'AWS::CloudFront::Function',
    Properties: { AutoPublish: true, FunctionCode: code, FunctionConfig: { Comment: name, Runtime: 'cloudfront-js-2.0' }, Name: name },
  };
}

/** What `S3BucketOrigin.withOriginAccessControl` makes of a bucket and a distribution, as CDK 2.273 synthesizes it. */
export function siteResources(config: Record<string, unknown> = {}, actions: string[] = ['s3:GetObject']): Resources {
  const arn = { 'Fn::GetAtt': ['Bucket', 'Arn'] };
  const inBucket = { 'Fn::Join': ['', [arn, '/*']] };
  const distributionArn = {
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':cloudfront::', { Ref: 'AWS::AccountId' }, ':distribution/', { Ref: 'Site' }]],
  };
  return {
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    },
    BucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'Bucket' },
        PolicyDocument: {
          Statement: [
            {
              Action: 's3:*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              Effect: 'Deny',
              Principal: { AWS: '*' },
              Resource: [arn, inBucket],
            },
            {
              Action: actions,
              Condition: { StringEquals: { 'AWS:SourceArn': distributionArn } },
              Effect: 'Allow',
              Principal: { Service: 'cloudfront.amazonaws.com' },
              Resource: actions.includes('s3:ListBucket') ? [arn, inBucket] : inBucket,
            },
          ],
          Version: '2012-10-17',
        },
      },
    },
    Headers: {
      Type: 'AWS::CloudFront::ResponseHeadersPolicy',
      Properties: {
        ResponseHeadersPolicyConfig: {
          CustomHeadersConfig: {
            Items: [
              { Header: 'Permissions-Policy', Override: true, Value: 'camera=()' },
              { Header: 'cache-control', Override: false, Value: 'no-store' },
              { Header: 'Content-Language', Override: true, Value: 'en' },
            ],
          },
          Name: 'SiteHeaders',
          SecurityHeadersConfig: {
            ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'none'", Override: true },
            ContentTypeOptions: { Override: true },
            FrameOptions: { FrameOption: 'DENY', Override: true },
            ReferrerPolicy: { Override: true, ReferrerPolicy: 'same-origin' },
            StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, IncludeSubdomains: true, Override: true, Preload: true },
          },
        },
      },
    },
    AccessControl: {
      Type: 'AWS::CloudFront::OriginAccessControl',
      Properties: {
        OriginAccessControlConfig: {
          Name: 'SiteAccess',
          OriginAccessControlOriginType: 's3',
          SigningBehavior: 'always',
          SigningProtocol: 'sigv4',
        },
      },
    },
    Site: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          DefaultCacheBehavior: behavior(),
          DefaultRootObject: 'index.html',
          Enabled: true,
          HttpVersion: 'http2and3',
          IPV6Enabled: true,
          Origins: [
            {
              DomainName: { 'Fn::GetAtt': ['Bucket', 'RegionalDomainName'] },
              Id: 'SiteOrigin',
              OriginAccessControlId: { 'Fn::GetAtt': ['AccessControl', 'Id'] },
              S3OriginConfig: { OriginAccessIdentity: '' },
            },
          ],
          PriceClass: 'PriceClass_100',
          ...config,
        },
      },
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly text: string;
}

/** A stack with a site, on a local cloud of its own. */
export class TestSite {
  readonly cloud: TestCloud;
  readonly s3: S3Client;
  readonly cloudFormation: CloudFormationClient;

  private constructor(cloud: TestCloud) {
    this.cloud = cloud;
    this.s3 = new S3Client(cloud.client);
    this.cloudFormation = new CloudFormationClient(cloud.client);
  }

  static on(cloud: TestCloud): TestSite {
    return new TestSite(cloud);
  }

  static async start(resources: Resources = siteResources()): Promise<TestSite> {
    const site = new TestSite(await startTestCloud(SERVICES));
    expect(await site.deploy(resources)).toBe('CREATE_COMPLETE');
    return site;
  }

  stop(): Promise<void> {
    return this.cloud.stop();
  }

  /** Creates or updates the stack; resolves to its status. */
  async deploy(Resources: Resources): Promise<string> {
    const Outputs = {
      Bucket: { Value: { Ref: 'Bucket' } },
      Id: { Value: { Ref: 'Site' } },
      DomainName: { Value: { 'Fn::GetAtt': ['Site', 'DomainName'] } },
    };
    const input = { StackName: 'Site', TemplateBody: JSON.stringify({ Resources, Outputs }) };
    const there = await this.#stack().catch(() => undefined);
    await this.cloudFormation.send(there === undefined ? new CreateStackCommand(input) : new UpdateStackCommand(input));
    return this.settled();
  }

  async delete(): Promise<void> {
    const id = (await this.#stack())?.StackId;
    await this.cloudFormation.send(new DeleteStackCommand({ StackName: 'Site' }));
    await vi.waitFor(async () => {
      const { Stacks = [] } = await this.cloudFormation.send(new DescribeStacksCommand({ StackName: id }));
      expect(Stacks[0]?.StackStatus).toBe('DELETE_COMPLETE');
    });
  }

  async settled(): Promise<string> {
    return vi.waitFor(
      async () => {
        const status = (await this.#stack())?.StackStatus ?? '';
        expect(status).not.toMatch(/_IN_PROGRESS$/);
        return status;
      },
      { timeout: 10_000, interval: 10 },
    );
  }

  /** Why a resource failed in the last deployment. */
  async failure(): Promise<string | undefined> {
    const { StackEvents: events = [] } = await this.cloudFormation.send(new DescribeStackEventsCommand({ StackName: 'Site' }));
    return events.find(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'))?.ResourceStatusReason;
  }

  async output(key: 'Bucket' | 'Id' | 'DomainName'): Promise<string> {
    const found = (await this.#stack())?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
    if (found === undefined) throw new Error(`the stack has no output ${key}`);
    return found;
  }

  async put(Key: string, Body: string | Buffer, more: Partial<PutObjectCommandInput> = {}): Promise<string> {
    const { ETag = '' } = await this.s3.send(new PutObjectCommand({ Bucket: await this.output('Bucket'), Key, Body, ...more }));
    return ETag;
  }

  /** Asks the distribution with these very headers, which `fetch` would not send as they are. */
  async ask(path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> {
    const { hostname, port } = new URL(`http://${await this.output('DomainName')}`);
    return new Promise((resolve, reject) => {
      const sent = request({ hostname, port, path, method, headers, agent: false }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('end', () => {
          const whole = Buffer.concat(chunks);
          resolve({ status: reply.statusCode ?? 0, headers: reply.headers as Record<string, string>, body: whole, text: whole.toString() });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  async #stack() {
    return (await this.cloudFormation.send(new DescribeStacksCommand({ StackName: 'Site' }))).Stacks?.[0];
  }
}
