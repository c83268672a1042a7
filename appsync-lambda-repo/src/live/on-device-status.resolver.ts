import { type Context, extensions, type LambdaRequest, util } from '@aws-appsync/utils';
import type { WatchScope } from './check-watch.ts';

/*
 * Subscription.onDeviceStatus, run by AppSync when somebody subscribes. answer-query checks that the device is the caller's; what it says
 * becomes the filter of all messages, so a device that moves out of the caller's tree is not heard any more. Sources here keep to what APPSYNC_JS knows
 * ("JavaScript runtime features for resolvers and functions"); a test checks it.
 */

export function request(ctx: Context): LambdaRequest {
  return {
    operation: 'Invoke',
    payload: {
      info: { parentTypeName: 'Subscription', fieldName: 'onDeviceStatus' },
      arguments: ctx.args,
      identity: ctx.identity,
    },
  };
}

export function response(ctx: Context): null {
  if (ctx.error) {
    util.error(ctx.error.message, ctx.error.type);
  }
  const scope = ctx.result as WatchScope | null;
  if (!scope) {
    util.unauthorized();
    return null;
  }
  extensions.setSubscriptionFilter(
    util.transform.toSubscriptionFilter({ device_id: { eq: scope.device_id }, path: { beginsWith: scope.path_prefix } }),
  );
  return null;
}
