import { randomInt } from 'node:crypto';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Authorization, Scope } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';
import { ApiRuntime } from './api-runtime.ts';
import { ApiStore, apiArn, type GraphqlApi } from './api-store.ts';

/** Below which the endpoints of APIs are found. */
export const APPSYNC_PREFIX = '/_appsync/';

/** The GraphQL APIs of every account and region, found by their ids, and what runs them. */
export class Apis {
  readonly cloud: Cloud;
  readonly in: (scope: Scope) => ApiStore;
  readonly #scopes = new Map<string, Scope>();
  readonly #runtimes = new Map<string, ApiRuntime>();
  readonly #onChange: ((apiId: string) => void)[] = [];

  constructor(cloud: Cloud) {
    this.cloud = cloud;
    this.in = perScope((scope) => new ApiStore(cloud.state.database(scope, 'appsync')));
  }

  /** Makes known what an earlier start left. */
  load(): void {
    for (const scope of this.cloud.state.scopesOf('appsync')) {
      for (const { apiId } of this.in(scope).apis.list()) this.#scopes.set(apiId, scope);
    }
  }

  exists(apiId: string): boolean {
    return this.#scopes.has(apiId);
  }

  /** Throws NotFoundException. */
  api(apiId: string, scope: Scope): GraphqlApi {
    const api = this.in(scope).apis.get(apiId);
    if (api === undefined) throw new AwsError('NotFoundException', `GraphQL API ${apiId} not found.`, 404);
    return api;
  }

  put(api: GraphqlApi, { account, region }: Scope): void {
    this.in({ account, region }).apis.put(api.apiId, api);
    this.#scopes.set(api.apiId, { account, region });
    this.changed(api.apiId);
  }

  delete(apiId: string, scope: Scope): void {
    this.in(scope).deleteApi(apiId);
    this.#scopes.delete(apiId);
    this.changed(apiId);
  }

  /** What runs is made anew from what is stored, at the next request. */
  changed(apiId: string): void {
    this.#runtimes.delete(apiId);
    for (const listener of this.#onChange) listener(apiId);
  }

  /** Called after every change of an API, its schema, data sources or resolvers. */
  onChange(listener: (apiId: string) => void): void {
    this.#onChange.push(listener);
  }

  /** What runs the API, made when first asked for; undefined when there is no such API. */
  runtime(apiId: string): ApiRuntime | undefined {
    const known = this.#runtimes.get(apiId);
    if (known !== undefined) return known;
    const scope = this.#scopes.get(apiId);
    const api = scope === undefined ? undefined : this.in(scope).apis.get(apiId);
    if (scope === undefined || api === undefined) return undefined;
    const made = new ApiRuntime(this.cloud, scope, api, this.in(scope));
    this.#runtimes.set(apiId, made);
    return made;
  }

  /** What must be allowed for an operation on an API as such (Service Authorization Reference, "Actions … for AWS AppSync"). */
  onApi(action: string, apiId: string, scope: Scope): Authorization[] {
    return [{ action: `appsync:${action}`, resource: apiArn(scope, apiId) }];
  }

  /** What must be allowed for an operation whose resource is named by its path, such as `apis/<id>/datasources`. */
  onPath(action: string, path: string, { account, region }: Scope): Authorization[] {
    return [{ action: `appsync:${action}`, resource: `arn:aws:appsync:${region}:${account}:/v1/${path}` }];
  }
}

const LETTERS_AND_DIGITS = 'abcdefghijklmnopqrstuvwxyz234567';

/** 26 small letters and digits. */
export function newApiId(): string {
  return Array.from({ length: 26 }, () => LETTERS_AND_DIGITS[randomInt(LETTERS_AND_DIGITS.length)]).join('');
}
