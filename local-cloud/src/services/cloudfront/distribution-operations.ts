import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, operation } from '../../kernel/service.ts';
import { cachePolicy } from './cache-policies.ts';
import { alreadyExists, checkIfMatch, invalidArgument, noSuch } from './cloudfront-error.ts';
import { arnOf, type CloudFrontStore, type Distribution, newId } from './cloudfront-store.ts';
import { behaviorsOf, type DistributionConfig, distributionConfig, quantify } from './distribution-config.ts';
import type { DistributionListeners } from './distribution-listeners.ts';
import { page, paging } from './pages.ts';

const tags = z.strictObject({ Items: z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) })).optional() });

/** Where a distribution is reached: its own port of this machine stands for its name below cloudfront.net. */
export function domainNameOf({ port }: Distribution): string {
  return `127.0.0.1:${port}`;
}

/** How a distribution is told to a person. */
export function describeDistribution({ id, tags: { 'aws:cloudformation:stack-name': stack } }: Distribution): string {
  return `CloudFront distribution ${id}${stack === undefined ? '' : ` (stack ${stack})`}`;
}

/** Distributions: kept by account, each answering on a port of its own while it is enabled. */
export function distributionOperations(store: CloudFrontStore, listeners: DistributionListeners) {
  const all = (context: CallContext) => store.of(context.account).distributions;
  const on = (id: string, action: string, context: CallContext) => [
    { action: `cloudfront:${action}`, resource: arnOf(context.account, 'distribution', id) },
  ];
  const find = (id: string, context: CallContext): Distribution => {
    const found = all(context).get(id);
    if (found === undefined) throw noSuch('NoSuchDistribution', 'distribution');
    return found;
  };

  /** Everything that a config names must be there. */
  const check = (config: DistributionConfig, { account }: CallContext) => {
    const { originAccessControls, responseHeadersPolicies, functions } = store.of(account);
    const origins = new Set(config.Origins.Items?.map(({ Id }) => Id));
    for (const { OriginAccessControlId } of config.Origins.Items ?? []) {
      if (originAccessControls.get(OriginAccessControlId) === undefined) throw noSuch('NoSuchOriginAccessControl', 'origin access control');
    }
    for (const behavior of behaviorsOf(config)) {
      if (!origins.has(behavior.TargetOriginId))
        throw new AwsError('NoSuchOrigin', 'One or more of your origins or origin groups do not exist.', 404);
      cachePolicy(behavior.CachePolicyId);
      const { ResponseHeadersPolicyId, FunctionAssociations } = behavior;
      if (ResponseHeadersPolicyId !== undefined && responseHeadersPolicies.get(ResponseHeadersPolicyId) === undefined)
        throw noSuch('NoSuchResponseHeadersPolicy', 'response headers policy');
      const associated = FunctionAssociations?.Items ?? [];
      if (associated.length > 1)
        throw new AwsError('InvalidFunctionAssociation', 'A cache behavior has one function for an event type at most.');
      for (const { FunctionARN } of associated) {
        const name = FunctionARN.slice(arnOf(account, 'function', '').length);
        if (!FunctionARN.startsWith(arnOf(account, 'function', '')) || functions.get(name)?.live === undefined)
          throw new AwsError('InvalidFunctionAssociation', `The function ${FunctionARN} is not there in the stage LIVE.`);
      }
    }
  };

  const create = async (config: DistributionConfig, own: Distribution['tags'], context: CallContext) => {
    if (
      all(context)
        .list()
        .some((one) => one.config.CallerReference === config.CallerReference)
    )
      throw alreadyExists('DistributionAlreadyExists', 'distribution with this caller reference');
    check(config, context);
    const key = { id: newId(), account: context.account };
    const kept = new Set(store.everyDistribution().map(({ port }) => port));
    const port = await listeners.openAbove(Number(new URL(store.cloud.endpoint).port), kept, key);
    const made: Distribution = { ...key, port, config, tags: own, etag: newId(), lastModified_ms: store.cloud.clock() };
    all(context).put(made.id, made);
    if (!config.Enabled) await listeners.close(made.id);
    return answer(made);
  };

  const shown = (distribution: Distribution) => ({
    Id: distribution.id,
    ARN: arnOf(distribution.account, 'distribution', distribution.id),
    Status: 'Deployed',
    LastModifiedTime: new Date(distribution.lastModified_ms),
    DomainName: domainNameOf(distribution),
  });
  const answer = (distribution: Distribution) => ({
    ETag: distribution.etag,
    Distribution: { ...shown(distribution), InProgressInvalidationBatches: 0, DistributionConfig: distribution.config },
  });

  return {
    CreateDistribution: operation({
      input: z.strictObject({ DistributionConfig: distributionConfig }),
      authorize: (_input, context) => on('*', 'CreateDistribution', context),
      run: ({ DistributionConfig }, context) => create(DistributionConfig, {}, context),
    }),

    CreateDistributionWithTags: operation({
      input: z.strictObject({ DistributionConfigWithTags: z.strictObject({ DistributionConfig: distributionConfig, Tags: tags }) }),
      authorize: (_input, context) => [...on('*', 'CreateDistribution', context), ...on('*', 'TagResource', context)],
      run: ({ DistributionConfigWithTags: { DistributionConfig, Tags } }, context) =>
        create(DistributionConfig, Object.fromEntries((Tags.Items ?? []).map(({ Key, Value }) => [Key, Value])), context),
    }),

    GetDistribution: operation({
      input: z.strictObject({ Id: z.string() }),
      authorize: ({ Id }, context) => on(Id, 'GetDistribution', context),
      run: ({ Id }, context) => answer(find(Id, context)),
    }),

    GetDistributionConfig: operation({
      input: z.strictObject({ Id: z.string() }),
      authorize: ({ Id }, context) => on(Id, 'GetDistributionConfig', context),
      run: ({ Id }, context) => {
        const { etag, config } = find(Id, context);
        return { ETag: etag, DistributionConfig: config };
      },
    }),

    UpdateDistribution: operation({
      input: z.strictObject({ Id: z.string(), IfMatch: z.string().optional(), DistributionConfig: distributionConfig }),
      authorize: ({ Id }, context) => on(Id, 'UpdateDistribution', context),
      run: async ({ Id, IfMatch, DistributionConfig }, context) => {
        const found = find(Id, context);
        checkIfMatch(IfMatch, found.etag);
        if (DistributionConfig.CallerReference !== found.config.CallerReference)
          throw new AwsError('IllegalUpdate', 'The caller reference of a distribution cannot be changed.');
        check(DistributionConfig, context);
        if (DistributionConfig.Enabled) await listeners.open(found, found.port, describeDistribution(found));
        const changed = { ...found, config: DistributionConfig, etag: newId(), lastModified_ms: store.cloud.clock() };
        all(context).put(Id, changed);
        if (!DistributionConfig.Enabled) await listeners.close(Id);
        return answer(changed);
      },
    }),

    DeleteDistribution: operation({
      input: z.strictObject({ Id: z.string(), IfMatch: z.string().optional() }),
      authorize: ({ Id }, context) => on(Id, 'DeleteDistribution', context),
      run: ({ Id, IfMatch }, context) => {
        const found = find(Id, context);
        checkIfMatch(IfMatch, found.etag);
        if (found.config.Enabled)
          throw new AwsError('DistributionNotDisabled', 'The distribution you are trying to delete has not been disabled.', 409);
        all(context).delete(Id);
      },
    }),

    ListDistributions: operation({
      input: z.strictObject(paging),
      authorize: () => [{ action: 'cloudfront:ListDistributions', resource: '*' }],
      run: (input, context) => {
        const { items, members } = page(all(context).list(), ({ id }) => id, input);
        const Items = items.map((one) => ({ ...shown(one), ...summary(one.config) }));
        return { DistributionList: { Marker: input.Marker ?? '', IsTruncated: members.NextMarker !== undefined, ...members, Items } };
      },
    }),

    ListTagsForResource: operation({
      input: z.strictObject({ Resource: z.string() }),
      authorize: ({ Resource }) => [{ action: 'cloudfront:ListTagsForResource', resource: Resource }],
      run: ({ Resource }, context) => {
        const prefix = arnOf(context.account, 'distribution', '');
        const found = Resource.startsWith(prefix) ? all(context).get(Resource.slice(prefix.length)) : undefined;
        if (!/^arn:aws:cloudfront::\d{12}:[a-z-]+\/.+$/.test(Resource)) throw invalidArgument('Resource is no ARN of CloudFront.');
        if (found === undefined) throw noSuch('NoSuchResource', 'resource');
        return { Tags: { Items: Object.entries(found.tags).map(([Key, Value]) => ({ Key, Value })) } };
      },
    }),
  };
}

/** A config in a list: what isn't carried out is there as none. */
function summary({ CallerReference: _, DefaultRootObject: __, ...config }: DistributionConfig) {
  return {
    Aliases: quantify<string>([]),
    CacheBehaviors: quantify<object>([]),
    CustomErrorResponses: { Quantity: 0 },
    PriceClass: 'PriceClass_All',
    ViewerCertificate: { CloudFrontDefaultCertificate: true },
    Restrictions: { GeoRestriction: { RestrictionType: 'none', Quantity: 0 } },
    WebACLId: '',
    HttpVersion: 'http2',
    IsIPV6Enabled: false,
    Staging: false,
    ...config,
  };
}
