import { z } from 'zod';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { cfnBoolean, cfnNumber, type ResourceContext, type ResourceState, resourceType, unlessCode } from '../../kernel/resource-type.ts';
import { quantify } from './distribution-config.ts';

const text = z.string();

const behavior = {
  AllowedMethods: z.array(text).optional(),
  CachedMethods: z.array(text).optional(),
  CachePolicyId: text,
  Compress: cfnBoolean.optional(),
  FunctionAssociations: z.array(z.strictObject({ EventType: text, FunctionARN: text })).optional(),
  ResponseHeadersPolicyId: text.optional(),
  TargetOriginId: text,
  ViewerProtocolPolicy: text,
};
const cacheBehavior = z.strictObject({ PathPattern: text, ...behavior });

const distributionProperties = z.strictObject({
  DistributionConfig: z.strictObject({
    Aliases: z.array(text).optional(),
    CacheBehaviors: z.array(cacheBehavior).optional(),
    Comment: text.optional(),
    DefaultCacheBehavior: z.strictObject(behavior),
    DefaultRootObject: text.optional(),
    Enabled: cfnBoolean,
    HttpVersion: text.optional(),
    IPV6Enabled: cfnBoolean.optional(),
    Origins: z.array(
      z.strictObject({
        DomainName: text,
        Id: text,
        OriginAccessControlId: text,
        OriginPath: text.optional(),
        S3OriginConfig: z.strictObject({ OriginAccessIdentity: text.optional() }),
      }),
    ),
    PriceClass: text.optional(),
    ViewerCertificate: z
      .strictObject({
        AcmCertificateArn: text.optional(),
        CloudFrontDefaultCertificate: cfnBoolean.optional(),
        MinimumProtocolVersion: text.optional(),
        SslSupportMethod: text.optional(),
      })
      .optional(),
  }),
});
type DistributionProperties = z.output<typeof distributionProperties>['DistributionConfig'];
type Behavior = Omit<z.output<typeof cacheBehavior>, 'PathPattern'>;

interface DistributionAnswer {
  readonly ETag: string;
  readonly Distribution: {
    readonly Id: string;
    readonly DomainName: string;
    readonly DistributionConfig: { readonly CallerReference: string };
  };
}

/** AWS::CloudFront::Distribution (CloudFormation Template Reference): Ref is the id. */
const distributionType = resourceType({
  type: 'AWS::CloudFront::Distribution',
  properties: distributionProperties,
  inert: {
    'DistributionConfig.Aliases': 'it answers under 127.0.0.1 and localhost alone',
    'DistributionConfig.HttpVersion': 'it speaks HTTP/1.1',
    'DistributionConfig.IPV6Enabled': 'it listens on 127.0.0.1 alone',
    'DistributionConfig.PriceClass': 'there is one edge location, this machine',
    'DistributionConfig.ViewerCertificate': 'loopback stands for TLS',
  },
  create: async ({ DistributionConfig }, context) => {
    const DistributionConfigWithTags = {
      DistributionConfig: configOf(DistributionConfig, context.uniqueName()),
      Tags: { Items: Object.entries(context.stackTags).map(([Key, Value]) => ({ Key, Value })) },
    };
    return distributionState(await context.call('cloudfront', 'CreateDistributionWithTags', { DistributionConfigWithTags }));
  },
  update: async (Id, { DistributionConfig }, _previous, context) => {
    const { ETag: IfMatch, Distribution } = await context.call<DistributionAnswer>('cloudfront', 'GetDistribution', { Id });
    const config = configOf(DistributionConfig, Distribution.DistributionConfig.CallerReference);
    return distributionState(await context.call('cloudfront', 'UpdateDistribution', { Id, IfMatch, DistributionConfig: config }));
  },
  delete: (Id, _properties, context) => unlessCode('NoSuchDistribution')(deleteDistribution(Id, context)),
});

/** Only a disabled distribution can be deleted. */
async function deleteDistribution(Id: string, context: ResourceContext): Promise<void> {
  const { ETag, Distribution } = await context.call<DistributionAnswer>('cloudfront', 'GetDistribution', { Id });
  const DistributionConfig = { ...Distribution.DistributionConfig, Enabled: false };
  const disabled = await context.call<DistributionAnswer>('cloudfront', 'UpdateDistribution', { Id, IfMatch: ETag, DistributionConfig });
  await context.call('cloudfront', 'DeleteDistribution', { Id, IfMatch: disabled.ETag });
}

function distributionState({ Distribution: { Id, DomainName } }: DistributionAnswer): ResourceState {
  return { physicalId: Id, attributes: { Id, DomainName } };
}

