import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, operation } from '../../kernel/service.ts';
import { alreadyExists, checkIfMatch, inUse, noSuch } from './cloudfront-error.ts';
import { arnOf, type CloudFrontStore, newId, type ResponseHeadersPolicy } from './cloudfront-store.ts';
import { behaviorsOf } from './distribution-config.ts';
import { page, paging } from './pages.ts';
import { type ResponseHeadersPolicyConfig, responseHeadersPolicyConfig } from './response-headers-policy-config.ts';

/** Amazon CloudFront Developer Guide, "Understand response headers policies": of a Content-Security-Policy. */
const MAX_CSP_CHARACTERS = 1783;

/** Response headers policies: what CloudFront adds to answers. */
export function responseHeadersPolicyOperations(store: CloudFrontStore) {
  const all = (context: CallContext) => store.of(context.account).responseHeadersPolicies;
  const on = (id: string, action: string, context: CallContext) => [
    { action: `cloudfront:${action}`, resource: arnOf(context.account, 'response-headers-policy', id) },
  ];
  const find = (id: string, context: CallContext): ResponseHeadersPolicy => {
    const found = all(context).get(id);
    if (found === undefined) throw noSuch('NoSuchResponseHeadersPolicy', 'response headers policy');
    return found;
  };
  const check = ({ Name, SecurityHeadersConfig }: ResponseHeadersPolicyConfig, context: CallContext, but = '') => {
    if (
      all(context)
        .list()
        .some(({ id, config }) => config.Name === Name && id !== but)
    )
      throw alreadyExists('ResponseHeadersPolicyAlreadyExists', `response headers policy named ${Name}`);
    const length = SecurityHeadersConfig?.ContentSecurityPolicy?.ContentSecurityPolicy.length ?? 0;
    if (length > MAX_CSP_CHARACTERS)
      throw new AwsError(
        'TooLongCSPInResponseHeadersPolicy',
        `The Content-Security-Policy has ${length} characters, more than ${MAX_CSP_CHARACTERS}.`,
      );
  };
  const put = (id: string, config: ResponseHeadersPolicyConfig, context: CallContext) => {
    const stored = { id, etag: newId(), lastModified_ms: store.cloud.clock(), config };
    all(context).put(id, stored);
    return answer(stored);
  };
  const shown = ({ id, lastModified_ms, config }: ResponseHeadersPolicy) => ({
    Id: id,
    LastModifiedTime: new Date(lastModified_ms),
    ResponseHeadersPolicyConfig: config,
  });
  const answer = (stored: ResponseHeadersPolicy) => ({ ETag: stored.etag, ResponseHeadersPolicy: shown(stored) });

  return {
    CreateResponseHeadersPolicy: operation({
      input: z.strictObject({ ResponseHeadersPolicyConfig: responseHeadersPolicyConfig }),
      authorize: (_input, context) => on('*', 'CreateResponseHeadersPolicy', context),
      run: ({ ResponseHeadersPolicyConfig: config }, context) => {
        check(config, context);
        return put(crypto.randomUUID(), config, context);
      },
    }),

    GetResponseHeadersPolicy: operation({
      input: z.strictObject({ Id: z.string() }),
      authorize: ({ Id }, context) => on(Id, 'GetResponseHeadersPolicy', context),
      run: ({ Id }, context) => answer(find(Id, context)),
    }),

    UpdateResponseHeadersPolicy: operation({
      input: z.strictObject({
        Id: z.string(),
        IfMatch: z.string().optional(),
        ResponseHeadersPolicyConfig: responseHeadersPolicyConfig,
      }),
      authorize: ({ Id }, context) => on(Id, 'UpdateResponseHeadersPolicy', context),
      run: ({ Id, IfMatch, ResponseHeadersPolicyConfig: config }, context) => {
        checkIfMatch(IfMatch, find(Id, context).etag);
        check(config, context, Id);
        return put(Id, config, context);
      },
    }),

    DeleteResponseHeadersPolicy: operation({
      input: z.strictObject({ Id: z.string(), IfMatch: z.string().optional() }),
      authorize: ({ Id }, context) => on(Id, 'DeleteResponseHeadersPolicy', context),
      run: ({ Id, IfMatch }, context) => {
        checkIfMatch(IfMatch, find(Id, context).etag);
        const user = store
          .of(context.account)
          .distributions.list()
          .find(({ config }) => behaviorsOf(config).some(({ ResponseHeadersPolicyId }) => ResponseHeadersPolicyId === Id));
        if (user !== undefined) throw inUse('ResponseHeadersPolicyInUse', 'response headers policy', `distribution ${user.id}`);
        all(context).delete(Id);
      },
    }),

    ListResponseHeadersPolicies: operation({
      // AWS lists its managed policies as well unless it is told `custom`; there are none here.
      input: z.strictObject({ ...paging, Type: z.literal('custom') }),
      authorize: () => [{ action: 'cloudfront:ListResponseHeadersPolicies', resource: '*' }],
      run: (input, context) => {
        const { items, members } = page(all(context).list(), ({ id }) => id, input);
        return {
          ResponseHeadersPolicyList: { ...members, Items: items.map((one) => ({ Type: 'custom', ResponseHeadersPolicy: shown(one) })) },
        };
      },
    }),
  };
}
