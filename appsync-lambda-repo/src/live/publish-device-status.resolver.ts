import type { Context } from '@aws-appsync/utils';

/*
 * Mutation.publishDeviceStatus: what ingest hands in is what subscribers get. It reads and writes nothing (a NONE data source), AppSync only passes it on to
 * those who have subscribed.
 */

export function request(ctx: Context): { payload: unknown } {
  return { payload: ctx.args['status'] };
}

export function response(ctx: Context): unknown {
  return ctx.result;
}
