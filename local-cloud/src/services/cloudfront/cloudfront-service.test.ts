import {
  CloudFrontClient,
  CreateDistributionCommand,
  CreateDistributionWithTagsCommand,
  CreateFunctionCommand,
  CreateOriginAccessControlCommand,
  CreateResponseHeadersPolicyCommand,
  DeleteDistributionCommand,
  DeleteFunctionCommand,
  DeleteOriginAccessControlCommand,
  DeleteResponseHeadersPolicyCommand,
  DescribeFunctionCommand,
  type DistributionConfig,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  GetFunctionCommand,
  GetOriginAccessControlCommand,
  GetResponseHeadersPolicyCommand,
  ListDistributionsCommand,
  ListFunctionsCommand,
  ListOriginAccessControlsCommand,
  ListResponseHeadersPoliciesCommand,
  ListTagsForResourceCommand,
  PublishFunctionCommand,
  UpdateDistributionCommand,
  UpdateFunctionCommand,
  UpdateOriginAccessControlCommand,
  UpdateResponseHeadersPolicyCommand,
} from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_WITHOUT_POLICIES } from '../../testing/role-without-policies.ts';
import { ACCOUNT, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createS3 } from '../s3/s3-service.ts';
import { createCloudFront } from './cloudfront-service.ts';

let test: TestCloud;
let client: CloudFrontClient;
let count = 0;

beforeAll(async () => {
  test = await startTestCloud([createS3, createCloudFront]);
  client = new CloudFrontClient(test.client);
});
afterAll(async () => {
  client.destroy();
  await test.stop();
});

const accessControl = (Name = `access-${++count}`) => ({
  Name,
  Description: 'for a test',
  OriginAccessControlOriginType: 's3' as const,
  SigningBehavior: 'always' as const,
  SigningProtocol: 'sigv4' as const,
});
async function newAccessControl(): Promise<string> {
  const made = await client.send(new CreateOriginAccessControlCommand({ OriginAccessControlConfig: accessControl() }));
  return made.OriginAccessControl?.Id ?? '';
}

const headers = (csp = "default-src 'none'", Name = `headers-${++count}`) => ({
  Name,
  SecurityHeadersConfig: { ContentSecurityPolicy: { ContentSecurityPolicy: csp, Override: true }, ContentTypeOptions: { Override: true } },
  CustomHeadersConfig: { Quantity: 1, Items: [{ Header: 'x-well', Value: 'a "deep" <one>', Override: false }] },
});
async function newHeaders(): Promise<string> {
  const made = await client.send(new CreateResponseHeadersPolicyCommand({ ResponseHeadersPolicyConfig: headers() }));
  return made.ResponseHeadersPolicy?.Id ?? '';
}

const code = (path: string) => Buffer.from(`function handler(event) { event.request.uri = '${path}'; return event.request; }`);
const settings = (path = '/index.html') => ({
  FunctionConfig: { Comment: 'a test', Runtime: 'cloudfront-js-2.0' as const },
  FunctionCode: code(path),
});

async function config(change: Partial<DistributionConfig> = {}): Promise<DistributionConfig> {
  return {
    CallerReference: `reference-${++count}`,
    Comment: 'a site',
    Enabled: true,
    DefaultRootObject: 'index.html',
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: 'bucket',
          DomainName: 'a-bucket.s3.us-east-2.amazonaws.com',
          OriginAccessControlId: await newAccessControl(),
          S3OriginConfig: { OriginAccessIdentity: '' },
        },
      ],
    },
    DefaultCacheBehavior: {
      TargetOriginId: 'bucket',
      ViewerProtocolPolicy: 'https-only',
      CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
      ResponseHeadersPolicyId: await newHeaders(),
      Compress: true,
      AllowedMethods: { Quantity: 2, Items: ['GET', 'HEAD'], CachedMethods: { Quantity: 2, Items: ['GET', 'HEAD'] } },
    },
    ...change,
  };
}

