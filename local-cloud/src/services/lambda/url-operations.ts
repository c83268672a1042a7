import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type Operation, operation, type Scope } from '../../kernel/service.ts';
import type { FunctionUrl } from './function-record.ts';
import type { FunctionUrls } from './function-urls.ts';
import { type Functions, type Located, settingsOf } from './functions.ts';

const named = z.strictObject({
  FunctionName: z.string(),
  /** An alias: a URL is the function's or an alias', never a version's. */
  Qualifier: z
    .string()
    .max(128)
    .regex(/^(?!^\d+$)[0-9a-zA-Z-_]+$/, 'must be the name of an alias')
    .optional(),
});
const authType = z.enum(['NONE', 'AWS_IAM']);
const invokeMode = z.literal('BUFFERED');

/** Function URLs (Lambda API Reference, "CreateFunctionUrlConfig" and its siblings). */
export function urlOperations(functions: Functions, urls: FunctionUrls): Record<string, Operation<never, unknown>> {
  const allow =
    (action: string) =>
    (input: { FunctionName: string; Qualifier?: string | undefined; AuthType?: 'NONE' | 'AWS_IAM' | undefined }, context: Scope) => [
      functions.authorization(action, input.FunctionName, context, {
        qualifier: input.Qualifier,
        ...(input.AuthType === undefined ? {} : { conditions: { 'lambda:FunctionUrlAuthType': input.AuthType } }),
      }),
    ];
  const describe = (arn: string, url: FunctionUrl) => ({
    FunctionUrl: urls.urlOf(url),
    FunctionArn: arn,
    AuthType: url.authType,
    InvokeMode: url.invokeMode,
    CreationTime: url.created,
    LastModifiedTime: url.lastModified,
  });
  const now = () => new Date(functions.cloud.clock()).toISOString();

  return {
    CreateFunctionUrlConfig: operation({
      input: z.strictObject({ ...named.shape, AuthType: authType, InvokeMode: invokeMode.default('BUFFERED') }),
      authorize: allow('CreateFunctionUrlConfig'),
      run: (input, context) => {
        const located = functions.locate(input.FunctionName, context, input.Qualifier);
        const { store, record, arn, qualifier } = located;
        if (qualifier !== undefined && located.alias === undefined) {
          throw new AwsError('ValidationException', `Value '${qualifier}' at 'qualifier' must be the name of an alias`);
        }
        if (settingsOf(located).url !== undefined) {
          throw new AwsError('ResourceConflictException', `FunctionUrlConfig exists for this Lambda function`, 409, { Type: 'User' });
        }
        const time = now();
        const url: FunctionUrl = { id: newId(), authType: input.AuthType, invokeMode: input.InvokeMode, created: time, lastModified: time };
        functions.keep(located, { url });
        urls.register(store.scope, record.name, qualifier, url);
        return describe(arn, url);
      },
    }),

    UpdateFunctionUrlConfig: operation({
      input: z.strictObject({ ...named.shape, AuthType: authType.optional(), InvokeMode: invokeMode.optional() }),
      authorize: allow('UpdateFunctionUrlConfig'),
      run: (input, context) => {
        const located = functions.locate(input.FunctionName, context, input.Qualifier);
        const before = configured(located);
        const url: FunctionUrl = { ...before, authType: input.AuthType ?? before.authType, lastModified: now() };
        functions.keep(located, { url });
        return describe(located.arn, url);
      },
    }),

    GetFunctionUrlConfig: operation({
      input: named,
      authorize: allow('GetFunctionUrlConfig'),
      run: (input, context) => {
        const located = functions.locate(input.FunctionName, context, input.Qualifier);
        return describe(located.arn, configured(located));
      },
    }),

    ListFunctionUrlConfigs: operation({
      input: z.strictObject({ FunctionName: z.string(), Marker: z.string().optional(), MaxItems: z.int().min(1).max(50).optional() }),
      authorize: allow('ListFunctionUrlConfigs'),
      run: (input, context) => {
        const { store, record } = functions.locate(input.FunctionName, context);
        const all = [
          { arn: record.arn, url: record.url },
          ...store.qualifiers.aliases(record.name).map(({ name, url }) => ({ arn: `${record.arn}:${name}`, url })),
        ];
        return { FunctionUrlConfigs: all.flatMap(({ arn, url }) => (url === undefined ? [] : [describe(arn, url)])) };
      },
    }),

    DeleteFunctionUrlConfig: operation({
      input: named,
      authorize: allow('DeleteFunctionUrlConfig'),
      run: (input, context) => {
        const located = functions.locate(input.FunctionName, context, input.Qualifier);
        configured(located);
        functions.keep(located, { url: undefined });
        urls.register(located.store.scope, located.record.name, located.qualifier, undefined);
      },
    }),
  };
}

function configured(located: Located): FunctionUrl {
  const { url } = settingsOf(located);
  if (url === undefined) {
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', 404, { Type: 'User' });
  }
  return url;
}

/** 32 letters and digits, as AWS makes them. */
function newId(): string {
  return Array.from({ length: 32 }, () => 'abcdefghijklmnopqrstuvwxyz234567'[randomInt(32)]).join('');
}
