import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type Operation, operation, type Scope } from '../../kernel/service.ts';
import type { FunctionRecord, FunctionUrl } from './function-record.ts';
import type { FunctionUrls } from './function-urls.ts';
import type { Functions } from './functions.ts';

const named = z.strictObject({ FunctionName: z.string(), Qualifier: z.string().optional() });
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
  const describe = (record: FunctionRecord, url: FunctionUrl) => ({
    FunctionUrl: urls.urlOf(url),
    FunctionArn: record.arn,
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
        const { store, record } = functions.locate(input.FunctionName, context, input.Qualifier);
        if (record.url !== undefined) {
          throw new AwsError('ResourceConflictException', `FunctionUrlConfig exists for this Lambda function`, 409, { Type: 'User' });
        }
        const time = now();
        const url: FunctionUrl = { id: newId(), authType: input.AuthType, invokeMode: input.InvokeMode, created: time, lastModified: time };
        const changed = store.put({ ...record, url });
        urls.register(store.scope, changed);
        return describe(changed, url);
      },
    }),

    UpdateFunctionUrlConfig: operation({
      input: z.strictObject({ ...named.shape, AuthType: authType.optional(), InvokeMode: invokeMode.optional() }),
      authorize: allow('UpdateFunctionUrlConfig'),
      run: (input, context) => {
        const { store, record } = functions.locate(input.FunctionName, context, input.Qualifier);
        const before = configured(record);
        const url: FunctionUrl = { ...before, authType: input.AuthType ?? before.authType, lastModified: now() };
        return describe(store.put({ ...record, url }), url);
      },
    }),

    GetFunctionUrlConfig: operation({
      input: named,
      authorize: allow('GetFunctionUrlConfig'),
      run: (input, context) => {
        const { record } = functions.locate(input.FunctionName, context, input.Qualifier);
        return describe(record, configured(record));
      },
    }),

    ListFunctionUrlConfigs: operation({
      input: z.strictObject({ FunctionName: z.string(), Marker: z.string().optional(), MaxItems: z.int().min(1).max(50).optional() }),
      authorize: allow('ListFunctionUrlConfigs'),
      run: (input, context) => {
        const { record } = functions.locate(input.FunctionName, context);
        return { FunctionUrlConfigs: record.url === undefined ? [] : [describe(record, record.url)] };
      },
    }),

    DeleteFunctionUrlConfig: operation({
      input: named,
      authorize: allow('DeleteFunctionUrlConfig'),
      run: (input, context) => {
        const { store, record } = functions.locate(input.FunctionName, context, input.Qualifier);
        configured(record);
        urls.register(store.scope, store.put({ ...record, url: undefined }));
      },
    }),
  };
}

function configured(record: FunctionRecord): FunctionUrl {
  if (record.url === undefined) {
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', 404, { Type: 'User' });
  }
  return record.url;
}

/** 32 letters and digits, as AWS makes them. */
function newId(): string {
  return Array.from({ length: 32 }, () => 'abcdefghijklmnopqrstuvwxyz234567'[randomInt(32)]).join('');
}