describe('a distribution', () => {
  it('is created, read, listed, changed, disabled and deleted', async () => {
    const DistributionConfig = await config();
    const made = await client.send(new CreateDistributionCommand({ DistributionConfig }));
    const { Id = '', DomainName = '' } = made.Distribution ?? {};
    expect(made.Distribution).toMatchObject({
      Id: expect.stringMatching(/^E[A-Z0-9]{13}$/),
      ARN: `arn:aws:cloudfront::${ACCOUNT}:distribution/${Id}`,
      Status: 'Deployed',
      DomainName: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      DistributionConfig,
    });
    expect(Number(DomainName.split(':')[1])).toBeGreaterThan(Number(new URL(test.endpoint).port));
    expect((await fetch(`http://${DomainName}/`)).status).toBe(404);

    const { DistributionList: list } = await client.send(new ListDistributionsCommand({}));
    expect(list?.Items).toContainEqual(expect.objectContaining({ Id, DomainName, Enabled: true, Comment: 'a site' }));
    const read = await client.send(new GetDistributionConfigCommand({ Id }));
    expect(read).toMatchObject({ ETag: made.ETag, DistributionConfig });

    const change = { Id, DistributionConfig: { ...DistributionConfig, Comment: 'another', Enabled: false } };
    await expect(client.send(new UpdateDistributionCommand(change))).rejects.toMatchObject({ name: 'InvalidIfMatchVersion' });
    await expect(client.send(new UpdateDistributionCommand({ ...change, IfMatch: 'E1' }))).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    await expect(client.send(new DeleteDistributionCommand({ Id, IfMatch: made.ETag }))).rejects.toMatchObject({
      name: 'DistributionNotDisabled',
    });
    const changed = await client.send(new UpdateDistributionCommand({ ...change, IfMatch: made.ETag }));
    expect(changed.Distribution).toMatchObject({ DomainName, DistributionConfig: { Comment: 'another' } });
    await expect(fetch(`http://${DomainName}/`)).rejects.toThrow();

    const beside = await client.send(new CreateDistributionCommand({ DistributionConfig: await config() }));
    expect(beside.Distribution?.DomainName).not.toBe(DomainName);

    await client.send(new DeleteDistributionCommand({ Id, IfMatch: changed.ETag }));
    await expect(client.send(new GetDistributionCommand({ Id }))).rejects.toMatchObject({
      name: 'NoSuchDistribution',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('has its tags', async () => {
    const Tags = { Items: [{ Key: 'stage', Value: 'dev' }] };
    const made = await client.send(
      new CreateDistributionWithTagsCommand({ DistributionConfigWithTags: { DistributionConfig: await config(), Tags } }),
    );
    expect((await client.send(new ListTagsForResourceCommand({ Resource: made.Distribution?.ARN }))).Tags).toEqual(Tags);
  });

  it('is listed by pages', async () => {
    for (const _ of [1, 2]) await client.send(new CreateDistributionCommand({ DistributionConfig: await config() }));
    const first = (await client.send(new ListDistributionsCommand({ MaxItems: 1 }))).DistributionList;
    expect(first).toMatchObject({ IsTruncated: true, Quantity: 1 });
    const second = (await client.send(new ListDistributionsCommand({ MaxItems: 1, Marker: first?.NextMarker }))).DistributionList;
    expect(second?.Items?.[0]?.Id).not.toBe(first?.Items?.[0]?.Id);
  });

  it.each([
    ['an origin that is none of its own', { DefaultCacheBehavior: { TargetOriginId: 'other' } }, 'NoSuchOrigin'],
    ['a policy that is not there', { DefaultCacheBehavior: { ResponseHeadersPolicyId: 'none' } }, 'NoSuchResponseHeadersPolicy'],
    ['a cache policy of its own', { DefaultCacheBehavior: { CachePolicyId: 'mine' } }, 'NotCarriedOut'],
    [
      'a function that is not there',
      { DefaultCacheBehavior: associated(`arn:aws:cloudfront::${ACCOUNT}:function/none`) },
      'InvalidFunctionAssociation',
    ],
    [
      'a function of elsewhere',
      { DefaultCacheBehavior: associated('arn:aws:cloudfront::444455556666:function/none') },
      'InvalidFunctionAssociation',
    ],
    ['what writes', { DefaultCacheBehavior: { AllowedMethods: { Quantity: 3, Items: ['GET', 'HEAD', 'OPTIONS'] } } }, 'NotCarriedOut'],
    ['error pages', { CustomErrorResponses: { Quantity: 0 } }, 'NotCarriedOut'],
    ['logging', { Logging: { Enabled: true, IncludeCookies: false, Bucket: 'b', Prefix: 'p' } }, 'NotCarriedOut'],
    ['an origin that is no bucket', { Origins: { DomainName: 'example.com' } }, 'NotCarriedOut'],
    ['an origin without access control', { Origins: { OriginAccessControlId: '' } }, 'InvalidArgument'],
    ['an access control that is not there', { Origins: { OriginAccessControlId: 'ENONE' } }, 'NoSuchOriginAccessControl'],
    ['a root object that begins with a slash', { DefaultRootObject: '/index.html' }, 'InvalidArgument'],
  ])('is refused with %s', async (_, change: Record<string, object | string>, name) => {
    const whole = await config();
    const { DefaultCacheBehavior: behavior, Origins: origin, ...rest } = change;
    Object.assign(whole, rest);
    Object.assign(whole.DefaultCacheBehavior ?? {}, behavior);
    Object.assign(whole.Origins?.Items?.[0] ?? {}, origin);
    await expect(client.send(new CreateDistributionCommand({ DistributionConfig: whole }))).rejects.toMatchObject({ name });
  });

  it('is made once for a caller reference, which never changes', async () => {
    const DistributionConfig = await config();
    const { ETag, Distribution } = await client.send(new CreateDistributionCommand({ DistributionConfig }));
    await expect(client.send(new CreateDistributionCommand({ DistributionConfig }))).rejects.toMatchObject({
      name: 'DistributionAlreadyExists',
    });
    const other = { ...DistributionConfig, CallerReference: 'other' };
    await expect(
      client.send(new UpdateDistributionCommand({ Id: Distribution?.Id, IfMatch: ETag, DistributionConfig: other })),
    ).rejects.toMatchObject({
      name: 'IllegalUpdate',
    });
  });
});

function associated(FunctionARN: string) {
  return { FunctionAssociations: { Quantity: 1, Items: [{ EventType: 'viewer-request', FunctionARN }] } };
}

describe('an origin access control', () => {
  it('is created, read, listed, changed and deleted, but not while it is used', async () => {
    const OriginAccessControlConfig = accessControl();
    const made = await client.send(new CreateOriginAccessControlCommand({ OriginAccessControlConfig }));
    const Id = made.OriginAccessControl?.Id ?? '';
    await expect(client.send(new CreateOriginAccessControlCommand({ OriginAccessControlConfig }))).rejects.toMatchObject({
      name: 'OriginAccessControlAlreadyExists',
    });
    const renamed = accessControl();
    const changed = await client.send(new UpdateOriginAccessControlCommand({ Id, IfMatch: made.ETag, OriginAccessControlConfig: renamed }));
    expect((await client.send(new GetOriginAccessControlCommand({ Id }))).OriginAccessControl?.OriginAccessControlConfig).toEqual(renamed);
    const { OriginAccessControlList: list } = await client.send(new ListOriginAccessControlsCommand({}));
    expect(list?.Items).toContainEqual({ Id, ...renamed });
    await client.send(new DeleteOriginAccessControlCommand({ Id, IfMatch: changed.ETag }));

    const DistributionConfig = await config();
    await client.send(new CreateDistributionCommand({ DistributionConfig }));
    const used = DistributionConfig.Origins?.Items?.[0]?.OriginAccessControlId ?? '';
    const { ETag } = await client.send(new GetOriginAccessControlCommand({ Id: used }));
    await expect(client.send(new DeleteOriginAccessControlCommand({ Id: used, IfMatch: ETag }))).rejects.toMatchObject({
      name: 'OriginAccessControlInUse',
    });
  });

  it.each([
    ['SigningBehavior', 'no-override'],
    ['OriginAccessControlOriginType', 'lambda'],
  ])('is refused by name with %s %s', async (member, value) => {
    const OriginAccessControlConfig = { ...accessControl(), [member]: value };
    await expect(client.send(new CreateOriginAccessControlCommand({ OriginAccessControlConfig }))).rejects.toThrow(`"${value}"`);
  });
});

describe('a response headers policy', () => {
  it('is created, read, listed, changed and deleted, but not while it is used', async () => {
    const ResponseHeadersPolicyConfig = headers();
    const made = await client.send(new CreateResponseHeadersPolicyCommand({ ResponseHeadersPolicyConfig }));
    const Id = made.ResponseHeadersPolicy?.Id ?? '';
    expect((await client.send(new GetResponseHeadersPolicyCommand({ Id }))).ResponseHeadersPolicy).toMatchObject({
      LastModifiedTime: expect.any(Date),
      ResponseHeadersPolicyConfig,
    });
    const changed = await client.send(
      new UpdateResponseHeadersPolicyCommand({ Id, IfMatch: made.ETag, ResponseHeadersPolicyConfig: headers("img-src 'self'") }),
    );
    const { ResponseHeadersPolicyList: list } = await client.send(new ListResponseHeadersPoliciesCommand({ Type: 'custom' }));
    expect(list?.Items?.map(({ ResponseHeadersPolicy: policy }) => policy?.Id)).toContain(Id);
    await client.send(new DeleteResponseHeadersPolicyCommand({ Id, IfMatch: changed.ETag }));

    const DistributionConfig = await config();
    await client.send(new CreateDistributionCommand({ DistributionConfig }));
    const used = DistributionConfig.DefaultCacheBehavior?.ResponseHeadersPolicyId ?? '';
    const { ETag } = await client.send(new GetResponseHeadersPolicyCommand({ Id: used }));
    await expect(client.send(new DeleteResponseHeadersPolicyCommand({ Id: used, IfMatch: ETag }))).rejects.toMatchObject({
      name: 'ResponseHeadersPolicyInUse',
    });
  });

  it.each([
    ['a content security policy of over 1,783 characters', headers('x'.repeat(1784)), 'TooLongCSPInResponseHeadersPolicy'],
    ['a security header among the custom ones', { ...headers(), CustomHeadersConfig: custom('X-Frame-Options') }, 'InvalidArgument'],
    ['a name that is none', { ...headers(), CustomHeadersConfig: custom('a b') }, 'InvalidArgument'],
    ['a value of two lines', { ...headers(), CustomHeadersConfig: custom('a', 'one\r\ntwo') }, 'InvalidArgument'],
    ['CORS', { ...headers(), CorsConfig: {} }, 'NotCarriedOut'],
  ])('is refused with %s', async (_, ResponseHeadersPolicyConfig: object, name) => {
    const config = ResponseHeadersPolicyConfig as ReturnType<typeof headers>;
    await expect(client.send(new CreateResponseHeadersPolicyCommand({ ResponseHeadersPolicyConfig: config }))).rejects.toMatchObject({
      name,
    });
  });

  function custom(Header: string, Value = 'v') {
    return { Quantity: 1, Items: [{ Header, Value, Override: true }] };
  }
});

describe('a function', () => {
  it('is written, published, changed, read in both stages, listed and deleted', async () => {
    const Name = `function-${++count}`;
    const made = await client.send(new CreateFunctionCommand({ Name, ...settings('/one') }));
    await expect(client.send(new DescribeFunctionCommand({ Name, Stage: 'LIVE' }))).rejects.toMatchObject({ name: 'NoSuchFunctionExists' });
    await client.send(new PublishFunctionCommand({ Name, IfMatch: made.ETag }));
    const changed = await client.send(new UpdateFunctionCommand({ Name, IfMatch: made.ETag, ...settings('/two') }));
    expect(changed.ETag).toMatch(/^E/);
    const text = async (Stage: 'LIVE' | 'DEVELOPMENT') =>
      Buffer.from((await client.send(new GetFunctionCommand({ Name, Stage }))).FunctionCode ?? '').toString();
    expect(await text('LIVE')).toContain('/one');
    expect(await text('DEVELOPMENT')).toContain('/two');
    expect((await client.send(new DescribeFunctionCommand({ Name, Stage: 'LIVE' }))).FunctionSummary).toMatchObject({
      Name,
      FunctionMetadata: { FunctionARN: `arn:aws:cloudfront::${ACCOUNT}:function/${Name}`, Stage: 'LIVE' },
    });
    expect((await client.send(new ListFunctionsCommand({ Stage: 'LIVE' }))).FunctionList?.Items?.map((one) => one.Name)).toContain(Name);
    await client.send(new DeleteFunctionCommand({ Name, IfMatch: changed.ETag }));
    await expect(client.send(new DescribeFunctionCommand({ Name }))).rejects.toMatchObject({ name: 'NoSuchFunctionExists' });
  });

  it('is not deleted while a distribution runs it', async () => {
    const Name = `function-${++count}`;
    const { ETag: IfMatch } = await client.send(new CreateFunctionCommand({ Name, ...settings() }));
    await client.send(new PublishFunctionCommand({ Name, IfMatch }));
    const whole = await config();
    Object.assign(whole.DefaultCacheBehavior ?? {}, associated(`arn:aws:cloudfront::${ACCOUNT}:function/${Name}`));
    await client.send(new CreateDistributionCommand({ DistributionConfig: whole }));
    await expect(client.send(new DeleteFunctionCommand({ Name, IfMatch }))).rejects.toMatchObject({ name: 'FunctionInUse' });
  });

  it.each([
    ['over 10 KB', { FunctionCode: Buffer.alloc(10_241, 32) }, 'InvalidArgument'],
    ['that is no JavaScript', { FunctionCode: Buffer.from('function {') }, 'InvalidArgument'],
    ['of the older runtime', { FunctionConfig: { Comment: '', Runtime: 'cloudfront-js-1.0' as const } }, 'NotCarriedOut'],
  ])('is refused %s', async (_, change, name) => {
    await expect(client.send(new CreateFunctionCommand({ Name: 'refused', ...settings(), ...change }))).rejects.toMatchObject({ name });
  });
});

describe('who may', () => {
  it('nobody without a policy', async () => {
    const operations = test.cloud.service('cloudfront')?.operations ?? {};
    expect(Object.keys(operations).length).toBeGreaterThan(20);
    const inputs: Record<string, unknown> = {
      CreateDistribution: { DistributionConfig: await config() },
      CreateDistributionWithTags: { DistributionConfigWithTags: { DistributionConfig: await config(), Tags: {} } },
      UpdateDistribution: { Id: 'E1', DistributionConfig: await config() },
      CreateOriginAccessControl: { OriginAccessControlConfig: accessControl() },
      UpdateOriginAccessControl: { Id: 'E1', OriginAccessControlConfig: accessControl() },
      CreateResponseHeadersPolicy: { ResponseHeadersPolicyConfig: headers() },
      UpdateResponseHeadersPolicy: { Id: 'E1', ResponseHeadersPolicyConfig: headers() },
      ListResponseHeadersPolicies: { Type: 'custom' },
      CreateFunction: { Name: 'f', ...settings() },
      UpdateFunction: { Name: 'f', ...settings() },
      ListTagsForResource: { Resource: `arn:aws:cloudfront::${ACCOUNT}:distribution/E1` },
      ListDistributions: {},
      ListOriginAccessControls: {},
      ListFunctions: {},
    };
    for (const name of Object.keys(operations)) {
      const input = inputs[name] ?? (name.includes('Function') ? { Name: 'f' } : { Id: 'E1' });
      await expect(test.cloud.call('cloudfront', name, input, test.caller(ROLE_WITHOUT_POLICIES)), name).rejects.toMatchObject({
        code: 'AccessDeniedException',
        message: expect.stringContaining('cloudfront:'),
      });
    }
  });
});
