import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { passRole } from '../iam/pass-role.ts';
import { type DataSource, dataSourceArn } from './api-store.ts';
import type { Apis } from './apis.ts';
import { page, paging } from './pages.ts';

const ofApi = { apiId: z.string() };
const ofSource = { ...ofApi, name: z.string().regex(/^[_A-Za-z][_0-9A-Za-z]{0,65535}$/, 'must be a GraphQL name') };
const settings = {
  description: z.string().optional(),
  type: z.string(),
  serviceRoleArn: z.string().optional(),
  lambdaConfig: z.strictObject({ lambdaFunctionArn: z.string() }).optional(),
};
type Input = z.output<z.ZodObject<typeof ofSource & typeof settings>>;

/** The operations on data sources. */
export function dataSourceOperations(apis: Apis): Record<string, Operation<never, unknown>> {
  const allow = (action: string) => (input: { apiId: string; name?: string }, context: CallContext) =>
    apis.onPath(action, `apis/${input.apiId}/datasources${input.name === undefined ? '' : `/${input.name}`}`, context);
  const allowPut = (action: string) => (input: Input, context: CallContext) => [
    ...apis.onPath(action, `apis/${input.apiId}/datasources${action === 'CreateDataSource' ? '' : `/${input.name}`}`, context),
    ...(input.serviceRoleArn === undefined ? [] : [passRole(input.serviceRoleArn, 'appsync.amazonaws.com')]),
  ];
  const existing = (input: { apiId: string; name: string }, context: CallContext): DataSource => {
    const found = apis.in(context).dataSource(apis.api(input.apiId, context).apiId, input.name);
    if (found === undefined) throw new AwsError('NotFoundException', `Data source ${input.name} not found.`, 404);
    return found;
  };
  const put = (input: Input, context: CallContext) => {
    const source = sourceOf(input);
    apis.in(context).putDataSource(source);
    apis.changed(input.apiId);
    return { dataSource: shown(source, context) };
  };

  return {
    CreateDataSource: operation({
      input: z.strictObject({ ...ofSource, ...settings }),
      authorize: allowPut('CreateDataSource'),
      run: (input, context) => {
        const { apiId } = apis.api(input.apiId, context);
        if (apis.in(context).dataSource(apiId, input.name) !== undefined)
          throw new AwsError('BadRequestException', `Data source with name ${input.name} already exists`);
        return put(input, context);
      },
    }),

    GetDataSource: operation({
      input: z.strictObject(ofSource),
      authorize: allow('GetDataSource'),
      run: (input, context) => ({ dataSource: shown(existing(input, context), context) }),
    }),

    ListDataSources: operation({
      input: z.strictObject({ ...ofApi, ...paging }),
      authorize: allow('ListDataSources'),
      run: (input, context) => {
        const { items, nextToken } = page(apis.in(context).dataSources(apis.api(input.apiId, context).apiId), input);
        return { dataSources: items.map((source) => shown(source, context)), ...(nextToken === undefined ? {} : { nextToken }) };
      },
    }),

    UpdateDataSource: operation({
      input: z.strictObject({ ...ofSource, ...settings }),
      authorize: allowPut('UpdateDataSource'),
      run: (input, context) => {
        existing(input, context);
        return put(input, context);
      },
    }),

    DeleteDataSource: operation({
      input: z.strictObject(ofSource),
      authorize: allow('DeleteDataSource'),
      run: (input, context) => {
        const source = existing(input, context);
        const user = apis
          .in(context)
          .resolvers(source.apiId)
          .find(({ dataSourceName }) => dataSourceName === source.name);
        if (user !== undefined)
          throw new AwsError(
            'BadRequestException',
            `Data source ${source.name} is used by the resolver of ${user.typeName}.${user.fieldName}.`,
          );
        apis.in(context).deleteDataSource(source);
        apis.changed(source.apiId);
      },
    }),
  };
}

function sourceOf({ apiId, name, description, type, serviceRoleArn, lambdaConfig }: Input): DataSource {
  if (type !== 'AWS_LAMBDA' && type !== 'NONE') throw new NotCarriedOut(`the data source type "${type}" of AppSync`);
  if (type === 'AWS_LAMBDA' && lambdaConfig === undefined)
    throw new AwsError('BadRequestException', 'lambdaConfig is required for a data source of type AWS_LAMBDA.');
  if (type === 'NONE' && lambdaConfig !== undefined)
    throw new AwsError('BadRequestException', 'A data source of type NONE has no lambdaConfig.');
  return { apiId, name, type, description, serviceRoleArn, lambdaFunctionArn: lambdaConfig?.lambdaFunctionArn };
}

function shown(source: DataSource, context: CallContext): Record<string, unknown> {
  const { name, type, description, serviceRoleArn, lambdaFunctionArn } = source;
  return {
    dataSourceArn: dataSourceArn(context, source),
    name,
    type,
    description,
    serviceRoleArn,
    ...(lambdaFunctionArn === undefined ? {} : { lambdaConfig: { lambdaFunctionArn } }),
  };
}
