import { isObjectType } from 'graphql';
import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { type Resolver, resolverArn } from './api-store.ts';
import type { Apis } from './apis.ts';
import { checkResolverCode } from './js-runtime/check-code.ts';
import { page, paging } from './pages.ts';

const ofType = { apiId: z.string(), typeName: z.string() };
const ofResolver = { ...ofType, fieldName: z.string() };
const settings = {
  dataSourceName: z.string().optional(),
  kind: z.string().default('UNIT'),
  /** AppSync API Reference, "CreateResolver": 1 to 32,768 characters. */
  code: z.string().min(1).max(32_768).optional(),
  runtime: z.strictObject({ name: z.string(), runtimeVersion: z.string() }).optional(),
  maxBatchSize: z.int().min(0).default(0),
};
type Input = z.output<z.ZodObject<typeof ofResolver & typeof settings>>;

/** The operations on resolvers. */
export function resolverOperations(apis: Apis): Record<string, Operation<never, unknown>> {
  const allow = (action: string) => (input: { apiId: string; typeName: string; fieldName?: string }, context: CallContext) => {
    const onOne = input.fieldName !== undefined && action !== 'CreateResolver';
    return apis.onPath(action, `apis/${input.apiId}/types/${input.typeName}/resolvers${onOne ? `/${input.fieldName}` : ''}`, context);
  };
  const existing = (
    { apiId, typeName, fieldName }: { apiId: string; typeName: string; fieldName: string },
    context: CallContext,
  ): Resolver => {
    const found = apis.in(context).resolver(apis.api(apiId, context).apiId, typeName, fieldName);
    if (found === undefined) throw new AwsError('NotFoundException', 'No resolver found.', 404);
    return found;
  };
  const put = (input: Input, context: CallContext) => {
    const resolver = resolverOf(input);
    const source = apis.in(context).dataSource(input.apiId, resolver.dataSourceName);
    if (source === undefined) throw new AwsError('NotFoundException', `No data source found named ${resolver.dataSourceName}`, 404);
    if (source.type === 'NONE' && resolver.code === undefined)
      throw new AwsError('BadRequestException', 'A resolver on a data source of type NONE needs code.');
    apis.in(context).putResolver(resolver);
    apis.changed(input.apiId);
    return { resolver: shown(resolver, context) };
  };

  return {
    CreateResolver: operation({
      input: z.strictObject({ ...ofResolver, ...settings }),
      authorize: allow('CreateResolver'),
      run: (input, context) => {
        const { apiId, typeName, fieldName } = input;
        apis.api(apiId, context);
        const type = apis.runtime(apiId)?.schema?.graphql.getType(typeName);
        if (!isObjectType(type)) throw new AwsError('NotFoundException', `Type ${typeName} not found`, 404);
        if (!Object.hasOwn(type.getFields(), fieldName))
          throw new AwsError('NotFoundException', `No field named ${fieldName} found on type ${typeName}`, 404);
        if (apis.in(context).resolver(apiId, typeName, fieldName) !== undefined)
          throw new AwsError('BadRequestException', 'Only one resolver is allowed per field.');
        return put(input, context);
      },
    }),

    GetResolver: operation({
      input: z.strictObject(ofResolver),
      authorize: allow('GetResolver'),
      run: (input, context) => ({ resolver: shown(existing(input, context), context) }),
    }),

    ListResolvers: operation({
      input: z.strictObject({ ...ofType, ...paging }),
      authorize: allow('ListResolvers'),
      run: (input, context) => {
        const all = apis.in(context).resolvers(apis.api(input.apiId, context).apiId);
        const { items, nextToken } = page(
          all.filter(({ typeName }) => typeName === input.typeName),
          input,
        );
        return { resolvers: items.map((resolver) => shown(resolver, context)), ...(nextToken === undefined ? {} : { nextToken }) };
      },
    }),

    UpdateResolver: operation({
      input: z.strictObject({ ...ofResolver, ...settings }),
      authorize: allow('UpdateResolver'),
      run: (input, context) => {
        existing(input, context);
        return put(input, context);
      },
    }),

    DeleteResolver: operation({
      input: z.strictObject(ofResolver),
      authorize: allow('DeleteResolver'),
      run: (input, context) => {
        apis.in(context).deleteResolver(existing(input, context));
        apis.changed(input.apiId);
      },
    }),
  };
}

function resolverOf({ apiId, typeName, fieldName, dataSourceName, kind, code, runtime, maxBatchSize }: Input): Resolver {
  if (kind !== 'UNIT') throw new NotCarriedOut(`resolvers of kind "${kind}" of AppSync`);
  if (maxBatchSize > 0) throw new NotCarriedOut('batching (maxBatchSize above 0) of AppSync');
  if (dataSourceName === undefined) throw new AwsError('BadRequestException', 'dataSourceName is required for a unit resolver.');
  if (code === undefined) {
    if (runtime !== undefined) throw new AwsError('BadRequestException', 'A runtime is for code alone.');
  } else if (runtime === undefined) throw new AwsError('BadRequestException', 'Code not supported when using templates.');
  else if (runtime.name !== 'APPSYNC_JS' || runtime.runtimeVersion !== '1.0.0')
    throw new NotCarriedOut(`the runtime ${runtime.name} ${runtime.runtimeVersion} of AppSync`);
  else checkCode(code);
  return { apiId, typeName, fieldName, dataSourceName, code };
}

function checkCode(code: string): void {
  const errors = checkResolverCode(code);
  if (errors.length === 0) return;
  // CloudFormation shows the message alone, so the errors stand in it too; on AWS only `detail` has them.
  const said = errors.map(({ value, location }) => `${location.line}:${location.column} ${value}`).join('; ');
  throw new AwsError('BadRequestException', `The code contains one or more errors. ${said}`, 400, {
    reason: 'CODE_ERROR',
    detail: { codeErrors: errors },
  });
}

function shown(resolver: Resolver, context: CallContext): Record<string, unknown> {
  const { typeName, fieldName, dataSourceName, code } = resolver;
  return {
    resolverArn: resolverArn(context, resolver),
    typeName,
    fieldName,
    dataSourceName,
    kind: 'UNIT',
    maxBatchSize: 0,
    ...(code === undefined ? {} : { code, runtime: { name: 'APPSYNC_JS', runtimeVersion: '1.0.0' } }),
  };
}