/** A template's config as the API writes it. */
function configOf(properties: DistributionProperties, CallerReference: string): object {
  const { Aliases, CacheBehaviors, Comment = '', DefaultCacheBehavior, IPV6Enabled, Origins, ViewerCertificate, ...same } = properties;
  return {
    ...same,
    CallerReference,
    Comment,
    DefaultCacheBehavior: behaviorOf(DefaultCacheBehavior),
    Origins: quantify(
      Origins.map(({ S3OriginConfig: { OriginAccessIdentity = '' }, ...origin }) => {
        if (OriginAccessIdentity !== '') throw new NotCarriedOut('origin access identities of CloudFront: only origin access control');
        return { ...origin, S3OriginConfig: { OriginAccessIdentity } };
      }),
    ),
    ...(Aliases === undefined ? {} : { Aliases: quantify(Aliases) }),
    ...(CacheBehaviors === undefined
      ? {}
      : { CacheBehaviors: quantify(CacheBehaviors.map((one) => ({ PathPattern: one.PathPattern, ...behaviorOf(one) }))) }),
    ...(IPV6Enabled === undefined ? {} : { IsIPV6Enabled: IPV6Enabled }),
    ...(ViewerCertificate === undefined ? {} : { ViewerCertificate: certificateOf(ViewerCertificate) }),
  };
}

function behaviorOf({ AllowedMethods, CachedMethods, FunctionAssociations, ...same }: Behavior): object {
  const cached = CachedMethods === undefined ? {} : { CachedMethods: quantify(CachedMethods) };
  return {
    ...same,
    ...(AllowedMethods === undefined ? {} : { AllowedMethods: { ...quantify(AllowedMethods), ...cached } }),
    ...(FunctionAssociations === undefined ? {} : { FunctionAssociations: quantify(FunctionAssociations) }),
  };
}

function certificateOf({ AcmCertificateArn, SslSupportMethod, ...same }: NonNullable<DistributionProperties['ViewerCertificate']>): object {
  return {
    ...same,
    ...(AcmCertificateArn === undefined ? {} : { ACMCertificateArn: AcmCertificateArn }),
    ...(SslSupportMethod === undefined ? {} : { SSLSupportMethod: SslSupportMethod }),
  };
}

const originAccessControlProperties = z.strictObject({
  OriginAccessControlConfig: z.strictObject({
    Description: text.optional(),
    Name: text,
    OriginAccessControlOriginType: text,
    SigningBehavior: text,
    SigningProtocol: text,
  }),
});

/** AWS::CloudFront::OriginAccessControl: Ref and Id are its id. */
const originAccessControlType = resourceType({
  type: 'AWS::CloudFront::OriginAccessControl',
  properties: originAccessControlProperties,
  create: async (properties, context) => {
    const made = await context.call<{ OriginAccessControl: { Id: string } }>('cloudfront', 'CreateOriginAccessControl', properties);
    return idState(made.OriginAccessControl.Id);
  },
  update: async (Id, properties, _previous, context) => {
    const { ETag: IfMatch } = await context.call<{ ETag: string }>('cloudfront', 'GetOriginAccessControl', { Id });
    await context.call('cloudfront', 'UpdateOriginAccessControl', { Id, IfMatch, ...properties });
    return idState(Id);
  },
  delete: (Id, _properties, context) =>
    unlessCode('NoSuchOriginAccessControl')(
      (async () => {
        const { ETag: IfMatch } = await context.call<{ ETag: string }>('cloudfront', 'GetOriginAccessControl', { Id });
        await context.call('cloudfront', 'DeleteOriginAccessControl', { Id, IfMatch });
      })(),
    ),
});

function idState(Id: string): ResourceState {
  return { physicalId: Id, attributes: { Id } };
}

