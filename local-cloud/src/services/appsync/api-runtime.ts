import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import type { ApiStore, DataSource, GraphqlApi, Resolver } from './api-store.ts';
import type { FieldResolver } from './execution/field-resolver.ts';
import { ResolverError } from './execution/graphql-errors.ts';
import { RequestPlans } from './execution/request-plans.ts';
import { ResolverCode } from './js-runtime/resolver-code.ts';
import { LambdaSource } from './resolvers/lambda-source.ts';
import { CodeResolver, DirectLambdaResolver } from './resolvers/unit-resolvers.ts';
import { type ApiSchema, buildApiSchema } from './schema/api-schema.ts';

/** An API as it answers: made of what is stored, never changed, thrown away with the next change of anything of it. */
export class ApiRuntime {
  readonly scope: Scope;
  readonly api: GraphqlApi;
  /** Undefined as long as none was taken. */
  readonly schema: ApiSchema | undefined;
  readonly plans: RequestPlans | undefined;

  constructor(cloud: Cloud, scope: Scope, api: GraphqlApi, store: ApiStore) {
    this.scope = scope;
    this.api = api;
    const definition = store.schemas.get(api.apiId)?.definition;
    if (definition === undefined) return;
    this.schema = buildApiSchema(definition, { soleProvider: api.providers.length === 1 });
    const sources = new Map(store.dataSources(api.apiId).map((source) => [source.name, source]));
    const lambdas = new Map<string, LambdaSource>();
    for (const source of sources.values())
      if (source.type === 'AWS_LAMBDA') lambdas.set(source.name, new LambdaSource(cloud, scope, source));
    const resolvers = new Map<string, FieldResolver>();
    for (const resolver of store.resolvers(api.apiId)) {
      resolvers.set(`${resolver.typeName}.${resolver.fieldName}`, made(resolver, sources.get(resolver.dataSourceName), lambdas, cloud));
    }
    this.plans = new RequestPlans(this.schema, {
      defaultMode: api.providers[0].authenticationType,
      depthLimit: api.queryDepthLimit,
      introspection: api.introspection === 'ENABLED',
      resolver: (typeName, fieldName) => resolvers.get(`${typeName}.${fieldName}`),
    });
  }
}

function made(resolver: Resolver, source: DataSource | undefined, lambdas: ReadonlyMap<string, LambdaSource>, cloud: Cloud): FieldResolver {
  const { typeName, fieldName, dataSourceName, code } = resolver;
  if (source === undefined) return failing(`The data source ${dataSourceName} is gone.`);
  const lambda = lambdas.get(dataSourceName);
  if (code !== undefined) return new CodeResolver(new ResolverCode(code, `${typeName}.${fieldName}`), lambda, cloud.clock);
  if (lambda === undefined) return failing(`The data source ${dataSourceName} is no function any longer.`);
  return new DirectLambdaResolver(lambda);
}

function failing(message: string): FieldResolver {
  return { resolve: () => Promise.reject(new ResolverError('InternalFailure', message)) };
}
