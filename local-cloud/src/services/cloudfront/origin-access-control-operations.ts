import { z } from 'zod';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, operation } from '../../kernel/service.ts';
import { alreadyExists, checkIfMatch, inUse, noSuch } from './cloudfront-error.ts';
import { arnOf, type CloudFrontStore, newId, type OriginAccessControl } from './cloudfront-store.ts';
import { page, paging } from './pages.ts';

const config = z.strictObject({
  Name: z.string().min(1).max(64),
  Description: z.string().max(256).optional(),
  OriginAccessControlOriginType: z.enum(['s3', 'mediastore', 'mediapackagev2', 'lambda']).transform((type): 's3' => {
    if (type === 's3') return type;
    throw new NotCarriedOut(`origin access control for "${type}"`);
  }),
  SigningBehavior: z.enum(['always', 'never', 'no-override']).transform((behavior): 'always' => {
    if (behavior === 'always') return behavior;
    throw new NotCarriedOut(`origin access control that signs "${behavior}"`);
  }),
  SigningProtocol: z.literal('sigv4'),
});

export type OriginAccessControlConfig = z.output<typeof config>;

/** Origin access controls: with one, CloudFront reads a bucket as a service principal that the bucket's policy may let in. */
export function originAccessControlOperations(store: CloudFrontStore) {
  const all = (context: CallContext) => store.of(context.account).originAccessControls;
  const on = (id: string, action: string, context: CallContext) => [
    { action: `cloudfront:${action}`, resource: arnOf(context.account, 'origin-access-control', id) },
  ];
  const find = (id: string, context: CallContext): OriginAccessControl => {
    const found = all(context).get(id);
    if (found === undefined) throw noSuch('NoSuchOriginAccessControl', 'origin access control');
    return found;
  };
  const refuseTakenName = (Name: string, context: CallContext, but = '') => {
    if (
      all(context)
        .list()
        .some(({ id, config: other }) => other.Name === Name && id !== but)
    )
      throw alreadyExists('OriginAccessControlAlreadyExists', `origin access control named ${Name}`);
  };
  const put = (id: string, OriginAccessControlConfig: OriginAccessControlConfig, context: CallContext) => {
    const stored = { id, etag: newId(), lastModified_ms: store.cloud.clock(), config: OriginAccessControlConfig };
    all(context).put(id, stored);
    return answer(stored);
  };
  const answer = ({ id, etag, config: OriginAccessControlConfig }: OriginAccessControl) => ({
    ETag: etag,
    OriginAccessControl: { Id: id, OriginAccessControlConfig },
  });

  return {
    CreateOriginAccessControl: operation({
      input: z.strictObject({ OriginAccessControlConfig: config }),
      authorize: (_input, context) => on('*', 'CreateOriginAccessControl', context),
      run: ({ OriginAccessControlConfig }, context) => {
        refuseTakenName(OriginAccessControlConfig.Name, context);
        return put(newId(), OriginAccessControlConfig, context);
      },
    }),

    GetOriginAccessControl: operation({
      input: z.strictObject({ Id: z.string() }),
      authorize: ({ Id }, context) => on(Id, 'GetOriginAccessControl', context),
      run: ({ Id }, context) => answer(find(Id, context)),
    }),

    UpdateOriginAccessControl: operation({
      input: z.strictObject({ Id: z.string(), IfMatch: z.string().optional(), OriginAccessControlConfig: config }),
      authorize: ({ Id }, context) => on(Id, 'UpdateOriginAccessControl', context),
      run: ({ Id, IfMatch, OriginAccessControlConfig }, context) => {
        checkIfMatch(IfMatch, find(Id, context).etag);
        refuseTakenName(OriginAccessControlConfig.Name, context, Id);
        return put(Id, OriginAccessControlConfig, context);
      },
    }),

    DeleteOriginAccessControl: operation({
      input: z.strictObject({ Id: z.string(), IfMatch: z.string().optional() }),
      authorize: ({ Id }, context) => on(Id, 'DeleteOriginAccessControl', context),
      run: ({ Id, IfMatch }, context) => {
        checkIfMatch(IfMatch, find(Id, context).etag);
        const user = store
          .of(context.account)
          .distributions.list()
          .find(({ config: { Origins } }) => Origins.Items?.some(({ OriginAccessControlId }) => OriginAccessControlId === Id));
        if (user !== undefined) throw inUse('OriginAccessControlInUse', 'origin access control', `distribution ${user.id}`);
        all(context).delete(Id);
      },
    }),

    ListOriginAccessControls: operation({
      input: z.strictObject(paging),
      authorize: () => [{ action: 'cloudfront:ListOriginAccessControls', resource: '*' }],
      run: (input, context) => {
        const { items, members } = page(all(context).list(), ({ id }) => id, input);
        const Items = items.map(({ id, config: { Description = '', ...rest } }) => ({ Id: id, Description, ...rest }));
        const IsTruncated = members.NextMarker !== undefined;
        return { OriginAccessControlList: { Marker: input.Marker ?? '', IsTruncated, ...members, Items } };
      },
    }),
  };
}
