import type { DatabaseSync } from 'node:sqlite';
import type { Scope } from '../../kernel/service.ts';
import { Collection, inTransaction } from '../../kernel/state.ts';

/** How a caller may prove who it is. */
export type AuthenticationProvider =
  | { readonly authenticationType: 'AMAZON_COGNITO_USER_POOLS'; readonly userPoolConfig: UserPoolConfig }
  | { readonly authenticationType: 'AWS_IAM' };

export interface UserPoolConfig {
  readonly userPoolId: string;
  readonly awsRegion: string;
  /** A regular expression that the whole id of the token's client must match. */
  readonly appIdClientRegex?: string | undefined;
}

/** A GraphQL API as its owner set it up. */
export interface GraphqlApi {
  readonly apiId: string;
  readonly name: string;
  /** The default one first. */
  readonly providers: readonly [AuthenticationProvider, ...AuthenticationProvider[]];
  readonly introspection: 'ENABLED' | 'DISABLED';
  /** 0: none. */
  readonly queryDepthLimit: number;
  /** 0: none of its own, so AppSync's 10,000. */
  readonly resolverCountLimit: number;
  readonly xrayEnabled: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** The last schema that was handed in, and what became of it. */
export interface StoredSchema {
  readonly apiId: string;
  readonly status: 'SUCCESS' | 'FAILED';
  readonly details: string;
  /** The SDL in force: that of the last success. */
  readonly definition?: string | undefined;
}

export interface DataSource {
  readonly apiId: string;
  readonly name: string;
  readonly type: 'AWS_LAMBDA' | 'NONE';
  readonly description?: string | undefined;
  readonly serviceRoleArn?: string | undefined;
  readonly lambdaFunctionArn?: string | undefined;
}

/** A unit resolver: without `code` the data source's function is given the whole context. */
export interface Resolver {
  readonly apiId: string;
  readonly typeName: string;
  readonly fieldName: string;
  readonly dataSourceName: string;
  readonly code?: string | undefined;
}

/** What one account and region has of AppSync. */
export class ApiStore {
  readonly apis: Collection<GraphqlApi>;
  readonly schemas: Collection<StoredSchema>;
  readonly #dataSources: Collection<DataSource>;
  readonly #resolvers: Collection<Resolver>;
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.apis = new Collection(database, 'apis');
    this.schemas = new Collection(database, 'schemas');
    this.#dataSources = new Collection(database, 'data_sources');
    this.#resolvers = new Collection(database, 'resolvers');
  }

  dataSource(apiId: string, name: string): DataSource | undefined {
    return this.#dataSources.get(`${apiId}/${name}`);
  }

  dataSources(apiId: string): DataSource[] {
    return this.#dataSources.list().filter((source) => source.apiId === apiId);
  }

  putDataSource(source: DataSource): void {
    this.#dataSources.put(`${source.apiId}/${source.name}`, source);
  }

  deleteDataSource({ apiId, name }: DataSource): void {
    this.#dataSources.delete(`${apiId}/${name}`);
  }

  resolver(apiId: string, typeName: string, fieldName: string): Resolver | undefined {
    return this.#resolvers.get(`${apiId}/${typeName}/${fieldName}`);
  }

  resolvers(apiId: string): Resolver[] {
    return this.#resolvers.list().filter((resolver) => resolver.apiId === apiId);
  }

  putResolver(resolver: Resolver): void {
    this.#resolvers.put(`${resolver.apiId}/${resolver.typeName}/${resolver.fieldName}`, resolver);
  }

  deleteResolver({ apiId, typeName, fieldName }: Resolver): void {
    this.#resolvers.delete(`${apiId}/${typeName}/${fieldName}`);
  }

  /** With everything that belongs to it. */
  deleteApi(apiId: string): void {
    inTransaction(this.#database, () => {
      for (const resolver of this.resolvers(apiId)) this.deleteResolver(resolver);
      for (const source of this.dataSources(apiId)) this.deleteDataSource(source);
      this.schemas.delete(apiId);
      this.apis.delete(apiId);
    });
  }
}

export function apiArn({ account, region }: Scope, apiId: string): string {
  return `arn:aws:appsync:${region}:${account}:apis/${apiId}`;
}

export function dataSourceArn(scope: Scope, { apiId, name }: DataSource): string {
  return `${apiArn(scope, apiId)}/datasources/${name}`;
}

export function resolverArn(scope: Scope, { apiId, typeName, fieldName }: Resolver): string {
  return `${apiArn(scope, apiId)}/types/${typeName}/resolvers/${fieldName}`;
}