const override = { Override: cfnBoolean };
const responseHeadersPolicyProperties = z.strictObject({
  ResponseHeadersPolicyConfig: z.strictObject({
    Comment: text.optional(),
    CustomHeadersConfig: z.strictObject({ Items: z.array(z.strictObject({ Header: text, Value: text, ...override })) }).optional(),
    Name: text,
    SecurityHeadersConfig: z
      .strictObject({
        ContentSecurityPolicy: z.strictObject({ ContentSecurityPolicy: text, ...override }).optional(),
        ContentTypeOptions: z.strictObject(override).optional(),
        FrameOptions: z.strictObject({ FrameOption: text, ...override }).optional(),
        ReferrerPolicy: z.strictObject({ ReferrerPolicy: text, ...override }).optional(),
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
  }),
});

interface PolicyAnswer {
  readonly ETag: string;
  readonly ResponseHeadersPolicy: { readonly Id: string; readonly LastModifiedTime: Date };
}

/** AWS::CloudFront::ResponseHeadersPolicy: Ref and Id are its id. */
const responseHeadersPolicyType = resourceType({
  type: 'AWS::CloudFront::ResponseHeadersPolicy',
  properties: responseHeadersPolicyProperties,
  create: async (properties, context) =>
    policyState(await context.call('cloudfront', 'CreateResponseHeadersPolicy', policyInput(properties))),
  update: async (Id, properties, _previous, context) => {
    const { ETag: IfMatch } = await context.call<PolicyAnswer>('cloudfront', 'GetResponseHeadersPolicy', { Id });
    return policyState(await context.call('cloudfront', 'UpdateResponseHeadersPolicy', { Id, IfMatch, ...policyInput(properties) }));
  },
  delete: (Id, _properties, context) =>
    unlessCode('NoSuchResponseHeadersPolicy')(
      (async () => {
        const { ETag: IfMatch } = await context.call<PolicyAnswer>('cloudfront', 'GetResponseHeadersPolicy', { Id });
        await context.call('cloudfront', 'DeleteResponseHeadersPolicy', { Id, IfMatch });
      })(),
    ),
});

function policyInput({ ResponseHeadersPolicyConfig }: z.output<typeof responseHeadersPolicyProperties>): object {
  const { CustomHeadersConfig, ...same } = ResponseHeadersPolicyConfig;
  const custom = CustomHeadersConfig === undefined ? {} : { CustomHeadersConfig: quantify(CustomHeadersConfig.Items) };
  return { ResponseHeadersPolicyConfig: { ...same, ...custom } };
}

function policyState({ ResponseHeadersPolicy: { Id, LastModifiedTime } }: PolicyAnswer): ResourceState {
  return { physicalId: Id, attributes: { Id, LastModifiedTime: LastModifiedTime.toISOString() } };
}

const functionProperties = z.strictObject({
  AutoPublish: cfnBoolean.optional(),
  FunctionCode: text,
  FunctionConfig: z.strictObject({ Comment: text, Runtime: text }),
  Name: text,
});
type FunctionProperties = z.output<typeof functionProperties>;

interface FunctionAnswer {
  readonly ETag: string;
  readonly FunctionSummary: { readonly FunctionMetadata: { readonly FunctionARN: string; readonly Stage: string } };
}

/** AWS::CloudFront::Function: Ref and FunctionARN are its ARN. */
const functionType = resourceType({
  type: 'AWS::CloudFront::Function',
  properties: functionProperties,
  replaceOn: ['Name'],
  create: async (properties, context) =>
    publish(properties, await context.call('cloudfront', 'CreateFunction', functionInput(properties)), context),
  update: async (_arn, properties, _previous, context) => {
    const { ETag: IfMatch } = await context.call<FunctionAnswer>('cloudfront', 'DescribeFunction', { Name: properties.Name });
    return publish(properties, await context.call('cloudfront', 'UpdateFunction', { IfMatch, ...functionInput(properties) }), context);
  },
  delete: (_arn, { Name }, context) =>
    unlessCode('NoSuchFunctionExists')(
      (async () => {
        const { ETag: IfMatch } = await context.call<FunctionAnswer>('cloudfront', 'DescribeFunction', { Name });
        await context.call('cloudfront', 'DeleteFunction', { Name, IfMatch });
      })(),
    ),
});

function functionInput({ Name, FunctionConfig, FunctionCode }: FunctionProperties): object {
  return { Name, FunctionConfig, FunctionCode: Buffer.from(FunctionCode) };
}

async function publish(
  { Name, AutoPublish }: FunctionProperties,
  written: FunctionAnswer,
  context: ResourceContext,
): Promise<ResourceState> {
  const { FunctionSummary } = AutoPublish
    ? await context.call<Pick<FunctionAnswer, 'FunctionSummary'>>('cloudfront', 'PublishFunction', { Name, IfMatch: written.ETag })
    : written;
  const { FunctionARN, Stage } = FunctionSummary.FunctionMetadata;
  return { physicalId: FunctionARN, attributes: { FunctionARN, 'FunctionMetadata.FunctionARN': FunctionARN, Stage } };
}

/** The resource types of CloudFront. */
export const cloudFrontResourceTypes = [distributionType, originAccessControlType, responseHeadersPolicyType, functionType];
